//! What the message kernels share: a workgroup for each receiving atom, its edges by turns.
//!
//! Frames of some edges are computed side by side into the memory of the workgroup; then its threads, [`SLOTS`] × channels of them, work on
//! as many edges at once as there are slots. Sums over edges go slot by slot in a fixed order, so that there are no atomic operations and
//! the same bits come every time.

use super::code::{Code, Kernel, Parameter, literal};
use super::dialect::Dialect;
use super::frame::{self, Grid, KNOT, NOBODY, SENDER, WEIGHTS, more};

/// Edges that a workgroup works on side by side.
pub const SLOTS: usize = 4;

/// A kernel over edges.
pub struct EdgeKernel<'a> {
    /// Language.
    pub dialect: Dialect,
    /// Name of its function.
    pub name: &'a str,
    /// Buffers.
    pub parameters: Vec<Parameter>,
    /// Highest degree of the activations.
    pub degree: usize,
    /// Channels.
    pub channels: usize,
    /// Where the radial functions stand.
    pub grid: Grid,
    /// Rows that each atom gets as a sum over its edges, in the variables a0, a1, ...; 0 for none.
    pub sums: usize,
    /// Buffer of these sums, `[atoms][sums][channels]`.
    pub into: &'a str,
    /// Whether it gives the gradient of each edge vector.
    pub backward: bool,
}

impl EdgeKernel<'_> {
    /// Edges whose frames are held at a time.
    fn chunk(&self) -> usize {
        if self.backward && self.channels > 32 { 16 } else { 32 }
    }

    /// Numbers of an edge in `parts`: along, about_x and about_y of each channel; one more keeps banks apart.
    pub fn padding(&self) -> usize {
        3 * self.channels + 1
    }

    /// The kernel, with the code for edge `base + k` on channel `c` from `edge`.
    pub fn emit(self, edge: impl FnOnce(&mut Code)) -> Kernel {
        let (c, n, chunk) = (self.channels, self.sums, self.chunk());
        let size = frame::entries(self.degree) + if self.backward { more::COUNT } else { 0 };
        let of_edges = if self.backward { chunk * self.padding() } else { 0 };
        let arrays = [("frames", chunk * size), ("parts", ((SLOTS - 1) * n * c).max(of_edges))];
        let mut code = Code::begin(self.dialect, self.name, self.parameters.clone(), SLOTS * c, &arrays);
        // The second axis of a dispatch may have more workgroups than are needed.
        code.open("if (group < counts[0])");
        code.whole("receiver", "group");
        code.whole("slot", &format!("t / {c}u"));
        code.whole("c", &format!("t % {c}u"));
        code.whole("first", "offsets[receiver]");
        code.whole("end", "offsets[receiver + 1u]");
        for r in 0..n {
            code.variable(&format!("a{r}"), "0.0f");
        }
        code.each("base", "first", "end", &format!("{chunk}u"));
        code.barrier();
        code.open(&format!("if (t < {chunk}u && base + t < end)"));
        frame::write(&mut code, self.degree, self.grid, self.backward);
        code.close();
        code.barrier();
        code.whole("many", &format!("min(end - base, {chunk}u)"));
        code.each("k", "slot", "many", &format!("{SLOTS}u"));
        code.whole("at", &format!("k * {size}u"));
        let (sender, knot) =
            (code.of_bits(&format!("frames[at + {SENDER}u]")), code.of_bits(&format!("frames[at + {KNOT}u]")));
        code.whole("sender", &sender);
        let sums = ["along", "about_x", "about_y"];
        let part = |k: usize| format!("parts[k * {}u + {}u + c]", self.padding(), k * c);
        if self.backward {
            (0..3).for_each(|k| code.line(&format!("{} = 0.0f;", part(k))));
        }
        code.open(&format!("if (sender != {NOBODY})"));
        code.whole("knot", &knot);
        for weight in 0..4 {
            code.number(&format!("w{weight}"), &format!("frames[at + {}u]", WEIGHTS + weight));
        }
        if self.backward {
            code.number("w", &format!("frames[at + {}u]", frame::entries(self.degree) + more::PLACE));
            code.number("bump", &format!("{} * (w - w * w)", literal(6.0 / self.grid.spacing)));
            code.number("slope1", "1.0f - 4.0f * w + 3.0f * w * w");
            code.number("slope3", "3.0f * w * w - 2.0f * w");
        }
        for entry in frame::AZIMUTH..frame::entries(self.degree) {
            code.number(&format!("d{entry}"), &format!("frames[at + {entry}u]"));
        }
        edge(&mut code);
        if self.backward {
            sums.iter().enumerate().for_each(|(k, sum)| code.line(&format!("{} = {sum};", part(k))));
        }
        code.close();
        code.close();
        if self.backward {
            self.edge_gradients(&mut code, size);
        }
        code.close();
        self.add_slots(&mut code);
        code.close();
        code.end()
    }

    /// Sums over channels, by one thread for each edge, and back from the frame to the vector.
    fn edge_gradients(&self, code: &mut Code, size: usize) {
        let (c, pad) = (self.channels, self.padding());
        code.barrier();
        code.open("if (t < many)");
        code.whole("at", &format!("t * {size}u"));
        for (k, name) in ["along", "about_x", "about_y"].iter().enumerate() {
            code.variable(name, "0.0f");
            code.each("i", "0u", &format!("{c}u"), "1u");
            code.line(&format!("{name} = {name} + parts[t * {pad}u + {}u + i];", k * c));
            code.close();
        }
        let entry = |k: usize| format!("frames[at + {}u]", frame::entries(self.degree) + k);
        code.number("inverse", &entry(more::INVERSE));
        for axis in 0..3 {
            let y = if axis < 2 { format!(" + about_y * {}", entry(more::AXIS_Y + axis)) } else { String::new() };
            let place = format!("edge_gradient[(base + t) * 3u + {axis}u]");
            code.line(&format!(
                "{place} = {place} + (along * {} + inverse * (about_x * {}{y}));",
                entry(more::DIRECTION + axis),
                entry(more::AXIS_X + axis)
            ));
        }
        code.close();
    }

    /// Adds the sums of the slots in a fixed order.
    fn add_slots(&self, code: &mut Code) {
        let (c, n) = (self.channels, self.sums);
        if n == 0 {
            return;
        }
        code.barrier();
        code.open("if (slot > 0u)");
        for r in 0..n {
            code.line(&format!("parts[((slot - 1u) * {n}u + {r}u) * {c}u + c] = a{r};"));
        }
        code.close();
        code.barrier();
        code.open("if (slot == 0u)");
        for r in 0..n {
            let sum = (0..SLOTS - 1)
                .fold(format!("a{r}"), |sum, slot| format!("({sum} + parts[{}u + c])", (slot * n + r) * c));
            code.line(&format!("{}[(receiver * {n}u + {r}u) * {c}u + c] = {sum};", self.into));
        }
        code.close();
    }
}
