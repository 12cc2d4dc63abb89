//! From the messages of a layer to its result: mixing, products, readout, and what atoms send in the next layer.

use cormorant_kernels::network::{Layout, Shape};
use cormorant_so3::{ProductTerms, rows};

use super::atoms::AtomKernel;
use super::code::{Code, Kernel, Parameter, literal, sum_of_products};
use super::dialect::Dialect;
use super::message::load;

/// The kernel of `layer`. It writes every stage, for the way back.
pub fn emit(dialect: Dialect, shape: &Shape, layout: &Layout, layer: usize) -> Kernel {
    let whole = ["counts", "species"].map(Parameter::whole);
    let mut parameters = whole.to_vec();
    parameters.extend(["weights", "messages"].map(Parameter::numbers));
    if layer > 0 {
        // Stages of the layer before.
        parameters.push(Parameter::numbers("features"));
    }
    // Stages of the layer, one behind the other.
    parameters.extend(["stages", "readouts", "energies"].map(Parameter::result));
    if shape.multipole_rows() > 0 {
        parameters.push(Parameter::result("multipoles"));
    }
    if layer + 1 < shape.layers {
        parameters.push(Parameter::result("sent"));
    }
    let kernel = AtomKernel { dialect, shape, layout, layer, tile: tile(shape, layer) };
    kernel.emit(&format!("atoms_forward_{layer}"), parameters, |code| {
        mix(&kernel, code);
        for s in 0..shape.products {
            product(&kernel, code, s);
        }
        kernel.share(code, shape.rows(), |r| format!("y{r}"));
        send(&kernel, code);
        readout(&kernel, code);
    })
}

/// Numbers of an atom in the tile.
fn tile(shape: &Shape, layer: usize) -> usize {
    let c = shape.channels;
    let products = (0..shape.products).flat_map(|s| {
        let terms = ProductTerms::new(&shape.product_paths(layer, s), shape.product_max_out(layer, s));
        terms.paths.iter().enumerate().map(|(l, paths)| (2 * l + 1) * paths * c).collect::<Vec<_>>()
    });
    // Behind the rows: the hidden layer, and what it adds to the energy from each channel.
    let readout = rows(shape.max_degree) * c + shape.readout_hidden + c;
    products.max().unwrap_or(0).max(readout)
}

/// Messages and what the atom keeps of itself, or its bias, into y0, y1, ...
fn mix(kernel: &AtomKernel<'_>, code: &mut Code) {
    let (shape, layout) = (kernel.shape, &kernel.layout.layers[kernel.layer]);
    let (n, c) = (shape.rows(), shape.channels);
    // Atoms that the layer does not compute still lend their threads.
    code.condition("alive", &format!("wanted < counts[{}]", 1 + kernel.layer));
    load(code, n, c, "i", "messages", "own");
    for r in 0..n {
        code.variable(&format!("y{r}"), "0.0f");
    }
    kernel.share(code, n, |r| format!("i{r}"));
    kernel.mix(code, "weights", &layout.mix, true, "y");
    if kernel.layer == 0 {
        code.line(&format!("y0 = y0 + weights[{}u + kind * {c}u + c];", layout.bias));
    } else {
        code.whole("before", &format!("counts[0] * {}u + own", shape.products * n * c));
        load(code, n, c, "j", "features", "before");
        kernel.share(code, n, |r| format!("j{r}"));
        kernel.mix(code, "weights", &layout.residual, shape.element_features, "y");
    }
    stage(kernel, code, 0);
}

fn stage(kernel: &AtomKernel<'_>, code: &mut Code, s: usize) {
    code.open("if (alive)");
    code.whole("at", &format!("counts[0] * {}u + own", s * kernel.shape.rows() * kernel.shape.channels));
    kernel.store(code, "stages", "at", |r| format!("y{r}"));
    code.close();
}

/// y = y + W (y ⊗ y), degree by degree.
fn product(kernel: &AtomKernel<'_>, code: &mut Code, s: usize) {
    let (shape, layer) = (kernel.shape, kernel.layer);
    let c = shape.channels;
    let terms = ProductTerms::new(&shape.product_paths(layer, s), shape.product_max_out(layer, s));
    code.open("");
    for r in 0..shape.rows() {
        code.number(&format!("x{r}"), &format!("y{r}"));
    }
    for (l, &offset) in kernel.layout.layers[layer].products[s].iter().enumerate() {
        let (base, paths) = (terms.bases[l], terms.paths[l]);
        code.open("");
        code.barrier();
        for row in base..base + (2 * l + 1) * paths {
            let of_row = terms.terms.iter().filter(|term| term.out == row);
            let products: Vec<_> = of_row
                .map(|term| (literal(term.coefficient), format!("(x{} * x{})", term.first, term.second)))
                .collect();
            code.number(&format!("s{row}"), &sum_of_products(&products));
            code.line(&format!("tile[corner + {}u + c] = s{row};", (row - base) * c));
        }
        code.barrier();
        let inner = paths * c;
        let copy = if shape.element_products { format!("kind * {}u + ", inner * c) } else { String::new() };
        code.each("k", "0u", &format!("{paths}u * channels"), "1u");
        code.number("m", &format!("weights[{offset}u + {copy}k * {c}u + c]"));
        for component in 0..2 * l + 1 {
            let y = l * l + component;
            code.line(&format!("y{y} = fma(tile[corner + {}u + k], m, y{y});", component * inner));
        }
        code.close();
        code.close();
    }
    code.close();
    stage(kernel, code, s + 1);
}

/// What the atom sends in the next layer.
fn send(kernel: &AtomKernel<'_>, code: &mut Code) {
    let Some(next) = kernel.layout.layers.get(kernel.layer + 1) else { return };
    for r in 0..kernel.shape.rows() {
        code.variable(&format!("z{r}"), "0.0f");
    }
    kernel.mix(code, "weights", &next.sender, kernel.shape.element_features, "z");
    code.open("if (alive)");
    kernel.store(code, "sent", "own", |r| format!("z{r}"));
    code.close();
}

/// The layer's part of energy, further numbers and multipoles; keeps hidden layers in `readouts`.
fn readout(kernel: &AtomKernel<'_>, code: &mut Code) {
    let (shape, layout) = (kernel.shape, &kernel.layout.layers[kernel.layer]);
    let (c, n, width) = (shape.channels, shape.rows(), shape.multipole_rows());
    let behind = n * c + shape.readout_hidden;
    hidden(kernel, code, 0, layout.readout_input, layout.readout_bias);
    code.variable("part", &format!("weights[{}u + c] * y0", layout.readout_linear));
    code.each("u", "c", &format!("{}u", shape.readout_hidden), &format!("{c}u"));
    code.number("x", &format!("tile[corner + {}u + u]", n * c));
    code.line(&format!("part = fma(weights[{}u + u], x / (1.0f + exp(-x)), part);", layout.readout_output));
    code.close();
    code.line(&format!("tile[corner + {behind}u + c] = part;"));
    code.barrier();
    code.open("if (c == 0u && alive)");
    code.variable("energy", "0.0f");
    code.each("k", "0u", "channels", "1u");
    code.line(&format!("energy = energy + tile[corner + {behind}u + k];"));
    code.close();
    code.line("energies[atom] = energies[atom] + energy;");
    code.close();
    let mut first = shape.numbers;
    for &(l, offset) in &layout.readout_multipoles {
        code.open(&format!("if (c < {}u && alive)", 2 * l + 1));
        code.variable("sum", "0.0f");
        code.each("k", "0u", "channels", "1u");
        code.line(&format!("sum = fma(tile[corner + ({}u + c) * {c}u + k], weights[{offset}u + k], sum);", l * l));
        code.close();
        let place = format!("multipoles[atom * {width}u + {first}u + c]");
        code.line(&format!("{place} = {place} + sum;"));
        code.close();
        first += 2 * l + 1;
    }
    let Some(numbers) = layout.readout_numbers else { return };
    code.barrier();
    hidden(kernel, code, 1, numbers.input, numbers.bias);
    let count = shape.numbers;
    code.open("if (alive)");
    code.each("number", "c", &format!("{count}u"), &format!("{c}u"));
    code.variable("sum", "0.0f");
    code.each("u", "0u", &format!("{}u", shape.readout_hidden), "1u");
    code.number("x", &format!("tile[corner + {}u + u]", n * c));
    code.line(&format!("sum = fma(weights[{}u + u * {count}u + number], x / (1.0f + exp(-x)), sum);", numbers.output));
    code.close();
    code.each("k", "0u", "channels", "1u");
    code.line(&format!("sum = fma(weights[{}u + k * {count}u + number], tile[corner + k], sum);", numbers.linear));
    code.close();
    code.line(&format!("multipoles[atom * {width}u + number] = multipoles[atom * {width}u + number] + sum;"));
    code.close();
    code.close();
}

/// x = W ψ⁰ + b behind the rows in the tile, and in `readouts`: of the energy first, of the further numbers second.
fn hidden(kernel: &AtomKernel<'_>, code: &mut Code, which: usize, input: usize, bias: usize) {
    let (c, h) = (kernel.shape.channels, kernel.shape.readout_hidden);
    code.each("u", "c", &format!("{h}u"), &format!("{c}u"));
    code.variable("x", &format!("weights[{bias}u + u]"));
    code.each("k", "0u", "channels", "1u");
    code.line(&format!("x = fma(tile[corner + k], weights[{input}u + k * {h}u + u], x);"));
    code.close();
    code.line(&format!("tile[corner + {}u + u] = x;", kernel.shape.rows() * c));
    code.open("if (alive)");
    code.line(&format!("readouts[(counts[0] * {which}u + atom) * {h}u + u] = x;"));
    code.close();
    code.close();
    code.barrier();
}
