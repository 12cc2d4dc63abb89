//! Messages of the first layer, where neighbors carry only scalars; the formula is in `cormorant_kernels`' `first_message`.

use cormorant_kernels::tables::at_pole;
use cormorant_so3::{row, rows};

use super::code::{Code, Kernel, Parameter, literal, sum_of_products};
use super::dialect::Dialect;
use super::edges::EdgeKernel;
use super::frame::{AZIMUTH, Grid, polar};
use super::message::load;
use super::rotate::into_frame;

fn parameters(written: &[&'static str], read: &[&'static str]) -> Vec<Parameter> {
    let whole = ["counts", "offsets", "senders", "species"].map(Parameter::whole);
    let numbers = ["vectors", "weights", "table"].iter().chain(read).map(|name| Parameter::numbers(name));
    whole.into_iter().chain(numbers).chain(written.iter().map(|name| Parameter::result(name))).collect()
}

/// Messages of all atoms; the embedding stands from `embedding` on among the `weights`.
pub fn forward(dialect: Dialect, degree: usize, channels: usize, grid: Grid, embedding: usize) -> Kernel {
    let kernel = EdgeKernel {
        dialect,
        name: "first_forward",
        parameters: parameters(&["out"], &[]),
        degree,
        channels,
        grid,
        sums: rows(degree),
        into: "out",
        backward: false,
    };
    kernel.emit(|code| {
        start(code, degree, channels, embedding);
        for l in 0..=degree {
            let terms: Vec<_> = (0..4).map(|part| (format!("w{part}"), node(degree, channels, part, l))).collect();
            code.number(&format!("v{l}"), &format!("({}) * carried", sum_of_products(&terms)));
            // Y_l0 = √(2l+1) D_00, Y_l±m = √(2l+1) D_0m (cos mα, sin mα).
            let scale = literal(((2 * l + 1) as f64).sqrt());
            let add = |code: &mut Code, m: isize, value: &str| {
                let a = row(l, m);
                code.line(&format!("a{a} = fma(v{l}, {value}, a{a});"));
            };
            if l == 0 {
                add(code, 0, "1.0f");
                continue;
            }
            let block = polar(degree, l);
            add(code, 0, &format!("{scale} * d{block}"));
            for m in 1..=l {
                code.number(&format!("y{l}_{m}"), &format!("{scale} * d{}", block + m));
                add(code, m as isize, &format!("y{l}_{m} * d{}", AZIMUTH + m - 1));
                add(code, -(m as isize), &format!("y{l}_{m} * d{}", AZIMUTH + degree + m - 1));
            }
        }
    })
}

/// From the gradient of the messages, `gradient`, to that of edge vectors.
pub fn backward(dialect: Dialect, degree: usize, channels: usize, grid: Grid, embedding: usize) -> Kernel {
    let kernel = EdgeKernel {
        dialect,
        name: "first_backward",
        parameters: parameters(&["edge_gradient"], &["gradient"]),
        degree,
        channels,
        grid,
        sums: 0,
        into: "",
        backward: true,
    };
    kernel.emit(|code| {
        let n = rows(degree);
        start(code, degree, channels, embedding);
        code.whole("own", &format!("receiver * {}u + c", n * channels));
        load(code, n, channels, "y", "gradient", "own");
        into_frame(code, degree, "y", "g");
        for name in ["along", "about_x", "about_y"] {
            code.variable(name, "0.0f");
        }
        for l in 0..=degree {
            let node = |part: usize| node(degree, channels, part, l);
            let terms: Vec<_> = (0..4).map(|part| (format!("w{part}"), node(part))).collect();
            code.number(&format!("v{l}"), &sum_of_products(&terms));
            let slope = format!("fma(bump, {} - {}, fma(slope1, {}, slope3 * {}))", node(2), node(0), node(1), node(3));
            code.number(&format!("v{l}s"), &slope);
            code.number(&format!("f{l}"), &format!("{} * carried", literal(((2 * l + 1) as f64).sqrt())));
            code.line(&format!("along = fma(v{l}s, f{l} * g{}, along);", row(l, 0)));
            if l > 0 {
                let (x, y) = at_pole(degree)[l];
                code.line(&format!("about_x = fma(f{l} * v{l}, {} * g{}, about_x);", literal(x), row(l, 1)));
                code.line(&format!("about_y = fma(f{l} * v{l}, {} * g{}, about_y);", literal(y), row(l, -1)));
            }
        }
    })
}

/// What the sender carries, and where its radial functions stand.
fn start(code: &mut Code, degree: usize, channels: usize, embedding: usize) {
    code.number("carried", &format!("weights[{embedding}u + species[sender] * {channels}u + c]"));
    code.whole("node", &format!("knot * {}u + c", 2 * (degree + 1) * channels));
}

fn node(degree: usize, channels: usize, part: usize, l: usize) -> String {
    format!("table[node + {}u]", (part * (degree + 1) + l) * channels)
}
