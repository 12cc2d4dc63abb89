//! Writes out the products of an atom's activation with itself, term by term, for `kernels::product::unrolled`.

use std::collections::BTreeMap;
use std::fmt::Write;

use cormorant_so3::{ProductTerm, ProductTerms, product_paths};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut code = String::new();
    for degree in 1..=3 {
        let terms = ProductTerms::new(&product_paths(degree, degree), degree);
        forward(&mut code, degree, &terms)?;
        backward(&mut code, degree, &terms)?;
    }
    std::fs::write(std::path::Path::new(&std::env::var("OUT_DIR")?).join("products.rs"), code)?;
    Ok(())
}

/// Terms by the pair of degrees of their factors, then by the pair of rows.
type Blocks<'a> = BTreeMap<(usize, usize), BTreeMap<(usize, usize), Vec<&'a ProductTerm>>>;

fn blocks(terms: &ProductTerms) -> Blocks<'_> {
    let mut blocks = Blocks::new();
    for term in &terms.terms {
        let degrees = (term.first.isqrt(), term.second.isqrt());
        blocks.entry(degrees).or_default().entry((term.first, term.second)).or_default().push(term);
    }
    blocks
}

/// s_out = Σ C ψ_first ψ_second.
fn forward(code: &mut String, degree: usize, terms: &ProductTerms) -> std::fmt::Result {
    writeln!(
        code,
        "/// Products of one atom, degree {degree}, {} rows.\n#[inline(always)]\npub unsafe fn forward_{degree}<S: Vector>(stride: \
         usize, x: *const S::Scalar, out: *mut S::Scalar) {{\n    unsafe {{",
        terms.rows
    )?;
    for row in 0..(degree + 1) * (degree + 1) {
        writeln!(code, "        let x{row} = S::load(x.add({row} * stride));")?;
    }
    for (degrees, pairs) in blocks(terms) {
        writeln!(code, "        // {degrees:?}")?;
        let mut started = std::collections::BTreeSet::new();
        for ((first, second), terms) in pairs {
            writeln!(code, "        let p = x{first}.mul(x{second});")?;
            for ProductTerm { out, coefficient, .. } in terms {
                let constant = constant(*coefficient);
                match started.insert(*out) {
                    true if is_one(*coefficient) => writeln!(code, "        let s{out} = p;")?,
                    true => writeln!(code, "        let s{out} = p.mul({constant});")?,
                    false => writeln!(code, "        let s{out} = s{out}.fma({constant}, p);")?,
                }
            }
        }
        for out in started {
            writeln!(code, "        s{out}.store(out.add({out} * stride));")?;
        }
    }
    writeln!(code, "    }}\n}}\n")
}

/// d_first += (Σ_out C g_out) ψ_second, and the same with the factors exchanged.
fn backward(code: &mut String, degree: usize, terms: &ProductTerms) -> std::fmt::Result {
    writeln!(
        code,
        "/// Gradient of the products of one atom, degree {degree}.\n#[inline(always)]\npub unsafe fn backward_{degree}<S: Vector>(\
         stride: usize, x: *const S::Scalar, g: *const S::Scalar, out: *mut S::Scalar) {{\n    unsafe {{"
    )?;
    let rows = (degree + 1) * (degree + 1);
    for row in 0..rows {
        writeln!(code, "        let x{row} = S::load(x.add({row} * stride));")?;
        writeln!(code, "        let mut d{row} = S::load(out.add({row} * stride));")?;
    }
    for (degrees, pairs) in blocks(terms) {
        writeln!(code, "        // {degrees:?}")?;
        let mut loaded = std::collections::BTreeSet::new();
        for ((first, second), terms) in pairs {
            let factor = if first == second { 2.0 } else { 1.0 };
            for (place, ProductTerm { out, coefficient, .. }) in terms.into_iter().enumerate() {
                if loaded.insert(*out) {
                    writeln!(code, "        let g{out} = S::load(g.add({out} * stride));")?;
                }
                let coefficient = factor * coefficient;
                let constant = constant(coefficient);
                match place {
                    0 if is_one(coefficient) => writeln!(code, "        let w = g{out};")?,
                    0 => writeln!(code, "        let w = g{out}.mul({constant});")?,
                    _ => writeln!(code, "        let w = w.fma({constant}, g{out});")?,
                }
            }
            writeln!(code, "        d{first} = d{first}.fma(x{second}, w);")?;
            if first != second {
                writeln!(code, "        d{second} = d{second}.fma(x{first}, w);")?;
            }
        }
    }
    for row in 0..rows {
        writeln!(code, "        d{row}.store(out.add({row} * stride));")?;
    }
    writeln!(code, "    }}\n}}\n")
}

fn is_one(value: f64) -> bool {
    (value - 1.0).abs() < 1e-12
}

/// A coefficient in all lanes.
fn constant(value: f64) -> String {
    format!("S::splat(S::Scalar::from_f64({value:?}))")
}
