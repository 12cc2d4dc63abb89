//! Colors that people who do not see red and green can tell apart.

use plotters::style::RGBColor;

/// Colors of series on a light ground: the set of Okabe and Ito (2008, <https://jfly.uni-koeln.de/color/>), without its yellow,
/// which is too faint for lines. Series differ in marker or dashes as well, so that no meaning hangs on color alone.
pub const COLORS: [[u8; 3]; 7] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [60, 60, 60]];
/// Text and axes.
pub(super) const INK: RGBColor = RGBColor(31, 41, 51);
/// Lines behind the data.
pub(super) const GRID: RGBColor = RGBColor(222, 226, 231);
/// The ground of a chart in a file of its own.
pub(super) const PAPER: RGBColor = RGBColor(255, 255, 255);

/// Color of series `number`, beginning again after the last.
pub(super) fn color(number: usize) -> RGBColor {
    let [red, green, blue] = COLORS[number % COLORS.len()];
    RGBColor(red, green, blue)
}

/// `svg` with its colors replaced by the variables of a page, which differ between light and dark.
pub(super) fn themed(svg: &str) -> String {
    let hexadecimal = |RGBColor(red, green, blue): RGBColor| format!("\"#{red:02X}{green:02X}{blue:02X}\"");
    let mut text = svg.replace(&hexadecimal(INK), "\"var(--ink)\"").replace(&hexadecimal(GRID), "\"var(--grid)\"");
    text = text.replace(&hexadecimal(PAPER), "\"none\"");
    for number in 0..COLORS.len() {
        text = text.replace(&hexadecimal(color(number)), &format!("\"var(--series-{number})\""));
    }
    text
}
