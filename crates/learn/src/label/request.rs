//! A structure that is to be labeled.

use std::io::Write;

use sha2::{Digest, Sha256};

use super::Theory;
use cormorant_core::system::{ElectronicState, System};
use cormorant_core::{Error, Result, hexadecimal};
use cormorant_io::{Frame, TrajectoryFrame, Value};

/// Positions and cells that differ by less than this, in Å, are the same structure.
const RESOLUTION: f64 = 1e-6;

/// A structure that is to be labeled.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// SHA-256 of the structure, its charge and multiplicity, and the theory, hexadecimal: never labeled twice.
    pub key: String,
    /// Atoms and cell.
    pub system: System,
    /// Total charge in e.
    pub charge: i64,
    /// Spin multiplicity 2S + 1.
    pub multiplicity: u64,
    /// Why it is to be labeled, such as `spread` or `blind`.
    pub reason: String,
}

impl Request {
    /// `system`, to be labeled with `theory` for `reason`.
    #[must_use]
    pub fn new(mut system: System, charge: i64, multiplicity: u64, theory: &Theory, reason: &str) -> Self {
        let key = key(&system, charge, multiplicity, theory);
        system.state = ElectronicState::stated(charge as i32, multiplicity as u32);
        Self { key, system, charge, multiplicity, reason: reason.into() }
    }

    /// The same in the state that `system` states, or else with this charge and multiplicity.
    #[must_use]
    pub fn stated(system: System, (charge, multiplicity): (i64, u64), theory: &Theory, reason: &str) -> Self {
        let charge = system.state.charge.map_or(charge, i64::from);
        let multiplicity = system.state.multiplicity.map_or(multiplicity, u64::from);
        Self::new(system, charge, multiplicity, theory, reason)
    }

    /// The request that a frame holds as [`write`](Self::write) writes it.
    ///
    /// # Errors
    /// When one of its keys is missing, or the atoms make no system.
    pub fn from_frame(frame: Frame) -> Result<Self> {
        let missing = |what: &str| Error::Data(format!("has no `{what}`: it was not written by cormorant label"));
        let whole = |name: &str| frame.number(name).ok_or_else(|| missing(name));
        let text = |name: &str| match frame.property(name) {
            Some(Value::Text(text)) => Ok(text.clone()),
            Some(other) => Err(Error::Data(format!("`{name}` is {other:?}"))),
            None => Err(missing(name)),
        };
        let (charge, multiplicity) = (whole("charge")? as i64, whole("multiplicity")? as u64);
        let (key, reason) = (text("label_key")?, text("reason")?);
        let cell = frame.repeating_cell();
        let mut system = System::new(frame.elements, frame.positions, cell)?;
        system.state = ElectronicState::stated(charge as i32, multiplicity as u32);
        Ok(Self { key, system, charge, multiplicity, reason })
    }

    /// The first digits of the key, which name files and lines of messages.
    #[must_use]
    pub fn short_key(&self) -> &str {
        self.key.get(..16).unwrap_or(&self.key)
    }

    /// Writes it as a frame of extended XYZ, with `charge` and `multiplicity`.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let frame = self.frame();
        cormorant_io::extended_xyz::write_frame(out, &self.system.elements, &frame)
    }

    /// It as a frame, in whose comment its keys are.
    pub(super) fn frame(&self) -> TrajectoryFrame {
        // The keys have charge and multiplicity.
        TrajectoryFrame { keys: self.keys(), state: ElectronicState::default(), ..TrajectoryFrame::new(&self.system) }
    }

    /// Its keys in the comment of a frame.
    fn keys(&self) -> Vec<(&'static str, String)> {
        vec![
            ("charge", self.charge.to_string()),
            ("multiplicity", self.multiplicity.to_string()),
            ("label_key", self.key.clone()),
            ("reason", self.reason.clone()),
        ]
    }
}

/// The hash that tells structures apart.
fn key(system: &System, charge: i64, multiplicity: u64, theory: &Theory) -> String {
    let mut hash = Sha256::new();
    hash.update(b"cormorant label 1\n");
    for element in &system.elements {
        hash.update([element.number()]);
    }
    let mut round = |x: f64| hash.update(((x / RESOLUTION).round() as i64).to_le_bytes());
    system.positions.as_flattened().iter().for_each(|x| round(*x));
    if let Some(cell) = &system.cell {
        cell.rows().as_flattened().iter().for_each(|x| round(*x));
        hash.update(cell.periodic().map(u8::from));
    }
    hash.update(charge.to_le_bytes());
    hash.update(multiplicity.to_le_bytes());
    hash.update(theory.identity().as_bytes());
    hexadecimal(&hash.finalize())
}
