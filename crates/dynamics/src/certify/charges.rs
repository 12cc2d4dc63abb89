//! Charges: whether they add up, and whether their force falls off as it must.

use super::measure::evaluate;
use cormorant_core::Result;
use cormorant_core::system::{ElectronicState, Element, System};
use cormorant_core::units::COULOMB;
use cormorant_network::ChargeTrial;
use cormorant_potential::LearnedPotential;

/// Distance in Å of two atoms that no network sees across.
const FAR: f64 = 30.0;

/// The `charges` of the example `system`, and of two atoms alone; none where the model has no charges.
///
/// Two atoms at r hold q₁ + q₂ = 2 e, so that they repel each other with k q₁ q₂ / r², where k is [`COULOMB`]: both are alone, so that
/// their charges do not depend on r.
pub(super) fn try_charges(
    potential: &mut LearnedPotential,
    system: &System,
    charges: &[f64],
    elements: &[Element],
) -> Result<Option<ChargeTrial>> {
    let (Some(&first), Some(&last), false) = (elements.first(), elements.last(), charges.is_empty()) else {
        return Ok(None);
    };
    let mut pair = System::new(vec![first, last], vec![[0.0; 3], [FAR, 0.0, 0.0]], None)?;
    pair.state = ElectronicState::stated(2, 1);
    let apart = evaluate(potential, &pair)?;
    let expected = COULOMB * apart.charges[0] * apart.charges[1] / (FAR * FAR);
    Ok(Some(ChargeTrial {
        sum_error: (charges.iter().sum::<f64>() - f64::from(system.state.total_charge())).abs(),
        tail_error: (apart.forces[1][0] / expected - 1.0).abs(),
        lowest: charges.iter().copied().fold(f64::INFINITY, f64::min),
        highest: charges.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }))
}
