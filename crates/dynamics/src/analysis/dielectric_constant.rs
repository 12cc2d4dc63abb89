//! The static dielectric constant from fluctuations of the dipole of a cell.

use std::f64::consts::PI;

use super::{Analysis, Blocks, Curve, Curves, Findings, Number, Sample, StateReader};
use cormorant_core::units::{BOLTZMANN, COULOMB, PICOSECOND};
use cormorant_core::{Error, Result};

/// Dielectric constant of a bulk of molecules without net charge.
///
///   ε = 1 + β/(3 ε₀ V) (⟨M·M⟩ − ⟨M⟩·⟨M⟩)
///
/// | symbol | code name | meaning | unit |
/// |--------|-----------|---------|------|
/// | β | | 1/(kB · `temperature`) | 1/eV |
/// | ε₀ | | from e²/4πε₀ = `COULOMB` | |
/// | V | `volume` / `frames` | mean volume of the cell | Å³ |
/// | M | `dipole` of a [`Sample`] | dipole of the cell | e·Å |
///
/// For sums over a lattice with conducting surroundings, as ours are. The constant counts what moves with the atoms, not the polarization of
/// electrons at fixed atoms. Its error is that of leaving out one block of frames after the other (jackknife). Source: Neumann 1983
/// (doi:10.1080/00268978300102721). Checked by `suite::dielectric`.
pub struct DielectricConstant {
    temperature: f64,
    atoms: usize,
    frames: u64,
    volume: f64,          // sum over the frames, Å³
    times: [f64; 2],      // of the first and the last frame, t; not finite where unknown
    fluctuations: Blocks, // of M and M·M, e·Å and e²·Å², [4]
}

/// Blocks that are kept: a curve of how the estimate settles has that many points at most.
const BLOCKS: usize = 128;

impl DielectricConstant {
    /// Nothing seen yet, at `temperature` (K).
    ///
    /// # Errors
    /// When `temperature` is not positive.
    pub fn new(temperature: f64) -> Result<Self> {
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(Error::Invalid("the temperature of a dielectric constant must be above zero".into()));
        }
        let fluctuations = Blocks::with_capacity(4, BLOCKS);
        Ok(Self { temperature, atoms: 0, frames: 0, volume: 0.0, times: [f64::NAN; 2], fluctuations })
    }

    /// ε from sums of M and M·M over so many frames.
    fn constant(&self, sums: &[f64], frames: f64) -> f64 {
        let [x, y, z, square] = [0, 1, 2, 3].map(|place| sums[place] / frames);
        let volume = self.volume / self.frames as f64;
        1.0 + 4.0 * PI * COULOMB / (3.0 * volume * BOLTZMANN * self.temperature) * (square - x * x - y * y - z * z)
    }

    /// How the estimate settles, from the start on.
    fn settling(&self) -> Curves {
        let length = self.fluctuations.block_length() as f64;
        let (mut sums, mut points, mut values) = ([0.0; 4], Vec::new(), Vec::new());
        let span = (self.times[1] - self.times[0]) / PICOSECOND;
        let timed = span.is_finite() && self.frames > 1;
        let each = if timed { span / (self.frames - 1) as f64 } else { 1.0 };
        for (block, of_block) in self.fluctuations.full_blocks().enumerate() {
            sums.iter_mut().zip(of_block).for_each(|(sum, part)| *sum += part);
            let frames = (block + 1) as f64 * length;
            points.push(frames * each);
            values.push(self.constant(&sums, frames));
        }
        Curves {
            title: self.title().into(),
            axis: if timed { "time" } else { "frames" }.into(),
            axis_unit: if timed { "ps" } else { "" },
            points,
            symbol: "ε".into(),
            curves: vec![Curve { label: String::new(), values, errors: None }],
            ..Curves::default()
        }
    }
}

impl Analysis for DielectricConstant {
    fn title(&self) -> &'static str {
        "dielectric constant"
    }

    fn add(&mut self, sample: &Sample<'_>) -> Result<()> {
        let refuse = |reason: &str| Err(Error::Structure(reason.into()).at_frame(sample.frame));
        let [x, y, z] = sample.require_dipole("a dielectric constant")?;
        let Some(volume) = sample.system.cell.and_then(|cell| cell.volume()) else {
            return refuse("a dielectric constant needs a cell that repeats in all directions");
        };
        if sample.system.state.total_charge() != 0 {
            return refuse("a cell with a total charge conducts, and has no dielectric constant");
        }
        let atoms = sample.system.atom_count();
        if self.frames == 0 {
            self.atoms = atoms;
        } else if atoms != self.atoms {
            return refuse("it has other atoms than the frames before it");
        }
        let time = if sample.timed { sample.system.time } else { f64::NAN };
        if self.frames == 0 {
            self.times[0] = time;
        }
        self.times[1] = time;
        self.frames += 1;
        self.volume += volume;
        self.fluctuations.add(&[x, y, z, x * x + y * y + z * z]);
        Ok(())
    }

    fn findings(&self) -> Result<Findings> {
        if self.frames < 2 {
            return Err(Error::TooFewFrames(
                "a dielectric constant needs at least two frames, and a good one thousands".into(),
            ));
        }
        let sums = self.fluctuations.sum();
        let frames = self.frames as f64;
        let value = self.constant(&sums, frames);
        let length = self.fluctuations.block_length() as f64;
        let without: Vec<f64> = self
            .fluctuations
            .full_blocks()
            .map(|block| sums.iter().zip(block).map(|(sum, part)| sum - part).collect::<Vec<f64>>())
            .map(|rest| self.constant(&rest, frames - length))
            .collect();
        let mut findings = Findings::default();
        findings.numbers.push(Number::new("dielectric constant", value, "").with_error(jackknife(&without)));
        let mean = [0, 1, 2].map(|axis| sums[axis] / frames);
        let deviation = (sums[3] / frames).sqrt();
        for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
            findings.numbers.push(Number::new(format!("mean dipole along {name}"), mean[axis], "e·Å"));
        }
        findings.numbers.push(Number::new("root mean square dipole", deviation, "e·Å"));
        findings.notes.push(format!(
            "of a bulk at {} K with conducting surroundings, without the polarization of electrons at fixed atoms",
            self.temperature
        ));
        findings.notes.push("the mean dipole of an isotropic liquid is zero: where it is not small beside the root mean square, run longer".into());
        findings.curves.push(self.settling());
        Ok(findings)
    }

    fn state(&self) -> Vec<f64> {
        let mut state = vec![self.atoms as f64, self.frames as f64, self.volume];
        // Infinite where unknown: what is not a number does not survive a comparison.
        state.extend(self.times.map(|time| if time.is_finite() { time } else { f64::INFINITY }));
        state.extend(self.fluctuations.state());
        state
    }

    fn restore(&mut self, state: &[f64]) -> Result<()> {
        let mut state = StateReader::new(state);
        (self.atoms, self.frames, self.volume) = (state.count()? as usize, state.count()?, state.number()?);
        self.times = [state.number()?, state.number()?];
        self.fluctuations = Blocks::read(&mut state)?;
        state.end()
    }
}

/// The standard error of an estimate from those with one part left out; none for fewer than five parts.
fn jackknife(without: &[f64]) -> Option<f64> {
    let count = without.len() as f64;
    super::standard_error(without).map(|error| error * (count - 1.0))
}
