//! A chart as SVG, drawn by plotters.

use plotters::prelude::*;

use super::canvas::{Failed, pixels};
use super::palette::{GRID, INK, PAPER, color, themed};
use super::{Axis, Chart, PlotStyle, Series, legend, short};
use cormorant_core::{Error, Result};

/// Width and height on the page.
const SIZE: [f64; 2] = [540.0, 300.0];
/// Side of a square chart.
const SQUARE: [f64; 2] = [460.0, 460.0];
/// Height of letters.
const FONT: f64 = 13.0;
/// Room for the legend, the numbers below and the numbers at the left.
const ROOM: [f64; 3] = [30.0, 44.0, 66.0];

/// A chart as SVG, with what a page needs to read values off it.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The drawing as it goes into a file: black on white.
    pub svg: String,
    /// Left, top, right and bottom of the field of the data, in the pixels of `svg`'s view box.
    pub field: [i32; 4],
    /// First and last value of both axes.
    pub ranges: [[f64; 2]; 2],
    /// Whether equal distances stand for equal ratios on each.
    pub logarithmic: [bool; 2],
}

impl Chart {
    /// The chart as SVG.
    ///
    /// # Errors
    /// When the drawing library refuses.
    pub fn draw(&self) -> Result<Drawing> {
        Drawing::new(self)
    }
}

impl Drawing {
    fn new(chart: &Chart) -> Result<Self> {
        // Less than this, and an axis of ratios would have a tick or none.
        const LEAST: f64 = 20.0;
        let mut chart = chart.clone();
        for (axis, at) in [(&mut chart.x, 0), (&mut chart.y, 1)] {
            let [low, high] = axis.span(chart.series.iter().flat_map(|series| &series.points).map(|point| point[at]));
            axis.logarithmic &= high > LEAST * low;
        }
        let chart = &chart;
        let points = || chart.series.iter().flat_map(|series| &series.points);
        let mut x = chart.x.span(points().map(|point| point[0]));
        let mut y = chart.y.span(points().map(|point| point[1]).chain(zero(&chart.series)));
        if chart.square {
            let both = [x[0].min(y[0]), x[1].max(y[1])];
            (x, y) = (both, both);
        } else if chart.y.range.is_none() && zero(&chart.series).is_some() {
            y[0] = 0.0;
        }
        let mut svg = String::new();
        let size = if chart.square { SQUARE } else { SIZE };
        let field = {
            let area = SVGBackend::with_string(&mut svg, (pixels(size[0]) as u32, pixels(size[1]) as u32));
            paint(&area.into_drawing_area(), chart, [x, y], size[0])
        };
        let field = field.map_err(|error| Error::Internal(format!("chart {}: {error}", chart.name)))?;
        let old = format!("<svg width=\"{}\" height=\"{}\"", pixels(size[0]), pixels(size[1]));
        let new = format!("<svg width=\"{}\" height=\"{}\" role=\"img\"", size[0], size[1]);
        let svg = svg.replacen(&old, &new, 1).replace(" stroke=\"none\" stroke-width=\"1\"/>", "/>");
        Ok(Self { svg, field, ranges: [x, y], logarithmic: [chart.x.logarithmic, chart.y.logarithmic] })
    }

    /// The drawing for a page, whose style sheet gives its colors.
    #[must_use]
    pub fn themed(&self) -> String {
        themed(&self.svg)
    }
}

/// Zero, if bars are on it.
fn zero(series: &[Series]) -> Option<f64> {
    series.iter().any(|series| series.look == PlotStyle::Bars).then_some(0.0)
}

fn paint(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    chart: &Chart,
    [x, y]: [[f64; 2]; 2],
    width: f64,
) -> Result<[i32; 4], Failed> {
    area.fill(&PAPER)?;
    let ends = [ROOM[2], width];
    legend::draw(area, &chart.series, ends, FONT)?;
    let mut builder = ChartBuilder::on(area);
    builder
        .margin_top(pixels(ROOM[0] + legend::further_rows(&chart.series, ends, FONT)))
        .margin_right(pixels(14.0))
        .margin_bottom(pixels(4.0))
        .x_label_area_size(pixels(ROOM[1]))
        .y_label_area_size(pixels(ROOM[2]));
    let (across, up) = (x[0]..x[1], y[0]..y[1]);
    match (chart.x.logarithmic, chart.y.logarithmic) {
        (false, false) => fill(builder.build_cartesian_2d(across, up)?, chart, [x, y]),
        (true, false) => fill(builder.build_cartesian_2d(across.log_scale(), up)?, chart, [x, y]),
        (false, true) => fill(builder.build_cartesian_2d(across, up.log_scale())?, chart, [x, y]),
        (true, true) => fill(builder.build_cartesian_2d(across.log_scale(), up.log_scale())?, chart, [x, y]),
    }
}

fn fill<X, Y>(
    mut context: ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
    chart: &Chart,
    [x, y]: [[f64; 2]; 2],
) -> Result<[i32; 4], Failed>
where
    X: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64> + 'static,
    Y: Ranged<ValueType = f64> + plotters::coord::ranged1d::ValueFormatter<f64> + 'static,
{
    let text = ("sans-serif", f64::from(pixels(FONT))).into_font().color(&INK);
    let (name_x, name_y) = (label(&chart.x, x), label(&chart.y, y));
    context
        .configure_mesh()
        .axis_style(INK.mix(0.55).stroke_width(pixels(1.0) as u32))
        .bold_line_style(GRID.stroke_width(pixels(1.0) as u32))
        .light_line_style(TRANSPARENT)
        .set_all_tick_mark_size(pixels(4.0))
        .label_style(text.clone())
        .axis_desc_style(text)
        .x_desc(&chart.x.label)
        .y_desc(&chart.y.label)
        .x_labels(if chart.x.names.is_empty() { 6 } else { 2 * chart.x.names.len() + 3 })
        .y_labels(6)
        .x_label_formatter(&name_x)
        .y_label_formatter(&name_y)
        .draw()?;
    if chart.square {
        let diagonal = [(x[0], x[0]), (x[1], x[1])];
        context.draw_series(LineSeries::new(diagonal, INK.mix(0.5).stroke_width(pixels(1.0) as u32)))?;
    }
    for series in &chart.series {
        let inside = |[a, b]: &[f64; 2]| {
            let positive = (!chart.x.logarithmic || *a > 0.0) && (!chart.y.logarithmic || *b > 0.0);
            (a.is_finite() && b.is_finite() && positive).then_some((*a, *b))
        };
        let points = series.points.iter().filter_map(inside).filter(|(a, _)| (x[0]..=x[1]).contains(a));
        let points: Vec<(f64, f64)> = points.collect();
        let within = |(a, b): &(f64, f64)| (*a, b.clamp(y[0], y[1]));
        let color = color(series.color);
        let stroke = |width: f64| pixels(width) as u32;
        match series.look {
            PlotStyle::Line => {
                for part in clipped(&points, y) {
                    context.draw_series(LineSeries::new(part, color.stroke_width(stroke(2.0))))?;
                }
            }
            PlotStyle::Faint => {
                for part in clipped(&points, y) {
                    context.draw_series(LineSeries::new(part, color.mix(0.4).stroke_width(stroke(1.0))))?;
                }
            }
            PlotStyle::Dashed => {
                for part in clipped(&points, y) {
                    let style = color.stroke_width(stroke(2.0));
                    context.draw_series(DashedLineSeries::new(part, pixels(6.0), pixels(4.0), style))?;
                }
            }
            PlotStyle::Points => {
                let (size, faint) = if points.len() > 400 { (1.6, 0.4) } else { (3.0, 0.8) };
                let mark = |point| Circle::new(point, pixels(size), color.mix(faint).filled());
                context.draw_series(points.iter().map(within).map(mark))?;
            }
            PlotStyle::Bars => {
                let step = series.points.windows(2).map(|pair| pair[1][0] - pair[0][0]).next().unwrap_or(1.0);
                let half = if chart.x.names.is_empty() { 0.46 } else { 0.35 } * step;
                let bar = |(a, b): (f64, f64)| {
                    let edges = [(a - half).max(x[0]), (a + half).min(x[1])];
                    Rectangle::new([(edges[0], y[0].max(0.0)), (edges[1], b)], color.mix(0.55).filled())
                };
                context.draw_series(points.iter().map(within).map(bar))?;
            }
        }
    }
    let (across, up) = context.plotting_area().get_pixel_range();
    Ok([across.start, up.start, across.end, up.end])
}

/// The parts of a line that are between the ends of `y`, each up to the edge where it leaves the picture.
fn clipped(points: &[(f64, f64)], y: [f64; 2]) -> Vec<Vec<(f64, f64)>> {
    let inside = |value: f64| (y[0]..=y[1]).contains(&value);
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for (index, &(a, b)) in points.iter().enumerate() {
        let before = index.checked_sub(1).map(|last| points[last]);
        // Where the line from the last point crosses an edge.
        let crossing = |edge: f64| before.map(|(c, d)| (c + (a - c) * (edge - d) / (b - d), edge));
        let nearest = |value: f64| value.clamp(y[0], y[1]);
        match (open, inside(b)) {
            (true, true) => parts.last_mut().into_iter().for_each(|part| part.push((a, b))),
            (true, false) => parts.last_mut().into_iter().for_each(|part| part.extend(crossing(nearest(b)))),
            (false, true) => {
                let entry = before.and_then(|(_, d)| crossing(nearest(d)));
                parts.push(entry.into_iter().chain([(a, b)]).collect());
            }
            // A line that crosses the whole picture between two points.
            (false, false) => {
                let ends = before.filter(|(_, d)| nearest(*d) != nearest(b));
                parts.extend(ends.and_then(|(_, d)| Some(vec![crossing(nearest(d))?, crossing(nearest(b))?])));
            }
        }
        open = inside(b);
    }
    parts
}

/// What is at a tick of `axis`.
fn label(axis: &Axis, range: [f64; 2]) -> impl Fn(&f64) -> String + use<> {
    let names = axis.names.clone();
    // A tick at zero is reached by adding up steps and may miss it by rounding.
    let dust = if axis.logarithmic { 0.0 } else { 1.0e-9 * (range[1] - range[0]) };
    move |value: &f64| {
        if names.is_empty() {
            return if value.abs() < dust { "0".into() } else { short(*value, 6) };
        }
        let whole = (value - value.round()).abs() < 1.0e-6;
        let name = usize::try_from(value.round() as i64).ok().filter(|_| whole).and_then(|index| names.get(index));
        name.cloned().unwrap_or_default()
    }
}

impl std::fmt::Display for Drawing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.svg)
    }
}
