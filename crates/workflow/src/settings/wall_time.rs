//! Time on the clock on the wall, as opposed to simulated time.

use std::time::Duration;

use serde::{Serialize, Serializer};

use cormorant_core::{Error, Result};

/// A stretch of wall-clock time, e.g. `10 min`, kept as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct WallTime {
    text: String,
    duration: Duration,
}

const UNITS: [(&[&str], f64); 4] = [
    (&["s", "second", "seconds"], 1.0),
    (&["min", "minute", "minutes"], 60.0),
    (&["h", "hour", "hours"], 3600.0),
    (&["d", "day", "days"], 86400.0),
];

impl WallTime {
    /// Read a number and one of `s`, `min`, `h`, `d`.
    ///
    /// # Errors
    /// When there is no number above zero, no unit, or an unknown one.
    pub fn new(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        let end = trimmed.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(trimmed.len());
        let (number, unit) = (trimmed[..end].parse::<f64>(), trimmed[end..].trim());
        let scale = UNITS.iter().find(|(names, _)| names.contains(&unit)).map(|(_, seconds)| *seconds);
        let seconds = number.ok().zip(scale).map(|(number, scale)| number * scale);
        match seconds {
            // A century is longer than any run and far from the limits of `Duration`.
            Some(seconds) if seconds > 0.0 && seconds < 3.2e9 => {
                Ok(Self { text: trimmed.to_string(), duration: Duration::from_secs_f64(seconds) })
            }
            _ => Err(Error::Unit {
                found: trimmed.chars().take(40).collect(),
                expected: "a wall-clock time",
                remedy: "write a number above zero and s, min, h or d, such as \"10 min\"".into(),
            }),
        }
    }

    /// A default written in the program itself; the tests read every one.
    pub(crate) fn default_of(text: &str) -> Self {
        Self::new(text).expect("the defaults are times")
    }

    /// The same as a duration.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

impl std::fmt::Display for WallTime {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::str::FromStr for WallTime {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl Serialize for WallTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::WallTime;

    #[test]
    fn units_are_compulsory() {
        assert_eq!(WallTime::new("1.5 h").unwrap().duration().as_secs(), 5400);
        assert_eq!(WallTime::new("10min").unwrap().duration().as_secs(), 600);
        for bad in ["10", "min", "", "-1 min", "0 s", "10 ps", "1e400 s", "9999999999999 d"] {
            assert!(WallTime::new(bad).is_err(), "{bad}");
        }
    }
}
