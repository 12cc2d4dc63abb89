//! The pressure bath of a stage.

use serde::Serialize;

use super::declare::{Key, TIME, Table, Value, kinds, positive, quantity, settings, word, words};
use super::pressure::{COMPRESSIBILITIES, PRESSURES};
use super::section::Section;
use super::stage::steps;
use super::{IntegratorKind, Quantity, ThermostatInput};
use cormorant_core::Result;

settings! {
    /// `barostat` of a stage.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct BarostatInput {
        /// How the bath couples.
        #[serde(flatten)]
        pub coupling: PressureCoupling = Key::of(Value::Inline(&[])),
        /// Pressure of the bath; a force per length for a slab, a force for a wire.
        pub pressure: Quantity = quantity(&PRESSURES).required("\"1 bar\""),
        /// Pressure at the end of the stage, reached linearly, if it changes.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub final_pressure: Option<Quantity> = quantity(&PRESSURES),
        /// Time in which the volume forgets itself.
        pub relaxation_time: Quantity = positive(TIME).required("\"1 ps\""),
        /// Which changes of the cell are allowed.
        pub scaling: CellScaling = word(CellScaling::ABOUT).or("isotropic"),
    }
}

kinds! {
    /// How a pressure bath couples to the cell.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    #[serde(tag = "kind", rename_all = "kebab-case")]
    pub enum PressureCoupling {
        /// Stochastic cell rescaling (Bernetti and Bussi), beside any integrator.
        StochasticCellRescaling = "stochastic-cell-rescaling" {
            /// Rough compressibility of the substance; it sets the pace only.
            compressibility: Quantity = positive(&COMPRESSIBILITIES).required("\"4.5e-5 / bar\" (water)"),
            /// Time between two applications, a whole number of steps; every step by default.
            every: Option<Quantity> = positive(TIME),
        },
        /// The extended system of Martyna, Tobias and Klein, in place of velocity Verlet.
        MartynaTobiasKlein = "martyna-tobias-klein" {},
    }
}

words! {
    /// Which changes of the cell are allowed.
    pub enum CellScaling {
        /// One factor for all repeating directions: the shape stays.
        Isotropic = "isotropic",
        /// A factor each along x, y and z, where the cell repeats along them.
        Anisotropic = "anisotropic",
    }
}

impl BarostatInput {
    /// The declaration with the kinds.
    pub(crate) const KINDS: Table = Table { kinds: PressureCoupling::KINDS, ..Self::TABLE };

    pub(super) fn read(stage: &Section<'_>, time_step: &Quantity) -> Result<Option<Self>> {
        if stage.is_text("barostat") {
            stage.choice("barostat", &[("none", ())])?;
            return Ok(None);
        }
        let Some(section) = stage.section("barostat")? else { return Ok(None) };
        let kind = section.kind(&Self::KINDS)?;
        let kind = section.required("kind", kind, "kind = \"stochastic-cell-rescaling\"")?;
        section.declared_kind(&Self::TABLE, kind)?;
        let pressure = section.get(&Self::pressure)?;
        let relaxation_time = section.get(&Self::relaxation_time)?;
        let Some(mut coupling) = PressureCoupling::read_kind(&section, kind.word)? else { return Ok(None) };
        if let PressureCoupling::StochasticCellRescaling { every, .. } = &mut coupling {
            steps(&section, "every", every.get_or_insert_with(|| time_step.clone()), time_step)?;
        }
        let (final_pressure, scaling) = (section.get(&Self::final_pressure)?, section.get(&Self::scaling)?);
        Ok(Some(Self { coupling, pressure, final_pressure, relaxation_time, scaling }))
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
                "a barostat requires a thermostat",
                "add thermostat = { kind = \"bussi\", temperature = \"300 K\", relaxation_time = \"100 fs\" }",
            )),
            Some(bath) if bath.temperature.value() <= 0.0 => Err(stage.error_at(
                "barostat",
                "a barostat needs a thermostat above 0 K",
                "raise the temperature of the thermostat",
            )),
            _ if self.coupling == PressureCoupling::MartynaTobiasKlein {}
                && integrator.is_some_and(|kind| kind != IntegratorKind::VelocityVerlet) =>
            {
                Err(stage.error_at(
                    "integrator",
                    "the barostat \"martyna-tobias-klein\" requires velocity Verlet",
                    "write integrator = \"velocity-verlet\", or use the barostat \"stochastic-cell-rescaling\"",
                ))
            }
            _ => Ok(()),
        }
    }
}
