//! One stretch of a simulation with its own length, step and bath.

use serde::Serialize;

use super::declare::{Key, TIME, Value, list, positive, settings, table, text, word};
use super::section::Section;
use super::{
    BarostatInput, InnerInput, IntegratorKind, PathIntegralInput, PressureCoupling, Quantity, ThermostatInput,
    WriteInput,
};
use cormorant_core::Result;

settings! {
    /// `[[stage]]`; stages run in order and share one state.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct StageInput {
        /// Name for logs; `stage-1`, `stage-2` by default.
        pub name: String = text(),
        /// Length in time, a whole number of steps.
        pub duration: Quantity = positive(TIME).required("\"10 ps\""),
        /// Integration step.
        pub time_step: Quantity = positive(TIME).required("\"0.5 fs\""),
        /// Integrator; BAOAB with a thermostat and velocity Verlet without, by default.
        pub integrator: IntegratorKind = word(IntegratorKind::ABOUT),
        /// The inner potential of r-RESPA.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub inner: Option<InnerInput> = table(&InnerInput::TABLE),
        /// Coupling to a heat bath; none keeps the energy.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub thermostat: Option<ThermostatInput> =
            Key::of(Value::Either(&[NONE, Value::Table(&ThermostatInput::KINDS)])).or("none"),
        /// Coupling to a pressure bath; none keeps the cell.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub barostat: Option<BarostatInput> =
            Key::of(Value::Either(&[NONE, Value::Table(&BarostatInput::KINDS)])).or("none"),
        /// What is written, and how often.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub write: Vec<WriteInput> = list(&Value::Either(&[Value::Table(&WriteInput::TABLE), Value::Table(&WriteInput::ANALYSES)])),
    }
}

const NONE: Value = Value::Word(&[("none", "None.")]);

impl StageInput {
    pub(super) fn read(section: &Section<'_>, number: usize, ring: Option<&PathIntegralInput>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let name = section.text("name")?.map_or_else(|| format!("stage-{number}"), |(text, _)| text.to_string());
        let time_step: Quantity = section.get(&Self::time_step)?;
        let duration = section.get(&Self::duration)?;
        steps(section, "duration", &duration, &time_step)?;
        let thermostat = ThermostatInput::read(section, ring)?;
        let integrator = section.given(&Self::integrator)?;
        if integrator == Some(IntegratorKind::Baoab) && thermostat.is_none() {
            return Err(section.error_at(
                "integrator",
                "the integrator \"baoab\" needs a thermostat",
                "add thermostat = { kind = \"langevin\", temperature = \"300 K\", friction = \"1 / ps\" }, or use \
                 integrator = \"velocity-verlet\"",
            ));
        }
        if let Some(integrator) = integrator
            && (integrator == IntegratorKind::RingPolymer) != ring.is_some()
        {
            let remedy = match ring {
                Some(_) => "leave it out: [path_integral] requires \"ring-polymer\"",
                None => "add [path_integral], or leave it out",
            };
            return Err(section.error_at("integrator", "this integrator does not fit the atoms", remedy));
        }
        let inner = InnerInput::read(section, integrator)?;
        let barostat = BarostatInput::read(section, &time_step)?;
        if ring.is_some() && barostat.is_some() {
            return Err(section.error_at("barostat", "ring polymers cannot be kept at a pressure", "leave it out"));
        }
        if let Some(barostat) = &barostat {
            barostat.fits(section, thermostat.as_ref(), integrator)?;
        }
        let verlet = barostat.as_ref().is_some_and(|bath| bath.coupling == PressureCoupling::MartynaTobiasKlein {});
        let default = match ring {
            Some(_) => IntegratorKind::RingPolymer,
            None if thermostat.is_some() && !verlet => IntegratorKind::Baoab,
            None => IntegratorKind::VelocityVerlet,
        };
        let sections = section.sections("write")?;
        let write: Vec<WriteInput> =
            sections.iter().map(|write| WriteInput::read(write, &time_step, ring.is_some())).collect::<Result<_>>()?;
        for (write, place) in write.iter().zip(&sections) {
            enough_frames(write, place, &duration)?;
        }
        let integrator = integrator.unwrap_or(default);
        Ok(Self { name, duration, time_step, integrator, inner, thermostat, barostat, write })
    }

    /// Number of steps of the whole stage.
    pub fn steps(&self) -> u64 {
        whole_steps(&self.duration, &self.time_step).unwrap_or(0)
    }

    /// Number of steps in `interval`, which was checked to be whole when the input was read.
    pub fn steps_in(&self, interval: &Quantity) -> u64 {
        whole_steps(interval, &self.time_step).unwrap_or(1)
    }
}

/// Refuse an analysis that sees too few frames in the whole stage to write anything.
fn enough_frames(write: &WriteInput, place: &Section<'_>, duration: &Quantity) -> Result<()> {
    let WriteInput::Analysis { analysis, every, .. } = write else { return Ok(()) };
    // One frame at the start, and one after each interval; rounding in the units must not lose the last.
    let frames = (duration.value() / every.value() + 1.0e-6) as u64 + 1;
    let needed = analysis.fewest_frames();
    if frames >= needed {
        return Ok(());
    }
    let frames = if frames == 1 { "1 frame".to_string() } else { format!("{frames} frames") };
    Err(place.error_at(
        "every",
        format!(
            "this analysis needs at least {needed} frames, but every {every} gives {frames} in a stage of {duration}"
        ),
        "sample more often, or make the stage longer",
    ))
}

/// How many steps `interval` is, if it is a whole number of at least one.
fn whole_steps(interval: &Quantity, time_step: &Quantity) -> Option<u64> {
    let ratio = interval.value() / time_step.value();
    let whole = ratio.round();
    // 1e-6 of a step is far above the rounding of any sensible input and far below a mistake.
    ((0.5..1e15).contains(&whole) && (ratio - whole).abs() < 1e-6_f64.max(1e-12 * whole)).then_some(whole as u64)
}

/// The same, or the error that it is not whole.
pub(super) fn steps(section: &Section<'_>, key: &str, interval: &Quantity, time_step: &Quantity) -> Result<u64> {
    whole_steps(interval, time_step).ok_or_else(|| {
        let ratio = interval.value() / time_step.value();
        section.error_at(
            key,
            format!("`{key}` = \"{interval}\" is not a whole number of steps of {time_step} (it is {ratio:.6})"),
            "choose a multiple of `time_step`",
        )
    })
}
