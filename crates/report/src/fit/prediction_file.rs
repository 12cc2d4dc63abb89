//! The file of predictions.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::{PartErrors, PredictedFrame, PredictedPart, Predictions};
use cormorant_core::atomic;
use cormorant_core::json;
use cormorant_core::system::{Cell, Element};
use cormorant_core::{Error, Result};
use cormorant_fit::Configuration;

/// Marks our files among other safetensors files.
const FORMAT: &str = "cormorant-predictions";

/// What is in the metadata.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u64,
    findings: Vec<String>,
    parts: Vec<(String, PartErrors)>,
}

impl Predictions {
    /// Write the predictions; positions and forces in single precision.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let parts = self.parts.iter().map(|part| (part.name.clone(), part.errors.clone())).collect();
        let header = Header { version: 1, findings: self.findings.clone(), parts };
        let failed = |error: String| Error::Internal(format!("the predictions cannot be written: {error}"));
        let header = json::text(&header).map_err(failed)?;
        let mut arrays = Vec::new();
        for part in &self.parts {
            pack(&part.name, &part.frames, &mut arrays);
        }
        pack("worst", &self.worst, &mut arrays);
        let views = arrays
            .iter()
            .map(|(name, kind, shape, bytes)| {
                Ok((name, TensorView::new(*kind, shape.clone(), bytes).map_err(|e| failed(e.to_string()))?))
            })
            .collect::<Result<Vec<_>>>()?;
        let metadata = HashMap::from([("format".to_string(), FORMAT.to_string()), ("header".to_string(), header)]);
        let bytes = safetensors::serialize(views, Some(metadata)).map_err(|error| failed(error.to_string()))?;
        atomic::write(path, &bytes)
    }

    /// Read predictions.
    ///
    /// # Errors
    /// When there is no such file, or it is not one of ours.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        Self::decode(&bytes)
            .ok_or_else(|| Error::data(path, "is damaged or not a file of predictions; make it again with --data"))
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (_, metadata) = SafeTensors::read_metadata(bytes).ok()?;
        let metadata = metadata.metadata().clone()?;
        if metadata.get("format")? != FORMAT {
            return None;
        }
        let header: Header = serde_json::from_str(metadata.get("header")?).ok()?;
        let tensors = SafeTensors::deserialize(bytes).ok()?;
        let mut parts = Vec::new();
        for (name, errors) in header.parts {
            let frames = unpack(&name, &tensors)?;
            parts.push(PredictedPart { name, errors, frames });
        }
        (header.version == 1).then_some(Self { parts, worst: unpack("worst", &tensors)?, findings: header.findings })
    }
}

type Packed = (String, Dtype, Vec<usize>, Vec<u8>);

fn pack(group: &str, frames: &[PredictedFrame], into: &mut Vec<Packed>) {
    let mut add = |name: &str, kind: Dtype, shape: Vec<usize>, bytes: Vec<u8>| {
        into.push((format!("{group}.{name}"), kind, shape, bytes));
    };
    let atoms: usize = frames.iter().map(|frame| frame.forces.len()).sum();
    let single = |vector: &[f64; 3]| vector.map(|x| (x as f32).to_le_bytes()).concat();
    let index = frames.iter().flat_map(|frame| (frame.index as u32).to_le_bytes()).collect();
    let counts = frames.iter().flat_map(|frame| (frame.forces.len() as u32).to_le_bytes()).collect();
    let elements =
        frames.iter().flat_map(|frame| frame.label.elements.iter().map(|element| element.number())).collect();
    let positions = frames.iter().flat_map(|frame| frame.label.positions.iter().flat_map(single)).collect();
    let energy = |frame: &PredictedFrame| [frame.label.energy.unwrap_or(0.0), frame.energy];
    let energies = frames.iter().flat_map(|frame| energy(frame).map(f64::to_le_bytes).concat()).collect();
    let pairs = |frame: &PredictedFrame| {
        let labels = frame.label.forces.iter().chain(std::iter::repeat(&[0.0; 3]));
        let both = labels.zip(&frame.forces);
        both.flat_map(|(label, found)| [single(label), single(found)].concat()).collect::<Vec<u8>>()
    };
    add("index", Dtype::U32, vec![frames.len()], index);
    add("counts", Dtype::U32, vec![frames.len()], counts);
    add("elements", Dtype::U8, vec![atoms], elements);
    add("positions", Dtype::F32, vec![atoms, 3], positions);
    add("energies", Dtype::F64, vec![frames.len(), 2], energies);
    add("forces", Dtype::F32, vec![atoms, 2, 3], frames.iter().flat_map(pairs).collect());
    // Whether there is a label for energy and forces, 1 or 0; left out where all frames have both.
    let labeled = |frame: &PredictedFrame| [frame.label.energy.is_some(), frame.label.has_forces()];
    if frames.iter().any(|frame| labeled(frame) != [true; 2]) {
        let bytes = frames.iter().flat_map(|frame| labeled(frame).map(u8::from)).collect();
        add("labelled", Dtype::U8, vec![frames.len(), 2], bytes);
    }
    // Rows of the cell, zeros for none; left out where no frame has one, as in files written before cells were kept.
    if frames.iter().any(|frame| frame.label.cell.is_some()) {
        let rows = |frame: &PredictedFrame| frame.label.cell.map_or([[0.0; 3]; 3], |cell| cell.rows());
        let bytes = frames.iter().flat_map(|frame| rows(frame).as_flattened().to_vec()).flat_map(f64::to_le_bytes);
        add("cells", Dtype::F64, vec![frames.len(), 3, 3], bytes.collect());
        // 1 for each direction that repeats; left out where all cells repeat in all.
        let periodic = |frame: &PredictedFrame| frame.label.cell.map_or([true; 3], |cell| cell.periodic());
        if frames.iter().any(|frame| periodic(frame) != [true; 3]) {
            let bytes = frames.iter().flat_map(|frame| periodic(frame).map(u8::from)).collect();
            add("periodic", Dtype::U8, vec![frames.len(), 3], bytes);
        }
    }
}

fn unpack(group: &str, tensors: &SafeTensors<'_>) -> Option<Vec<PredictedFrame>> {
    let bytes = |name: &str| tensors.tensor(&format!("{group}.{name}")).ok().map(|tensor| tensor.data().to_vec());
    let whole =
        |bytes: Vec<u8>| bytes.as_chunks::<4>().0.iter().map(|x| u32::from_le_bytes(*x) as usize).collect::<Vec<_>>();
    let single =
        |bytes: Vec<u8>| bytes.as_chunks::<4>().0.iter().map(|x| f64::from(f32::from_le_bytes(*x))).collect::<Vec<_>>();
    let (index, counts, elements) = (whole(bytes("index")?), whole(bytes("counts")?), bytes("elements")?);
    let (positions, forces) = (single(bytes("positions")?), single(bytes("forces")?));
    let energies = bytes("energies")?;
    let double = |bytes: Vec<u8>| bytes.as_chunks::<8>().0.iter().map(|x| f64::from_le_bytes(*x)).collect::<Vec<_>>();
    let energies = double(energies);
    let cells = bytes("cells").map(double);
    let periodic = bytes("periodic");
    let labeled = bytes("labelled");
    let mut frames = Vec::new();
    let mut start = 0;
    for (number, &count) in counts.iter().enumerate() {
        let atoms = start..start + count;
        start += count;
        let elements =
            elements.get(atoms.clone())?.iter().map(|&number| Element::from_number(number)).collect::<Option<_>>()?;
        let positions = positions.get(3 * atoms.start..3 * atoms.end)?.as_chunks::<3>().0.to_vec();
        let cell = match &cells {
            Some(rows) => match rows.get(9 * number..9 * number + 9)? {
                rows if rows.iter().all(|x| *x == 0.0) => None,
                rows => {
                    let periodic = match &periodic {
                        Some(all) => {
                            all.get(3 * number..3 * number + 3)?.first_chunk::<3>()?.map(|repeats| repeats != 0)
                        }
                        None => [true; 3],
                    };
                    Some(Cell::with_periodicity(*rows.as_chunks::<3>().0.first_chunk::<3>()?, periodic).ok()?)
                }
            },
            None => None,
        };
        let pairs = forces.get(6 * atoms.start..6 * atoms.end)?.as_chunks::<6>().0;
        let [has_energy, has_forces] = match &labeled {
            Some(all) => all.get(2 * number..2 * number + 2)?.first_chunk::<2>()?.map(|there| there != 0),
            None => [true; 2],
        };
        let labels = pairs.iter().map(|six| [six[0], six[1], six[2]]);
        let label = Configuration {
            elements,
            positions,
            cell,
            energy: has_energy.then_some(*energies.get(2 * number)?),
            forces: labels.filter(|_| has_forces).collect(),
            ..Configuration::default()
        };
        let found = pairs.iter().map(|six| [six[3], six[4], six[5]]).collect();
        frames.push(PredictedFrame {
            index: *index.get(number)?,
            label,
            energy: *energies.get(2 * number + 1)?,
            forces: found,
        });
    }
    Some(frames)
}
