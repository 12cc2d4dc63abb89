//! A still picture without a display: balls and sticks as PNG.

use std::path::Path;

use super::canvas::{Canvas, Spot};
use super::orientation::orientation;
use super::{Scene, looks};
use cormorant_core::atomic;
use cormorant_core::{Error, Result};

/// Points along each side of a pixel.
const FINENESS: usize = 3;
/// Radius of a bond in Å.
const BOND: f64 = 0.13;
/// Radius of an edge of the cell over its length.
const EDGE: f64 = 0.003;
/// Where the light comes from (left, above, in front; y points down), a unit vector.
const LIGHT: [f32; 3] = [-0.45, -0.60, 0.66];
/// A step in depth larger than this, in Å, gets a dark line.
const STEP: f64 = 0.35;

/// A picture with a transparent ground.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Red, green, blue and opacity of every pixel, row by row.
    pub pixels: Vec<[u8; 4]>,
}

impl Picture {
    /// Draw `scene`, `width` × `height` pixels, parallel projection.
    #[must_use]
    pub fn new(scene: &Scene, width: usize, height: usize) -> Self {
        let mut canvas = Canvas::new(width * FINENESS, height * FINENESS);
        let scale = fill(&mut canvas, scene);
        let shaded: Vec<[f32; 4]> =
            (0..canvas.spots.len()).map(|at| shade(&canvas, at, (STEP * scale) as f32)).collect();
        let pixel = |at: usize| {
            let (column, row) = (at % width * FINENESS, at / width * FINENESS);
            let mut sum = [0.0_f32; 4];
            for part in 0..FINENESS * FINENESS {
                let [red, green, blue, solid] =
                    shaded[(row + part / FINENESS) * canvas.width + column + part % FINENESS];
                sum = [sum[0] + red * solid, sum[1] + green * solid, sum[2] + blue * solid, sum[3] + solid];
            }
            let solid = sum[3].max(1.0e-6);
            let opacity = 255.0 * sum[3] / (FINENESS * FINENESS) as f32;
            [sum[0] / solid, sum[1] / solid, sum[2] / solid, opacity].map(|x| x.clamp(0.0, 255.0).round() as u8)
        };
        Self { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    /// The picture as PNG.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn png(&self) -> Result<Vec<u8>> {
        let failed = |error: png::EncodingError| Error::Internal(format!("the picture cannot be encoded: {error}"));
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(self.pixels.as_flattened()).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }

    /// Write the picture to a PNG file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        atomic::write(path, &self.png()?)
    }
}

/// Cast all that `scene` holds; returns the points of the canvas for an Å.
fn fill(canvas: &mut Canvas, scene: &Scene) -> f64 {
    let turn = orientation(scene);
    let turned = |point: [f64; 3]| {
        let [x, y, z]: [f64; 3] = (turn * nalgebra::Vector3::from(point)).into();
        [x, -y, z]
    };
    let atoms: Vec<([f64; 3], f64)> =
        scene.positions.iter().zip(&scene.elements).map(|(&p, &e)| (turned(p), looks(e).radius)).collect();
    let edges: Vec<[[f64; 3]; 2]> = scene.edges().into_iter().map(|[a, b]| [turned(a), turned(b)]).collect();
    let mut corners = [[f64::INFINITY; 3], [f64::NEG_INFINITY; 3]];
    let ends = edges.iter().flatten().map(|&end| (end, 0.0));
    for (point, radius) in atoms.iter().copied().chain(ends) {
        for axis in 0..3 {
            corners[0][axis] = corners[0][axis].min(point[axis] - radius);
            corners[1][axis] = corners[1][axis].max(point[axis] + radius);
        }
    }
    let extent = [0, 1].map(|axis: usize| (corners[1][axis] - corners[0][axis]).max(1.0e-6));
    let scale = 0.94 * (canvas.width as f64 / extent[0]).min(canvas.height as f64 / extent[1]);
    let middle = [0, 1, 2].map(|axis: usize| 0.5 * (corners[0][axis] + corners[1][axis]));
    let half = [0.5 * canvas.width as f64, 0.5 * canvas.height as f64, 0.0];
    let place = |point: [f64; 3]| [0, 1, 2].map(|axis: usize| (point[axis] - middle[axis]) * scale + half[axis]);
    for ((point, radius), element) in atoms.iter().zip(&scene.elements) {
        canvas.ball(place(*point), radius * scale, looks(*element).color);
    }
    for &(a, b) in &scene.bonds {
        let colors = [a, b].map(|atom| looks(scene.elements[atom]).color);
        canvas.rod([place(atoms[a].0), place(atoms[b].0)], BOND * scale, colors);
    }
    let thickness = (EDGE * canvas.width as f64).max(1.5);
    for [from, to] in edges {
        canvas.rod([place(from), place(to)], thickness, [[128, 134, 142]; 2]);
    }
    scale
}

/// Color and opacity of one point: light from one side, a highlight, and a dark line where something stands before another.
fn shade(canvas: &Canvas, at: usize, step: f32) -> [f32; 4] {
    let Spot { depth, normal, color } = canvas.spots[at];
    if depth == f32::NEG_INFINITY {
        return [0.0; 4];
    }
    let facing: f32 = normal.iter().zip(LIGHT).map(|(a, b)| a * b).sum();
    // The mirrored light, seen from the front.
    let mirrored = (2.0 * facing * normal[2] - LIGHT[2]).max(0.0);
    let light = 0.42 + 0.62 * facing.max(0.0) + 0.10 * normal[2];
    let highlight = 110.0 * mirrored.powi(24);
    let (column, row) = (at % canvas.width, at / canvas.width);
    let reach = FINENESS;
    let neighbors = [
        (column >= reach).then(|| at - reach),
        (column + reach < canvas.width).then_some(at + reach),
        (row >= reach).then(|| at - reach * canvas.width),
        (row + reach < canvas.height).then_some(at + reach * canvas.width),
    ];
    let behind = neighbors.into_iter().flatten().any(|near| {
        let other = canvas.spots[near].depth;
        // Where this surface is the nearer one, by more than its own slope explains.
        other < depth - step
    });
    let line = if behind { 0.45 } else { 1.0 };
    let channel = |value: u8| (f32::from(value) * light + highlight).clamp(0.0, 255.0) * line;
    [channel(color[0]), channel(color[1]), channel(color[2]), 1.0]
}
