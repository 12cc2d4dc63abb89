//! Writes the kernels of some sizes of the network as text:
//!   cargo run --release -p cormorant-gpu --example kernels -- FOLDER

use std::fs;
use std::path::PathBuf;

use cormorant_gpu::emit::{Dialect, NetworkKernels};
use cormorant_kernels::network::Shape;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "kernels".into()));
    fs::create_dir_all(&folder)?;
    for (max_degree, channels) in [(1, 16), (2, 16), (3, 16), (3, 32), (3, 64)] {
        let shape = Shape {
            species: 4,
            channels,
            max_degree,
            max_edge_degree: 2 * max_degree,
            layers: 2,
            products: 2,
            element_products: true,
            element_features: false,
            radial_functions: 8,
            radial_hidden: 32,
            readout_hidden: 32,
            multipole: 0,
            multipole_copies: 1,
            numbers: 2,
            moments: 1,
            cutoff: 5.0,
            mean_neighbors: 20.0,
        };
        for (dialect, extension) in [(Dialect::Wgsl, "wgsl"), (Dialect::Cuda, "cu")] {
            let kernels = NetworkKernels::emit(dialect, &shape, 0.02, 251);
            for (number, kernel) in kernels.all().enumerate() {
                let name = format!("{max_degree}-{channels}-{number:02}-{}.{extension}", kernel.name);
                fs::write(folder.join(name), &kernel.code)?;
            }
        }
    }
    Ok(())
}
