//! The row of names above a chart.

use plotters::coord::Shift;
use plotters::prelude::{Circle, DrawingArea, PathElement, Rectangle, SVGBackend, Text};
use plotters::style::{Color, IntoFont};

use super::canvas::{Failed, pixels};
use super::palette::{INK, color};
use super::{PlotStyle, Series};

/// Mean width of a letter over the height of the font.
const LETTER: f64 = 0.52;
/// Height of a row, in pixels of the page.
pub(super) const ROW: f64 = 18.0;

/// Row and left end of the name of each series that has one, between `left` and `right` (in pixels of the page).
fn places(series: &[Series], [left, right]: [f64; 2], font: f64) -> Vec<(&Series, f64, f64)> {
    let (mut row, mut x) = (0.0, left);
    let mut all = Vec::new();
    for one in series.iter().filter(|one| !one.name.is_empty()) {
        let width = 24.0 + LETTER * font * one.name.chars().count() as f64;
        if x > left && x + width > right {
            (row, x) = (row + 1.0, left);
        }
        all.push((one, row, x));
        x += width + 22.0;
    }
    all
}

/// Height of the rows beyond the first that the names need.
pub(super) fn further_rows(series: &[Series], ends: [f64; 2], font: f64) -> f64 {
    places(series, ends, font).last().map_or(0.0, |(_, row, _)| row * ROW)
}

/// Draw the names of `series` between `ends`, from left to right and row by row.
pub(super) fn draw(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    series: &[Series],
    ends: [f64; 2],
    font: f64,
) -> Result<(), Failed> {
    for (one, row, x) in places(series, ends, font) {
        let middle = pixels(14.0 + row * ROW);
        let color = color(one.color);
        let (from, to) = (pixels(x), pixels(x + 18.0));
        match one.look {
            PlotStyle::Points => {
                area.draw(&Circle::new((i32::midpoint(from, to), middle), pixels(4.0), color.filled()))?;
            }
            PlotStyle::Bars => {
                let corners = [(from, middle - pixels(5.0)), (to, middle + pixels(5.0))];
                area.draw(&Rectangle::new(corners, color.mix(0.55).filled()))?;
            }
            PlotStyle::Dashed => {
                for part in [0.0, 7.0, 14.0] {
                    let ends = [(pixels(x + part), middle), (pixels(x + part + 4.0), middle)];
                    area.draw(&PathElement::new(ends, color.stroke_width(pixels(2.0) as u32)))?;
                }
            }
            PlotStyle::Line | PlotStyle::Faint => {
                let faint = if one.look == PlotStyle::Faint { 0.45 } else { 1.0 };
                let style = color.mix(faint).stroke_width(pixels(2.5) as u32);
                area.draw(&PathElement::new([(from, middle), (to, middle)], style))?;
            }
        }
        let style = ("sans-serif", f64::from(pixels(font))).into_font().color(&INK);
        area.draw(&Text::new(one.name.clone(), (pixels(x + 24.0), middle - pixels(0.5 * font)), style))?;
    }
    Ok(())
}
