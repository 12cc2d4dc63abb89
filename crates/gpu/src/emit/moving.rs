//! From positions to edge vectors, and from gradients of edges to forces: what lets a graph stay on the device while its atoms move.
//!
//! Positions come as whole numbers of a [`UNIT`] of length, modulo 2³². Differences of atoms that are near each other are exact then,
//! however far from the origin both are.

use super::code::{Code, Kernel, Parameter, literal};
use super::dialect::Dialect;

/// Unit of positions in Å, 2⁻²⁶: edges may be 32 Å long.
pub const UNIT: f64 = 1.0 / 67_108_864.0;

/// Threads of a workgroup.
pub const THREADS: usize = 64;

fn begin(dialect: Dialect, name: &str, parameters: Vec<Parameter>) -> Code {
    let mut code = Code::begin(dialect, name, parameters, THREADS, &[]);
    code.whole("own", &format!("group * {THREADS}u + t"));
    code
}

/// r_j − r_i + S·H of every edge: `vectors` from `positions` and `shifts` (by their number, `shift_of`), both in units of
/// [`UNIT`]. The number
/// of edges stands in `sizes[0]`.
pub fn vectors(dialect: Dialect) -> Kernel {
    let whole = ["sizes", "receivers", "senders", "shift_of", "shifts", "positions"].map(Parameter::whole);
    let mut parameters = whole.to_vec();
    parameters.push(Parameter::result("vectors"));
    let mut code = begin(dialect, "edge_vectors", parameters);
    code.open("if (own < sizes[0])");
    for (name, value) in [("receiver", "receivers[own]"), ("sender", "senders[own]"), ("shift", "shift_of[own]")] {
        code.whole(name, value);
    }
    for axis in 0..3 {
        let difference = format!(
            "positions[sender * 3u + {axis}u] - positions[receiver * 3u + {axis}u] + shifts[shift * 3u + {axis}u]"
        );
        let signed = code.signed(&difference);
        code.line(&format!("vectors[own * 3u + {axis}u] = {} * {signed};", literal(UNIT)));
    }
    code.close();
    code.end()
}

/// F_i = Σ_(e received by i) g_e − Σ_(e sent by i) g_e into `forces`, and into `closest` the least square of a distance over the square of
/// the shortest one of the pair, `limits[kind of i][kind of j]` (none where that is 0). `reversed` is the number of each edge's reverse.
pub fn forces(dialect: Dialect, species: usize) -> Kernel {
    let whole = ["sizes", "offsets", "senders", "reversed", "species"].map(Parameter::whole);
    let mut parameters = whole.to_vec();
    parameters.extend(["vectors", "edge_gradient", "limits"].map(Parameter::numbers));
    parameters.extend(["forces", "closest"].map(Parameter::result));
    let mut code = begin(dialect, "atom_forces", parameters);
    code.open("if (own < sizes[1])");
    for axis in 0..3 {
        code.variable(&format!("f{axis}"), "0.0f");
    }
    code.variable("least", "1e30f");
    code.whole("row", &format!("species[own] * {species}u"));
    code.whole("end", "offsets[own + 1u]");
    code.each("edge", "offsets[own]", "end", "1u");
    code.whole("back", "reversed[edge]");
    code.variable("square", "0.0f");
    for axis in 0..3 {
        let at = |edge: &str| format!("edge_gradient[{edge} * 3u + {axis}u]");
        code.line(&format!("f{axis} = f{axis} + ({} - {});", at("edge"), at("back")));
        code.number(&format!("v{axis}"), &format!("vectors[edge * 3u + {axis}u]"));
        code.line(&format!("square = fma(v{axis}, v{axis}, square);"));
    }
    code.number("limit", "limits[row + species[senders[edge]]]");
    code.condition("limited", "limit > 0.0f");
    code.line("least = min(least, select(1e30f, square / select(1.0f, limit, limited), limited));");
    code.close();
    for axis in 0..3 {
        code.line(&format!("forces[own * 3u + {axis}u] = f{axis};"));
    }
    code.line("closest[own] = least;");
    code.close();
    code.end()
}

/// −Σ_(e received by i) r_e ⊗ g_e of every atom i into `virials`, `[atoms][3][3]`.
pub fn virials(dialect: Dialect) -> Kernel {
    let mut parameters = ["sizes", "offsets"].map(Parameter::whole).to_vec();
    parameters.extend(["vectors", "edge_gradient"].map(Parameter::numbers));
    parameters.push(Parameter::result("virials"));
    let mut code = begin(dialect, "atom_virials", parameters);
    code.open("if (own < sizes[1])");
    for k in 0..9 {
        code.variable(&format!("w{k}"), "0.0f");
    }
    code.whole("end", "offsets[own + 1u]");
    code.each("edge", "offsets[own]", "end", "1u");
    for axis in 0..3 {
        code.number(&format!("v{axis}"), &format!("vectors[edge * 3u + {axis}u]"));
        code.number(&format!("g{axis}"), &format!("edge_gradient[edge * 3u + {axis}u]"));
    }
    for k in 0..9 {
        code.line(&format!("w{k} = fma(-v{}, g{}, w{k});", k / 3, k % 3));
    }
    code.close();
    for k in 0..9 {
        code.line(&format!("virials[own * 9u + {k}u] = w{k};"));
    }
    code.close();
    code.end()
}
