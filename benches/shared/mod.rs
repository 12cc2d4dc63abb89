//! Systems and models of benches.

use cormorant::kernels::network::Layout;
use cormorant::model::{CormorantConfig, Header, Model, Scaling};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::{Cell, System};

/// `system` so many times along every vector of its cell, if it has one.
pub fn repeated(system: &System, times: usize) -> System {
    let Some(cell) = &system.cell else { return system.clone() };
    let (rows, mut elements, mut positions) = (cell.rows(), Vec::new(), Vec::new());
    for image in 0..times.pow(3) {
        let shift = [image % times, image / times % times, image / times / times];
        elements.extend(&system.elements);
        positions.extend(system.positions.iter().map(|position| {
            [0, 1, 2].map(|axis| position[axis] + (0..3).map(|k| shift[k] as f64 * rows[k][axis]).sum::<f64>())
        }));
    }
    let cell = Cell::new(rows.map(|row| row.map(|x| x * times as f64))).expect("a cell");
    System::new(elements, positions, Some(cell)).expect("a system")
}

/// A network for the elements of `system` with random weights, on which the time does not depend, `size` times their usual scale: small
/// enough that atoms stay together for the steps that are timed. Knots are `spacing` Å apart.
pub fn random_model(config: &CormorantConfig, system: &System, spacing: f64, size: f64) -> Model {
    let mut elements = system.elements.clone();
    elements.sort_unstable();
    elements.dedup();
    let scaling = Scaling { references: vec![0.0; elements.len()], elements, scale: 1.0 };
    let header = Header::new(config.clone(), &scaling, 10.0, spacing);
    let mut random = Noise::new(1).stream(Consumer::Test, 0, 0);
    let blocks = Layout::new(&header.shape()).blocks;
    let scales = blocks.iter().flat_map(|block| vec![block.scale; block.len()]);
    let weights = scales.map(|scale| size * scale * random.normal()).collect();
    Model { path: "random".into(), header, weights }
}
