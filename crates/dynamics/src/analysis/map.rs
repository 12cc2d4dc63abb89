//! A quantity over two axes.

use super::curves::number;

/// A table of values over two axes with bins of equal width, such as a density over two dihedral angles.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// What tells its file from others of the same analysis; empty for the main one.
    pub name: String,
    /// What is shown.
    pub title: String,
    /// What the axes are, e.g. `C1-C2-O3-H9`.
    pub axes: [String; 2],
    /// Unit of both axes.
    pub axis_unit: &'static str,
    /// Middles of the bins of each axis.
    pub points: [Vec<f64>; 2],
    /// Letter of the values.
    pub symbol: String,
    /// Unit of the values.
    pub unit: &'static str,
    /// Values, `[first axis][second axis]`.
    pub values: Vec<Vec<f64>>,
}

impl Map {
    /// The table as CSV: a head that names axes and units, then a line for each pair of bins.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let [first, second] = &self.axes;
        let unit = self.axis_unit;
        let mut text = format!("{first}/{unit},{second}/{unit},{}/({})\n", self.symbol, self.unit);
        for (x, row) in self.points[0].iter().zip(&self.values) {
            for (y, value) in self.points[1].iter().zip(row) {
                text += &format!("{},{},{}\n", number(*x), number(*y), number(*value));
            }
        }
        text
    }
}
