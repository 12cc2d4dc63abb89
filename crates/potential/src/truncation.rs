//! How a pair potential ends at its cutoff.

/// What becomes of u(r) near the cutoff c; beyond it everything is zero.
///
/// | variant       | energy within the cutoff            | continuous at the cutoff |
/// |---------------|-------------------------------------|--------------------------|
/// | `Plain`       | u(r)                                | nothing                  |
/// | `Shifted`     | u(r) − u(c)                         | energy                   |
/// | `ShiftedForce`| u(r) − u(c) − (r − c) u′(c)         | energy and force         |
/// | `Switched`    | u(r) S((r − s)/(c − s)) for r > s   | energy, force and its slope |
///
/// with S(x) = 1 − 10x³ + 15x⁴ − 6x⁵. Only the last two conserve energy well in dynamics. Checked by: `suite::potential`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Truncation {
    /// Cut off.
    Plain,
    /// Energy shifted to zero.
    Shifted,
    /// Force shifted to zero.
    ShiftedForce,
    /// Switched off smoothly.
    Switched {
        /// Distance s in Å at which switching begins; less than the cutoff.
        from: f64,
    },
}

impl Truncation {
    /// Energy and (du/dr)/r of the truncated potential, from those of the bare one at this distance and at the cutoff.
    ///
    /// `bare` is (u, u′/r) at the distance whose square is given, `end` is (u, u′) at `cutoff`.
    #[inline]
    pub(super) fn apply(self, bare: (f64, f64), end: (f64, f64), square: f64, cutoff: f64) -> (f64, f64) {
        match self {
            Self::Plain => bare,
            Self::Shifted => (bare.0 - end.0, bare.1),
            Self::ShiftedForce => {
                let distance = square.sqrt();
                (bare.0 - end.0 - (distance - cutoff) * end.1, bare.1 - end.1 / distance)
            }
            Self::Switched { from } => {
                let distance = square.sqrt();
                let width = 1.0 / (cutoff - from);
                // Zero before switching begins, where the switch is one and its slope zero: no branch.
                let x = ((distance - from) * width).max(0.0);
                let switch = 1.0 - x * x * x * (10.0 - x * (15.0 - 6.0 * x));
                let slope = -30.0 * x * x * (1.0 - x) * (1.0 - x) * width;
                (bare.0 * switch, bare.1 * switch + bare.0 * slope / distance)
            }
        }
    }
}
