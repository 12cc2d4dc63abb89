//! A self-contained HTML page: charts, tables, animations, and everything that it needs to show them without a network.

mod model;
mod write;

pub use model::{Fact, Page, PageTable, Section};
pub use write::{REPORT, write_page};
