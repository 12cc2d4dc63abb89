//! What spreads and errors show together.

use serde::Serialize;

use super::SpreadDecile;

/// How far the spread tells the error.
///
///   c = rms(e) / rms(σ) = (Σ_i |e_i|² / Σ_i σ_i²)^½
///
/// | symbol | here | unit | shape |
/// |--------|------|------|-------|
/// | e_i | mean of the members less the label | that of what is compared | `[components]` |
/// | σ_i | spread of the members without Bessel correction: of a number, or the length of that of a vector | the same | scalar |
/// | c | `calibration` | 1 | scalar |
///
/// The spread of a component is σ_i/√(components), so that the number of components cancels in c. M members whose errors are
/// independent have c = 1/√(M − 1): their spread is too small by √((M − 1)/M), and the mean is better than they are by √M. What they all
/// err in makes c larger. Errors of which the spread, times c, is the standard deviation, and which are normal, are within one of it to 68.3 %
/// and within two to 95.4 %. Source: a scaling of variances by one factor, Musil et al. 2019, doi:10.1021/acs.jctc.8b00959, eq. 10.
/// Checked by `suite::spread`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpreadStatistics {
    /// Numbers or vectors that were compared.
    pub count: usize,
    /// Spearman's correlation of spread and length of the error; none where it is not defined.
    pub rank_correlation: Option<f64>,
    /// Root mean square spread of a component.
    pub rms_spread: f64,
    /// Root mean square error of a component.
    pub rms_error: f64,
    /// What the spread is multiplied by to be an error bar; none where all spreads are zero.
    pub calibration: Option<f64>,
    /// Share of the components whose error is at most one calibrated spread.
    pub within_one: Option<f64>,
    /// Share of the components whose error is at most two calibrated spreads.
    pub within_two: Option<f64>,
    /// Errors by size of the spread.
    pub deciles: Vec<SpreadDecile>,
}
