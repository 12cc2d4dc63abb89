//! Messages of the later layers: the Clebsch-Gordan product of a neighbor with its edge, in the frame of the edge.
//!
//! The formula is in `cormorant_kernels`' `message`; here stands the same, one thread for each channel.

use cormorant_kernels::tables::{message_function, message_functions, turns};
use cormorant_so3::{row, rows};

use super::code::{Code, Kernel, Parameter, literal, sum_of_products};
use super::dialect::Dialect;
use super::edges::EdgeKernel;
use super::frame::Grid;
use super::rotate::{add_from_frame, into_frame};

/// A kernel over edges that reads `read` beside what both directions do, writes `written`, and gives each atom a sum in the first of these.
fn kernel(
    dialect: Dialect,
    name: &'static str,
    (degree, channels, grid): (usize, usize, Grid),
    read: &[&'static str],
    written: &[&'static str],
) -> EdgeKernel<'static> {
    let whole = ["counts", "offsets", "senders"].map(Parameter::whole);
    let numbers = ["vectors", "features", "table"].iter().chain(read).map(|name| Parameter::numbers(name));
    let results = written.iter().map(|name| Parameter::result(name));
    EdgeKernel {
        dialect,
        name,
        parameters: whole.into_iter().chain(numbers).chain(results).collect(),
        degree,
        channels,
        grid,
        sums: rows(degree),
        into: written[0],
        backward: written.contains(&"edge_gradient"),
    }
}

/// Messages of all atoms: `out` from what atoms sent, `features`.
pub fn forward(dialect: Dialect, degree: usize, channels: usize, grid: Grid) -> Kernel {
    let n = rows(degree);
    let kernel = kernel(dialect, "message_forward", (degree, channels, grid), &[], &["out"]);
    kernel.emit(|code| {
        code.whole("source", &format!("sender * {}u + c", n * channels));
        code.whole("node", &format!("knot * {}u + c", 2 * message_functions(degree) * channels));
        load(code, n, channels, "x", "features", "source");
        into_frame(code, degree, "x", "p");
        for m in 0..=degree {
            for l in m..=degree {
                for l1 in m..=degree {
                    let function = message_function(degree, m, l, l1);
                    let terms: Vec<_> =
                        (0..4).map(|part| (format!("w{part}"), node(degree, channels, part, function))).collect();
                    code.number(&format!("k{function}"), &sum_of_products(&terms));
                }
                for sign in signs(m) {
                    let m = sign * m as isize;
                    let term = |l1: usize| {
                        let function = message_function(degree, m.unsigned_abs(), l, l1);
                        (format!("k{function}"), format!("p{}", row(l1, m)))
                    };
                    let terms: Vec<_> = (m.unsigned_abs()..=degree).map(term).collect();
                    code.number(&format!("q{}", row(l, m)), &sum_of_products(&terms));
                }
            }
        }
        add_from_frame(code, degree, "q", "a");
    })
}

/// From the gradient of the messages, `gradient`, to those of edge vectors and of what atoms sent, `feature_gradient`.
///
/// The latter is gathered from the messages that an atom sent: each edge has its reverse in the list.
pub fn backward(dialect: Dialect, degree: usize, channels: usize, grid: Grid) -> Kernel {
    let n = rows(degree);
    let written = ["feature_gradient", "edge_gradient"];
    let kernel = kernel(dialect, "message_backward", (degree, channels, grid), &["gradient"], &written);
    kernel.emit(|code| {
        code.whole("source", &format!("sender * {}u + c", n * channels));
        code.whole("own", &format!("receiver * {}u + c", n * channels));
        code.whole("node", &format!("knot * {}u + c", 2 * message_functions(degree) * channels));
        load(code, n, channels, "x", "features", "source");
        load(code, n, channels, "y", "gradient", "own");
        load(code, n, channels, "z", "gradient", "source");
        into_frame(code, degree, "x", "p");
        into_frame(code, degree, "y", "g");
        into_frame(code, degree, "z", "s");
        for r in 0..n {
            for name in ["q", "h", "b"] {
                code.variable(&format!("{name}{r}"), "0.0f");
            }
        }
        code.variable("along", "0.0f");
        for m in 0..=degree {
            for l in m..=degree {
                for l1 in m..=degree {
                    products(code, degree, channels, (m, l, l1));
                }
            }
        }
        turn(code, degree);
        add_from_frame(code, degree, "b", "a");
    })
}

/// Rows of an atom into `{to}0`, `{to}1`, ...
pub fn load(code: &mut Code, rows: usize, channels: usize, to: &str, buffer: &str, start: &str) {
    for r in 0..rows {
        code.number(&format!("{to}{r}"), &format!("{buffer}[{start} + {}u]", r * channels));
    }
}

/// A number of the table: value and slope of the lower knot, then of the upper.
fn node(degree: usize, channels: usize, part: usize, function: usize) -> String {
    format!("table[node + {}u]", (part * message_functions(degree) + function) * channels)
}

fn signs(m: usize) -> impl Iterator<Item = isize> {
    [1, -1].into_iter().take(if m == 0 { 1 } else { 2 })
}

/// Both products with K^{(m)}_{l l1}, its part of the message that came back, and that of the derivative along the edge.
fn products(code: &mut Code, degree: usize, channels: usize, (m, l, l1): (usize, usize, usize)) {
    let f = message_function(degree, m, l, l1);
    for part in 0..4 {
        code.number(&format!("t{f}_{part}"), &node(degree, channels, part, f));
    }
    let terms: Vec<_> = (0..4).map(|part| (format!("w{part}"), format!("t{f}_{part}"))).collect();
    code.number(&format!("k{f}"), &sum_of_products(&terms));
    code.number(&format!("k{f}s"), &format!("fma(bump, t{f}_2 - t{f}_0, fma(slope1, t{f}_1, slope3 * t{f}_3))"));
    // K of the reversed edge.
    let signed = if (l + l1).is_multiple_of(2) { format!("k{f}") } else { format!("(-k{f})") };
    let mut products = Vec::new();
    for sign in signs(m) {
        let (out, left) = (row(l, sign * m as isize), row(l1, sign * m as isize));
        products.push((format!("g{out}"), format!("p{left}")));
        code.line(&format!("q{out} = fma(k{f}, p{left}, q{out});"));
        code.line(&format!("h{left} = fma(k{f}, g{out}, h{left});"));
        code.line(&format!("b{left} = fma({signed}, s{out}, b{left});"));
    }
    code.line(&format!("along = fma(k{f}s, {}, along);", sum_of_products(&products)));
}

/// Derivatives when the edge turns towards the first or second axis of its frame.
fn turn(code: &mut Code, degree: usize) {
    for (name, turns) in ["about_x", "about_y"].iter().zip(turns(degree)) {
        code.variable(name, "0.0f");
        for (a, b, coefficient) in turns {
            code.line(&format!(
                "{name} = fma({}, fma(g{b}, q{a}, h{a} * p{b}) - fma(g{a}, q{b}, h{b} * p{a}), {name});",
                literal(coefficient)
            ));
        }
    }
}
