//! The frame of an edge, computed by one thread into the memory of its workgroup.
//!
//! The same as `cormorant_kernels`' frames, from the same tables: R = R_y(−β) R_z(−α) takes the edge to the z axis.

use cormorant_kernels::tables::polar_series;

use super::code::{Code, literal};

/// Place of the sending atom (bits of a whole number), or [`NOBODY`].
pub const SENDER: usize = 0;
/// In the place of the sender of an edge that is not shorter than the cutoff, which carries nothing.
pub const NOBODY: &str = "0xffffffffu";
/// Place of the row of the radial table that holds the lower knot (bits of a whole number).
pub const KNOT: usize = 1;
/// Weights of (value, slope) at the lower and (value, slope) at the upper knot (4).
pub const WEIGHTS: usize = 2;
/// cos mα for m = 1..=L, then sin mα.
pub const AZIMUTH: usize = 6;

/// Place of the blocks of R_y of degree `l`: the cosine block (l+1)², then the sine block l².
pub fn polar(degree: usize, l: usize) -> usize {
    AZIMUTH + 2 * degree + (1..l).map(|k| (k + 1) * (k + 1) + k * k).sum::<usize>()
}

/// Entries of a frame for a forward pass.
pub fn entries(degree: usize) -> usize {
    polar(degree, degree + 1)
}

/// What a backward pass needs beside them, counted from [`entries`].
pub mod more {
    /// 1 / distance.
    pub const INVERSE: usize = 0;
    /// Unit vector along the edge (3).
    pub const DIRECTION: usize = 1;
    /// Place between both knots, 0 to 1.
    pub const PLACE: usize = 4;
    /// First axis of the frame (3).
    pub const AXIS_X: usize = 5;
    /// Second axis of the frame (2); its third component is zero.
    pub const AXIS_Y: usize = 8;
    /// Entries in all.
    pub const COUNT: usize = 10;
}

/// Knots of the radial functions.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    /// Distance of two knots in Å.
    pub spacing: f64,
    /// Number of knots of one pair of elements.
    pub knots: usize,
    /// Whether every pair of elements has functions of its own.
    pub by_pair: bool,
}

/// Writes the frame of edge `base + t` to `frames[t * size..]`, with `backward` what a backward pass needs beside it.
///
/// Expects `receiver`, and the parameters `vectors`, `senders` and, where the grid is one for each pair, `species`.
pub fn write(code: &mut Code, degree: usize, grid: Grid, backward: bool) {
    let size = entries(degree) + if backward { more::COUNT } else { 0 };
    code.whole("at", &format!("t * {size}u"));
    for (k, axis) in ["x", "y", "z"].iter().enumerate() {
        code.number(axis, &format!("vectors[(base + t) * 3u + {k}u]"));
    }
    code.number("planar", "sqrt(x * x + y * y)");
    code.number("distance", "sqrt(x * x + y * y + z * z)");
    // At the pole any azimuth will do.
    code.condition("at_pole", "planar < 1e-15f");
    code.number("across", "1.0f / select(planar, 1.0f, at_pole)");
    code.number("g1", "select(x * across, 1.0f, at_pole)");
    code.number("h1", "select(y * across, 0.0f, at_pole)");
    code.number("p1", "z / distance");
    code.number("p2", "planar / distance");
    place_on_grid(code, grid);
    for m in 2..=degree {
        code.number(&format!("g{m}"), &format!("g{0} * g1 - h{0} * h1", m - 1));
        code.number(&format!("h{m}"), &format!("h{0} * g1 + g{0} * h1", m - 1));
        code.number(&format!("p{}", 2 * m - 1), &format!("p{0} * p1 - p{1} * p2", 2 * m - 3, 2 * m - 2));
        code.number(&format!("p{}", 2 * m), &format!("p{1} * p1 + p{0} * p2", 2 * m - 3, 2 * m - 2));
    }
    for m in 1..=degree {
        store(code, AZIMUTH + m - 1, &format!("g{m}"));
        store(code, AZIMUTH + degree + m - 1, &format!("h{m}"));
    }
    for (k, series) in polar_series(degree).iter().enumerate() {
        let terms: Vec<String> = series
            .iter()
            .map(|&(function, c)| if function == 0 { literal(c) } else { format!("{} * p{function}", literal(c)) })
            .collect();
        store(code, polar(degree, 1) + k, &terms.join(" + "));
    }
    if backward {
        let axes =
            ["1.0f / distance", "x / distance", "y / distance", "p1", "w", "p1 * g1", "p1 * h1", "-p2", "-h1", "g1"];
        for (k, value) in axes.iter().enumerate() {
            store(code, entries(degree) + k, value);
        }
    }
}

/// The row of the table below the distance, and the weights of the cubic Hermite interpolant.
fn place_on_grid(code: &mut Code, grid: Grid) {
    let last = (grid.knots - 1) as f32;
    let last = f64::from(last - last * 1e-6);
    code.number("place", &format!("min(distance * {}, {})", literal(1.0 / grid.spacing), literal(last)));
    code.whole("knot", "u32(place)");
    code.number("w", "place - f32(knot)");
    code.number("ww", "w * w");
    code.number("www", "ww * w");
    code.whole("sender", "senders[base + t]");
    let cutoff = literal(grid.spacing * (grid.knots - 1) as f64);
    let sender = code.as_bits(&format!("select({NOBODY}, sender, distance < {cutoff})"));
    store(code, SENDER, &sender);
    let row = if grid.by_pair {
        code.whole("one", "species[receiver]");
        code.whole("other", "species[sender]");
        code.whole("low", "min(one, other)");
        code.whole("high", "max(one, other)");
        format!("(high * (high + 1u) / 2u + low) * {}u + knot", grid.knots)
    } else {
        "knot".into()
    };
    let row = code.as_bits(&row);
    store(code, KNOT, &row);
    let spacing = literal(grid.spacing);
    let weights = [
        "1.0f - 3.0f * ww + 2.0f * www".to_string(),
        format!("{spacing} * (w - 2.0f * ww + www)"),
        "3.0f * ww - 2.0f * www".to_string(),
        format!("{spacing} * (www - ww)"),
    ];
    for (k, weight) in weights.iter().enumerate() {
        store(code, WEIGHTS + k, weight);
    }
}

fn store(code: &mut Code, entry: usize, value: &str) {
    code.line(&format!("frames[at + {entry}u] = {value};"));
}
