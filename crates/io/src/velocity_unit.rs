//! Units of velocities that users name.

use cormorant_core::Result;
use cormorant_core::units::{ANGSTROM_PER_PICOSECOND, BOHR, Dimension, conversion};

/// 1 atomic unit of time, ħ/Hartree, in ps (CODATA 2022).
const ATOMIC_TIME: f64 = 2.418_884_326_586_4e-5;

/// Å/ps that one `unit` is: a length over a time, such as `Å/fs`, or `bohr/atomic time`.
///
/// # Errors
/// When it is not a unit of velocity.
///
/// ```
/// assert!((cormorant_io::velocity_unit("nm/ps")? - 10.0).abs() < 1e-12);
/// assert!((cormorant_io::velocity_unit("bohr/atomic time")? - 21876.91).abs() < 0.01);
/// # Ok::<(), cormorant_core::Error>(())
/// ```
pub fn velocity_unit(unit: &str) -> Result<f64> {
    let plain = unit.trim().to_ascii_lowercase().replace(' ', "");
    if matches!(plain.as_str(), "bohr/atomictime" | "bohr/atomic_time" | "bohr/atu" | "bohr/aut") {
        return Ok(BOHR / ATOMIC_TIME);
    }
    Ok(conversion(unit.trim(), Dimension::Velocity)? / ANGSTROM_PER_PICOSECOND)
}
