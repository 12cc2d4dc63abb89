//! A number that an analysis quotes.

/// A number with its error, name and unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    /// What it is, e.g. `diffusion coefficient of O`.
    pub name: String,
    /// Its value.
    pub value: f64,
    /// Its standard error, if there is enough to tell.
    pub error: Option<f64>,
    /// Its unit, empty for a plain number.
    pub unit: &'static str,
}

impl Number {
    /// A number without an error.
    #[must_use]
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, error: None, unit }
    }

    /// The same with its standard error.
    #[must_use]
    pub fn with_error(mut self, error: Option<f64>) -> Self {
        self.error = error;
        self
    }
}

impl std::fmt::Display for Number {
    /// `diffusion coefficient: 0.2310 ± 0.0042 Å^2/ps`, with two digits of the error and at most six of the value.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let last = |value: f64, digits: i32| {
            if value == 0.0 || !value.is_finite() { 0 } else { digits - 1 - value.abs().log10().floor() as i32 }
        };
        let places = match self.error {
            Some(error) if error > 0.0 => last(error, 2).min(last(self.value, 6)),
            _ => last(self.value, 5),
        };
        let small = places > 8;
        let text = |value: f64| {
            if small { format!("{value:.3e}") } else { format!("{value:.*}", usize::try_from(places).unwrap_or(0)) }
        };
        write!(formatter, "{}: {}", self.name, text(self.value))?;
        if let Some(error) = self.error {
            write!(formatter, " ± {}", text(error))?;
        }
        if self.unit.is_empty() { Ok(()) } else { write!(formatter, " {}", self.unit) }
    }
}

/// `value` with so many significant digits.
pub(super) fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}
