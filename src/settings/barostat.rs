//! The pressure bath of a stage.

use serde::Serialize;

use super::pressure::{COMPRESSIBILITIES, PRESSURES};
use super::section::Section;
use super::stage::steps;
use super::{IntegratorKind, Quantity, ThermostatInput};
use cormorant_core::Result;
use cormorant_core::units::Dimension;

/// `barostat` of a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BarostatInput {
    /// How the bath couples.
    #[serde(flatten)]
    pub coupling: PressureCoupling,
    /// Pressure of the bath; a force per length for a slab, a force for a wire.
    pub pressure: Quantity,
    /// Pressure at the end of the stage, reached linearly, if it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_pressure: Option<Quantity>,
    /// Time in which the volume forgets itself.
    pub relaxation_time: Quantity,
    /// Which changes of the cell are allowed.
    pub scaling: CellScaling,
}

/// How a pressure bath couples to the cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PressureCoupling {
    /// Stochastic cell rescaling (Bernetti and Bussi), beside any integrator.
    StochasticCellRescaling {
        /// Rough compressibility of the substance; it sets the pace only.
        compressibility: Quantity,
        /// Time between two applications, a whole number of steps.
        every: Quantity,
    },
    /// The extended system of Martyna, Tobias and Klein, in place of velocity Verlet.
    MartynaTobiasKlein,
}

/// Which changes of the cell are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CellScaling {
    /// One factor for all repeating directions: the shape stays.
    Isotropic,
    /// A factor each along x, y and z, where the cell repeats along them.
    Anisotropic,
}

const KINDS: [(&str, bool); 2] = [("stochastic-cell-rescaling", true), ("martyna-tobias-klein", false)];
const SCALINGS: [(&str, CellScaling); 2] =
    [("isotropic", CellScaling::Isotropic), ("anisotropic", CellScaling::Anisotropic)];

impl BarostatInput {
    pub(super) fn read(stage: &Section<'_>, time_step: &Quantity) -> Result<Option<Self>> {
        if stage.is_text("barostat") {
            stage.choice("barostat", &[("none", ())])?;
            return Ok(None);
        }
        let Some(section) = stage.section("barostat")? else { return Ok(None) };
        let stochastic = section.choice("kind", &KINDS)?;
        let stochastic = section.required("kind", stochastic, "kind = \"stochastic-cell-rescaling\"")?;
        let own: &[&str] = if stochastic { &["compressibility", "every"] } else { &[] };
        let common = ["kind", "pressure", "final_pressure", "relaxation_time", "scaling"];
        section.allow(&[&common, own].concat())?;
        let pressure = section.quantity_of("pressure", &PRESSURES)?;
        let pressure = section.required("pressure", pressure, "pressure = \"1 bar\"")?;
        let relaxation_time = section.positive("relaxation_time", Dimension::Time)?;
        let relaxation_time = section.required("relaxation_time", relaxation_time, "relaxation_time = \"1 ps\"")?;
        let coupling = if stochastic {
            let compressibility = section.positive_of("compressibility", &COMPRESSIBILITIES)?;
            let example = "compressibility = \"4.5e-5 / bar\" (water)";
            let compressibility = section.required("compressibility", compressibility, example)?;
            let every = section.positive("every", Dimension::Time)?.unwrap_or_else(|| time_step.clone());
            steps(&section, "every", &every, time_step)?;
            PressureCoupling::StochasticCellRescaling { compressibility, every }
        } else {
            PressureCoupling::MartynaTobiasKlein
        };
        Ok(Some(Self {
            coupling,
            pressure,
            final_pressure: section.quantity_of("final_pressure", &PRESSURES)?,
            relaxation_time,
            scaling: section.choice("scaling", &SCALINGS)?.unwrap_or(CellScaling::Isotropic),
        }))
    }

    /// Refuse what does not go together with the rest of the stage.
    pub(super) fn fits(
        &self,
        stage: &Section<'_>,
        thermostat: Option<&ThermostatInput>,
        integrator: Option<IntegratorKind>,
    ) -> Result<()> {
        match thermostat {
            None => Err(stage.error_at(
                "barostat",
                "a barostat needs a thermostat beside it",
                "add thermostat = { kind = \"bussi\", temperature = \"300 K\", relaxation_time = \"100 fs\" }",
            )),
            Some(bath) if bath.temperature.value() <= 0.0 => Err(stage.error_at(
                "barostat",
                "a barostat needs a thermostat above 0 K",
                "raise the temperature of the thermostat",
            )),
            _ if self.coupling == PressureCoupling::MartynaTobiasKlein
                && integrator.is_some_and(|kind| kind != IntegratorKind::VelocityVerlet) =>
            {
                Err(stage.error_at(
                    "integrator",
                    "the barostat \"martyna-tobias-klein\" goes with velocity Verlet only",
                    "write integrator = \"velocity-verlet\", or use the barostat \"stochastic-cell-rescaling\"",
                ))
            }
            _ => Ok(()),
        }
    }
}
