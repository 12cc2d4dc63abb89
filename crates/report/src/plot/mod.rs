//! Charts: numbers with axes and units in, SVG and CSV out.

mod axis;
mod canvas;
mod chart;
mod draw;
mod legend;
mod palette;
mod series;
mod thin;
mod ticks;

pub use axis::Axis;
pub use chart::Chart;
pub use draw::Drawing;
pub use palette::COLORS;
pub use series::{PlotStyle, Series};
pub use ticks::short;
