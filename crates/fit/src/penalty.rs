//! What an error costs: its square where it is small, its size where it is large.
//!
//!   ρ(x) = 2δ(√(x² + δ²) − δ), which is x² for errors far below δ and 2δ|x| far above; x² itself when δ is zero
//!
//! The pseudo-Huber loss (Charbonnier et al. 1994, doi:10.1109/ICIP.1994.413553), so that a few frames that are far off do not
//! carry most of the gradient. Checked by: `suite::trainer::loss_gradient`, `suite::regression::large_errors_count_by_size`.

/// ρ(x) and ρ'(x)/x for x² = `square`, in the unit of δ = `delta` squared.
#[must_use]
pub(super) fn penalty(square: f64, delta: f64) -> (f64, f64) {
    if delta > 0.0 {
        let root = (square + delta * delta).sqrt();
        (2.0 * delta * (root - delta), 2.0 * delta / root)
    } else {
        (square, 2.0)
    }
}
