//! Limits that a run must not leave.

use serde::{Serialize, Serializer};

use super::Quantity;
use super::declare::{Bounds, FORCE, Key, LENGTH, TEMPERATURE, Table, Value, integer, settings};
use super::section::Section;
use cormorant_core::Result;
use cormorant_core::units::Dimension;
use cormorant_dynamics::simulation::{Action, Limit};

/// What a guard with a unit can be.
macro_rules! guard {
    ($dimensions:expr, $example:literal) => {
        Value::Either(&[
            Value::Quantity($dimensions, Bounds::AboveZero),
            Value::Word(&[("none", "No limit.")]),
            Value::Table(&Table {
                about: "The limit, and what happens beyond it.",
                keys: &[
                    Key::of(Value::Quantity($dimensions, Bounds::AboveZero))
                        .required($example)
                        .described("limit", "The limit."),
                    Key::of(Value::Word(ACTION_WORDS)).or("stop").described("action", "What happens beyond it."),
                ],
                kinds: &[],
            }),
        ])
    };
}

/// What a guard that compares with something can be.
macro_rules! compared {
    ($limit:literal, $bounds:expr) => {
        Value::Either(&[
            Value::Word(ACTION_WORDS),
            Value::Number($bounds),
            Value::Table(&Table {
                about: "The limit, and what happens beyond it.",
                keys: &[
                    Key::of(Value::Number($bounds)).or($limit).described("limit", "The limit."),
                    Key::of(Value::Word(ACTION_WORDS)).described("action", "What happens beyond it."),
                ],
                kinds: &[],
            }),
        ])
    };
}

const ACTION_WORDS: &[(&str, &str)] =
    &[("stop", "The run stops."), ("warn", "The run goes on with a warning."), ("ignore", "Nothing.")];

settings! {
    /// `[guards]`: what stops a run before it turns to nonsense, or warns of it. A guard is a limit (which stops the run), an
    /// action, or both in a table; `"none"` or `"ignore"` for none.
    #[derive(Debug, Clone, PartialEq, Serialize)]
    pub struct GuardsInput {
        /// Largest distance that an atom may move within one step, or `"none"`.
        pub largest_displacement: GuardInput<Quantity> = Key::of(guard!(LENGTH, "\"0.5 Å\"")).or("0.5 Å"),
        /// Highest temperature, or `"none"`.
        pub highest_temperature: GuardInput<Quantity> = Key::of(guard!(TEMPERATURE, "\"2000 K\"")).or("none"),
        /// Distances between atoms, in units of the shortest in the training frames; learned potentials only. Warned of below
        /// 0.9 by default.
        pub close_contact: GuardInput<f64> = Key::of(compared!("0.9", Bounds::AboveZero)),
        /// Grade of extrapolation of an atom; learned potentials only. The run stops above 3 by default.
        pub extrapolation: GuardInput<f64> = Key::of(compared!("3.0", Bounds::AboveZero)),
        /// Largest spread of the force on an atom over the members of a committee, or `"none"`; committees only.
        pub committee_force_spread: GuardInput<Quantity> = Key::of(guard!(FORCE, "\"0.2 eV/Å\"")).or("none"),
        /// Factor by which an edge of the cell may grow or shrink from its first length; stages with a barostat only. Warned of
        /// beyond 2 by default.
        pub cell_change: GuardInput<f64> = Key::of(compared!("2.0", Bounds::AboveOne)),
        /// Least height of the cell, in cutoffs of the potential; stages with a barostat only. Warned of below 2.1 by default.
        pub cell_height: GuardInput<f64> = Key::of(compared!("2.1", Bounds::AboveOne)),
        /// Steps between two checks of contacts and grades.
        pub every_steps: u64 = integer(1, 1_000_000).or("10"),
    }
}

/// One guard: a limit and what happens beyond it; none if it is ignored.
///
/// In a file: a limit (which stops the run), `"none"`, or `{ limit = …, action = "warn" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardInput<T>(pub Option<(T, Action)>);

const ACTIONS: [(&str, Option<Action>); 3] =
    [("stop", Some(Action::Stop)), ("warn", Some(Action::Warn)), ("ignore", None)];
/// Share of the shortest distance in training at which a run is warned of.
pub const CLOSE: f64 = 0.9;
/// Grade of extrapolation that stops a run.
pub const FAR: f64 = 3.0;
/// Factor on the edges of the cell at which a run is warned of.
const CHANGED: f64 = 2.0;
/// Height of the cell in cutoffs at which a run is warned of: a little before two.
const LOW: f64 = 2.1;

impl Default for GuardsInput {
    fn default() -> Self {
        let displacement = Quantity::default_of("0.5 Å", Dimension::Length);
        Self {
            largest_displacement: GuardInput(Some((displacement, Action::Stop))),
            highest_temperature: GuardInput(None),
            close_contact: GuardInput(Some((CLOSE, Action::Warn))),
            extrapolation: GuardInput(Some((FAR, Action::Stop))),
            committee_force_spread: GuardInput(None),
            cell_change: GuardInput(Some((CHANGED, Action::Warn))),
            cell_height: GuardInput(Some((LOW, Action::Warn))),
            every_steps: 10,
        }
    }
}

impl GuardsInput {
    pub(super) fn read(section: &Section<'_>) -> Result<Self> {
        section.declared(&[Self::TABLE.keys])?;
        let default = Self::default();
        Ok(Self {
            largest_displacement: quantity(
                section,
                "largest_displacement",
                Dimension::Length,
                default.largest_displacement.clone(),
            )?,
            highest_temperature: quantity(section, "highest_temperature", Dimension::Temperature, GuardInput(None))?,
            close_contact: compared(section, "close_contact", CLOSE, Action::Warn)?,
            extrapolation: compared(section, "extrapolation", FAR, Action::Stop)?,
            committee_force_spread: quantity(section, "committee_force_spread", Dimension::Force, GuardInput(None))?,
            cell_change: factor(section, "cell_change", CHANGED, "a number above one")?,
            cell_height: factor(section, "cell_height", LOW, "a number above one")?,
            every_steps: section.get(&Self::every_steps)?,
        })
    }
}

/// A guard whose limit has a unit.
fn quantity(
    section: &Section<'_>,
    key: &str,
    dimension: Dimension,
    default: GuardInput<Quantity>,
) -> Result<GuardInput<Quantity>> {
    if let Ok(Some(("none", _))) = section.text(key) {
        return Ok(GuardInput(None));
    }
    if !section.is_table(key) {
        let limit = section.positive(key, dimension)?;
        return Ok(limit.map_or(default, |limit| GuardInput(Some((limit, Action::Stop)))));
    }
    let Some(table) = section.section(key)? else { return Ok(default) };
    table.allow(&["limit", "action"])?;
    let limit = table.positive("limit", dimension)?;
    let example = match dimension {
        Dimension::Temperature => "limit = \"2000 K\"",
        Dimension::Force => "limit = \"0.2 eV/Å\"",
        _ => "limit = \"0.5 Å\"",
    };
    let limit = table.required("limit", limit, example)?;
    let action = table.choice("action", &ACTIONS)?.unwrap_or(Some(Action::Stop));
    Ok(GuardInput(action.map(|action| (limit, action))))
}

/// A guard that compares with the training frames.
fn compared(section: &Section<'_>, key: &str, limit: f64, action: Action) -> Result<GuardInput<f64>> {
    if !section.is_table(key) {
        let action = section.choice(key, &ACTIONS)?.unwrap_or(Some(action));
        return Ok(GuardInput(action.map(|action| (limit, action))));
    }
    let Some(table) = section.section(key)? else { return Ok(GuardInput(Some((limit, action)))) };
    table.allow(&["limit", "action"])?;
    let limit = table.number("limit", |limit| limit > 0.0, "a number above zero")?.unwrap_or(limit);
    let action = table.choice("action", &ACTIONS)?.unwrap_or(Some(action));
    Ok(GuardInput(action.map(|action| (limit, action))))
}

/// A guard whose limit is a number above one: the number (which stops the run), an action, or both in a table.
fn factor(section: &Section<'_>, key: &str, limit: f64, wanted: &str) -> Result<GuardInput<f64>> {
    if section.is_text(key) {
        return compared(section, key, limit, Action::Warn);
    }
    if !section.is_table(key) {
        let found = section.number(key, |limit| limit > 1.0, wanted)?;
        let default = GuardInput(Some((limit, Action::Warn)));
        return Ok(found.map_or(default, |limit| GuardInput(Some((limit, Action::Stop)))));
    }
    let Some(table) = section.section(key)? else { return Ok(GuardInput(Some((limit, Action::Warn)))) };
    table.allow(&["limit", "action"])?;
    let limit = table.number("limit", |limit| limit > 1.0, wanted)?.unwrap_or(limit);
    let action = table.choice("action", &ACTIONS)?.unwrap_or(Some(Action::Stop));
    Ok(GuardInput(action.map(|action| (limit, action))))
}

impl GuardInput<Quantity> {
    /// In internal units.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        self.0.as_ref().map(|(limit, action)| Limit { value: limit.value(), action: *action })
    }
}

impl GuardInput<f64> {
    /// As it is.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        self.0.as_ref().map(|&(value, action)| Limit { value, action })
    }
}

impl Serialize for GuardInput<Quantity> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            None => serializer.serialize_str("none"),
            Some((limit, Action::Stop)) => limit.serialize(serializer),
            Some((limit, Action::Warn)) => LimitAndAction { limit, action: "warn" }.serialize(serializer),
        }
    }
}

impl Serialize for GuardInput<f64> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.0 {
            None => serializer.serialize_str("ignore"),
            Some((limit, Action::Stop)) => LimitAndAction { limit, action: "stop" }.serialize(serializer),
            Some((limit, Action::Warn)) => LimitAndAction { limit, action: "warn" }.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct LimitAndAction<'t, T: Serialize> {
    limit: &'t T,
    action: &'t str,
}
