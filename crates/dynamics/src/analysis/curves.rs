//! Curves over a common axis.

use std::fmt::Write;

use super::number::rounded;

/// One curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What distinguishes it from the others, e.g. `O-H`; empty for a single one.
    pub label: String,
    /// Its values, one for each point of the axis; not-a-number where there is none.
    pub values: Vec<f64>,
    /// Standard errors, if there is enough to tell.
    pub errors: Option<Vec<f64>>,
}

/// Curves over a common axis, with everything that a table or a picture needs to say about them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// What tells its file from others of the same analysis, e.g. `coordination`; empty for the main one.
    pub name: String,
    /// What is shown, e.g. `radial distribution function`.
    pub title: String,
    /// Letter of the axis, e.g. `r`.
    pub axis: String,
    /// Unit of the axis, empty for plain numbers.
    pub axis_unit: &'static str,
    /// Points of the axis.
    pub points: Vec<f64>,
    /// Letter of the curves, e.g. `g`.
    pub symbol: String,
    /// Unit of the curves, empty for plain numbers.
    pub unit: &'static str,
    /// The curves, each with a value for each point.
    pub curves: Vec<Curve>,
}

impl Curves {
    /// The table as CSV: a head that names symbols and units, a line for each point, errors beside their values.
    ///
    /// Numbers have nine digits; what is not known is left empty.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = with_unit(&self.axis, self.axis_unit);
        for curve in &self.curves {
            let symbol =
                if curve.label.is_empty() { self.symbol.clone() } else { format!("{}({})", self.symbol, curve.label) };
            text += ",";
            text += &with_unit(&symbol, self.unit);
            if curve.errors.is_some() {
                text += ",";
                text += &with_unit(&format!("error of {symbol}"), self.unit);
            }
        }
        text += "\n";
        for (row, point) in self.points.iter().enumerate() {
            text += &number(*point);
            for curve in &self.curves {
                for column in [Some(&curve.values), curve.errors.as_ref()].into_iter().flatten() {
                    let value = column.get(row).copied().unwrap_or(f64::NAN);
                    // Writing to a text cannot fail.
                    let _ = write!(text, ",{}", number(value));
                }
            }
            text += "\n";
        }
        text
    }
}

/// `symbol/unit`; units that are quotients are in brackets.
fn with_unit(symbol: &str, unit: &str) -> String {
    match unit {
        "" => symbol.to_string(),
        _ if unit.contains('/') => format!("{symbol}/({unit})"),
        _ => format!("{symbol}/{unit}"),
    }
}

/// Nine digits; nothing for what is not a number.
pub(super) fn number(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let value = rounded(value, 9);
    if value == 0.0 || (1.0e-5..1.0e9).contains(&value.abs()) { format!("{value}") } else { format!("{value:e}") }
}
