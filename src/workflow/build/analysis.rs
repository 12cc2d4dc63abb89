//! An accumulator from its input.

use crate::settings::{AnalysisInput, Compared, Drift, Quantity};
use cormorant_core::Result;
use cormorant_dynamics::analysis::{
    Analysis, CorrelationResult, DihedralMap, Internal, InternalDistribution, InternalKind, MeanSquaredDisplacement,
    RadialDistribution, RootMeanSquareDeviation, VelocityCorrelation, VelocitySource,
};
use cormorant_io as io;

/// The accumulator; `reach` (Å) is that of radial distribution functions when the input leaves it out.
pub(in crate::workflow) fn accumulator(
    input: &AnalysisInput,
    reach: f64,
    velocities: VelocitySource,
) -> Result<Box<dyn Analysis>> {
    let correlation = |max_lag: &Quantity, result| VelocityCorrelation::new(max_lag.value(), velocities, result);
    Ok(match input {
        AnalysisInput::RadialDistribution { reach: asked, bin } => {
            let reach = asked.as_ref().map_or(reach, Quantity::value);
            Box::new(RadialDistribution::new(reach, bin.value())?)
        }
        AnalysisInput::MeanSquaredDisplacement { fit_from, fit_to, drift } => {
            let window = fit_from.as_ref().map(Quantity::value).zip(fit_to.as_ref().map(Quantity::value));
            Box::new(MeanSquaredDisplacement::new(window, *drift == Drift::Keep)?)
        }
        AnalysisInput::VelocityAutocorrelation { max_lag } => {
            Box::new(correlation(max_lag, CorrelationResult::Function)?)
        }
        AnalysisInput::VibrationalDensityOfStates { max_lag } => {
            Box::new(correlation(max_lag, CorrelationResult::DensityOfStates)?)
        }
        AnalysisInput::RootMeanSquareDeviation { reference, compare } => {
            let reference = reference.as_ref().map(|path| io::read_structure(path, None)).transpose()?;
            Box::new(RootMeanSquareDeviation::new(reference.as_ref(), *compare == Compared::All)?)
        }
        AnalysisInput::DihedralMap { dihedrals } => {
            let angle = |at: usize| Internal::parse(dihedrals.get(at).map_or("", String::as_str));
            Box::new(DihedralMap::new(angle(0)?, angle(1)?)?)
        }
        AnalysisInput::BondLengths { atoms } => Box::new(InternalDistribution::parse(InternalKind::Bonds, atoms)?),
        AnalysisInput::BondAngles { atoms } => Box::new(InternalDistribution::parse(InternalKind::Angles, atoms)?),
        AnalysisInput::DihedralAngles { atoms } => {
            Box::new(InternalDistribution::parse(InternalKind::Dihedrals, atoms)?)
        }
    })
}
