//! From the gradient of a layer's result to those of its messages and of the result of the layer before.
//!
//! The gradient of a layer's result comes from its own readout, from what atoms kept of themselves in the next layer (`kept_gradient`) and
//! from what they sent in it (`sent_gradient`).

use cormorant_kernels::network::{Layout, Shape};
use cormorant_so3::{ProductTerms, rows};

use super::atoms::AtomKernel;
use super::code::{Code, Kernel, Parameter, literal};
use super::dialect::Dialect;
use super::message::load;

/// The kernel of `layer`. `turned` are the weights with each matrix transposed.
pub fn emit(dialect: Dialect, shape: &Shape, layout: &Layout, layer: usize) -> Kernel {
    let whole = ["counts", "species"].map(Parameter::whole);
    let mut parameters = whole.to_vec();
    parameters.extend(["weights", "turned", "stages", "readouts", "seeds"].map(Parameter::numbers));
    if layer + 1 < shape.layers {
        parameters.push(Parameter::numbers("sent_gradient"));
    }
    if shape.layers > 1 {
        parameters.push(Parameter::result("kept_gradient"));
    }
    parameters.push(Parameter::result("message_gradient"));
    let tile = (rows(shape.max_degree) * shape.channels).max(shape.readout_hidden);
    let kernel = AtomKernel { dialect, shape, layout, layer, tile };
    kernel.emit(&format!("atoms_backward_{layer}"), parameters, |code| {
        code.condition("inside", "wanted < counts[0]");
        code.condition("alive", &format!("wanted < counts[{}]", 1 + layer));
        received(&kernel, code);
        readout(&kernel, code);
        for s in (0..shape.products).rev() {
            product(&kernel, code, s);
        }
        mix(&kernel, code);
    })
}

/// Gradient of the layer's result from the next layer into g0, g1, ...
fn received(kernel: &AtomKernel<'_>, code: &mut Code) {
    let (shape, n) = (kernel.shape, kernel.shape.rows());
    let Some(next) = kernel.layout.layers.get(kernel.layer + 1) else {
        for r in 0..n {
            code.variable(&format!("g{r}"), "0.0f");
        }
        return;
    };
    for r in 0..n {
        code.variable(&format!("g{r}"), &format!("kept_gradient[own + {}u]", r * shape.channels));
    }
    load(code, n, shape.channels, "i", "sent_gradient", "own");
    kernel.share(code, n, |r| format!("i{r}"));
    kernel.mix(code, "turned", &next.sender, shape.element_features, "g");
}

fn readout(kernel: &AtomKernel<'_>, code: &mut Code) {
    let (shape, layout) = (kernel.shape, &kernel.layout.layers[kernel.layer]);
    let width = shape.multipole_rows();
    code.number("seed", "seeds[atom]");
    code.line(&format!("g0 = fma(seed, weights[{}u + c], g0);", layout.readout_linear));
    let slope = |code: &mut Code, which: usize| {
        code.number("x", &format!("readouts[(counts[0] * {which}u + atom) * {}u + u]", shape.readout_hidden));
        code.number("sigmoid", "1.0f / (1.0f + exp(-x))");
        code.number("slope", "sigmoid * (1.0f + x * (1.0f - sigmoid))");
    };
    hidden(kernel, code, layout.readout_input, |code| {
        slope(code, 0);
        code.number("by_hidden", &format!("seed * weights[{}u + u] * slope", layout.readout_output));
    });
    let seeds = format!("counts[0] + atom * {width}u");
    let mut first = shape.numbers;
    for &(l, offset) in &layout.readout_multipoles {
        for component in 0..2 * l + 1 {
            let g = l * l + component;
            let seed = format!("seeds[{seeds} + {}u]", first + component);
            code.line(&format!("g{g} = fma({seed}, weights[{offset}u + c], g{g});"));
        }
        first += 2 * l + 1;
    }
    let Some(numbers) = layout.readout_numbers else { return };
    let count = shape.numbers;
    code.each("number", "0u", &format!("{count}u"), "1u");
    code.line(&format!("g0 = fma(seeds[{seeds} + number], weights[{}u + c * {count}u + number], g0);", numbers.linear));
    code.close();
    hidden(kernel, code, numbers.input, |code| {
        slope(code, 1);
        code.variable("sum", "0.0f");
        code.each("number", "0u", &format!("{count}u"), "1u");
        let weight = format!("weights[{}u + u * {count}u + number]", numbers.output);
        code.line(&format!("sum = fma(seeds[{seeds} + number], {weight}, sum);"));
        code.close();
        code.number("by_hidden", "sum * slope");
    });
}

/// Adds Wᵀ times the gradient of a hidden layer, which `unit` makes as `by_hidden` of unit u, to g0.
fn hidden(kernel: &AtomKernel<'_>, code: &mut Code, input: usize, unit: impl Fn(&mut Code)) {
    let (c, h) = (kernel.shape.channels, kernel.shape.readout_hidden);
    code.barrier();
    code.each("u", "c", &format!("{h}u"), &format!("{c}u"));
    unit(code);
    code.line("tile[corner + u] = by_hidden;");
    code.close();
    code.barrier();
    code.each("u", "0u", &format!("{h}u"), "1u");
    code.line(&format!("g0 = fma(tile[corner + u], turned[{input}u + u * {c}u + c], g0);"));
    code.close();
}

/// g = g + the gradient through W (x ⊗ x), path by path.
fn product(kernel: &AtomKernel<'_>, code: &mut Code, s: usize) {
    let (shape, layer) = (kernel.shape, kernel.layer);
    let (c, n) = (shape.channels, shape.rows());
    let terms = ProductTerms::new(&shape.product_paths(layer, s), shape.product_max_out(layer, s));
    kernel.share(code, n, |r| format!("g{r}"));
    code.open("");
    code.whole("at", &format!("counts[0] * {}u + own", s * n * c));
    load(code, n, c, "x", "stages", "at");
    for (l, &offset) in kernel.layout.layers[layer].products[s].iter().enumerate() {
        let (base, paths) = (terms.bases[l], terms.paths[l]);
        let inner = paths * c;
        let copy = if shape.element_products { format!("kind * {}u + ", inner * c) } else { String::new() };
        for path in 0..paths {
            code.open("");
            for component in 0..2 * l + 1 {
                code.variable(&format!("s{component}"), "0.0f");
            }
            code.each("k", "0u", "channels", "1u");
            code.number("m", &format!("turned[{offset}u + {copy}k * {inner}u + {}u + c]", path * c));
            for component in 0..2 * l + 1 {
                let row = l * l + component;
                code.line(&format!("s{component} = fma(tile[corner + {}u + k], m, s{component});", row * c));
            }
            code.close();
            for component in 0..2 * l + 1 {
                let out = base + component * paths + path;
                for term in terms.terms.iter().filter(|term| term.out == out) {
                    let (a, b) = (term.first, term.second);
                    let twice = if a == b { 2.0 } else { 1.0 };
                    code.open("");
                    code.number("weighted", &format!("{} * s{component}", literal(twice * term.coefficient)));
                    code.line(&format!("g{a} = fma(weighted, x{b}, g{a});"));
                    if a != b {
                        code.line(&format!("g{b} = fma(weighted, x{a}, g{b});"));
                    }
                    code.close();
                }
            }
            code.close();
        }
    }
    code.close();
}

/// To the messages, and to what the atom kept of the layer before. What the layer did not compute passes nothing back.
fn mix(kernel: &AtomKernel<'_>, code: &mut Code) {
    let (shape, layout) = (kernel.shape, &kernel.layout.layers[kernel.layer]);
    kernel.share(code, shape.rows(), |r| format!("g{r}"));
    back(kernel, code, &layout.mix, true, "message_gradient");
    if kernel.layer > 0 {
        back(kernel, code, &layout.residual, shape.element_features, "kept_gradient");
    }
}

fn back(kernel: &AtomKernel<'_>, code: &mut Code, offsets: &[usize], by_element: bool, into: &str) {
    code.open("");
    for r in 0..kernel.shape.rows() {
        code.variable(&format!("b{r}"), "0.0f");
    }
    kernel.mix(code, "turned", offsets, by_element, "b");
    code.open("if (inside)");
    kernel.store(code, into, "own", |r| format!("select(0.0f, b{r}, alive)"));
    code.close();
    code.close();
}
