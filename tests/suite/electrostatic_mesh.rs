//! The mesh of smeared multipoles, against the sum over wave vectors written out and against differences of its own energy.

use std::f64::consts::TAU;

use cormorant::electrostatics::{Interaction, LARGEST, Mesh, SYMMETRIC, Sites, damping, pairs, subtract_self_energy};
use cormorant::units::COULOMB;

type Rows = [[f64; 3]; 3];

const OBLIQUE: Rows = [[9.0, 0.3, 0.0], [2.5, 8.0, 0.0], [-2.2, 3.1, 10.0]];
/// Narrower than what a site touches on the mesh, and left-handed.
const SMALL: Rows = [[0.0, 2.6, 0.2], [2.9, 0.0, 0.4], [0.3, 0.0, 3.1]];
const SMEARING: f64 = 1.1;

#[derive(Clone)]
struct Example {
    rows: Rows,
    positions: Vec<[f64; 3]>,
    charges: Vec<f64>,
    dipoles: Vec<[f64; 3]>,
    quadrupoles: Vec<[f64; 6]>,
}

impl Example {
    /// Sites in and far outside of a cell, with a net charge, and multipoles up to `degree`.
    fn new(rows: Rows, count: usize, degree: usize) -> Self {
        let mut state = 0.5_f64;
        let mut number = || {
            state = (state + 0.618_033_988_749_894_9) * 1.324_717_957_244_746;
            state = state.fract();
            2.0 * state - 1.0
        };
        let mut example =
            Self { rows, positions: Vec::new(), charges: Vec::new(), dipoles: Vec::new(), quadrupoles: Vec::new() };
        for _ in 0..count {
            example.positions.push([0; 3].map(|_| 30.0 * number()));
            example.charges.push(0.2 + number());
            if degree > 0 {
                example.dipoles.push([0; 3].map(|_| number()));
            }
            if degree > 1 {
                let [xx, yy, xy, xz, yz] = [0; 5].map(|_| number());
                example.quadrupoles.push([xx, yy, -xx - yy, xy, xz, yz]);
            }
        }
        example
    }

    fn sites(&self) -> Sites<'_> {
        let Self { positions, charges, dipoles, quadrupoles, .. } = self;
        Sites { positions, charges, dipoles, quadrupoles }
    }

    fn mesh(&self) -> Interaction {
        let mut found = Interaction::default();
        Mesh::default().evaluate(&self.sites(), self.rows, SMEARING, false, &mut found);
        found
    }

    /// Everything deformed by a strain but the multipoles.
    fn strained(&self, a: usize, b: usize, strain: f64) -> Self {
        let mut strained = self.clone();
        for vector in strained.rows.iter_mut().chain(&mut strained.positions) {
            vector[a] += strain * vector[b];
        }
        strained
    }
}

/// The same energy and its derivatives by loops over integers and sites.
fn plainly(example: &Example) -> Interaction {
    let sites = example.sites();
    let rows = example.rows;
    let cross =
        |a: [f64; 3], b: [f64; 3]| [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let volume = dot(rows[0], cross(rows[1], rows[2]));
    let duals = [cross(rows[1], rows[2]), cross(rows[2], rows[0]), cross(rows[0], rows[1])];
    let mut found = Interaction {
        energy: 0.0,
        by_charge: vec![0.0; sites.charges.len()],
        by_dipole: vec![[0.0; 3]; sites.dipoles.len()],
        by_quadrupole: vec![[0.0; 6]; sites.quadrupoles.len()],
        gradient: vec![[0.0; 3]; sites.positions.len()],
        by_strain: [[0.0; 3]; 3],
    };
    let full = |site: usize| {
        let t = sites.quadrupoles.get(site).copied().unwrap_or_default();
        [[t[0], t[3], t[4]], [t[3], t[1], t[5]], [t[4], t[5], t[2]]]
    };
    let dipole = |site: usize| sites.dipoles.get(site).copied().unwrap_or_default();
    let [n1, n2, n3] = rows.map(|row| (LARGEST / SMEARING * dot(row, row).sqrt() / TAU) as i32 + 1);
    for index in 0..(2 * n1 + 1) * (2 * n2 + 1) * (2 * n3 + 1) {
        let n = [
            index / ((2 * n2 + 1) * (2 * n3 + 1)) - n1,
            index / (2 * n3 + 1) % (2 * n2 + 1) - n2,
            index % (2 * n3 + 1) - n3,
        ];
        let k = [0, 1, 2].map(|axis| (0..3).map(|a| TAU * f64::from(n[a]) * duals[a][axis] / volume).sum::<f64>());
        if n == [0; 3] {
            continue;
        }
        let (weight, slope) = damping(dot(k, k), SMEARING);
        let strength = |site: usize| {
            let along = full(site).map(|row| dot(row, k));
            (sites.charges[site] - dot(along, k), dot(dipole(site), k))
        };
        let phase = |site: usize| dot(k, sites.positions[site]).sin_cos();
        let (mut re, mut im) = (0.0, 0.0);
        for site in 0..sites.positions.len() {
            let ((even, odd), (sine, cosine)) = (strength(site), phase(site));
            re += even * cosine - odd * sine;
            im += even * sine + odd * cosine;
        }
        let unit = TAU * COULOMB / volume.abs();
        let power = unit * (re * re + im * im);
        found.energy += weight * power;
        for a in 0..3 {
            found.by_strain[a][a] -= weight * power;
            for b in 0..3 {
                found.by_strain[a][b] -= 2.0 * slope * power * k[a] * k[b];
            }
        }
        for site in 0..sites.positions.len() {
            let ((even, odd), (sine, cosine)) = (strength(site), phase(site));
            // Of S* e^{ik·r}.
            let (real, imaginary) = (re * cosine + im * sine, re * sine - im * cosine);
            let factor = 2.0 * unit * weight;
            found.by_charge[site] += factor * real;
            for a in 0..3 {
                found.gradient[site][a] -= factor * k[a] * (even * imaginary + odd * real);
                if let Some(by_dipole) = found.by_dipole.get_mut(site) {
                    by_dipole[a] -= factor * k[a] * imaginary;
                }
                for b in 0..3 {
                    found.by_strain[a][b] += factor * k[a] * dipole(site)[b] * imaginary;
                    found.by_strain[a][b] += 2.0 * factor * k[a] * dot(k, full(site)[b]) * real;
                }
            }
            if let Some(by_quadrupole) = found.by_quadrupole.get_mut(site) {
                for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
                    by_quadrupole[component] -= factor * k[a] * k[b] * real;
                }
            }
        }
    }
    subtract_self_energy(&sites, SMEARING, &mut found);
    found
}

/// Root of the mean square of the differences, in units of that of the values.
fn error<const N: usize>(found: &[[f64; N]], expected: &[[f64; N]]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let pairs = || found.iter().flatten().zip(expected.iter().flatten());
    let difference: f64 = pairs().map(|(found, expected)| (found - expected).powi(2)).sum();
    (difference / pairs().map(|(_, expected)| expected.powi(2)).sum::<f64>().max(1e-12)).sqrt()
}

/// Catches: a mesh that is too coarse, waves that are folded or lost, a wrong order of axes, a cell that is taken for a box, a
/// small cell in which a site touches a point twice.
#[test]
fn mesh_is_the_sum_over_wave_vectors() {
    for degree in 0..3 {
        // In the small cell forces nearly cancel.
        for (rows, count, limit) in [(OBLIQUE, 40, 1e-6), (SMALL, 7, 3e-6)] {
            let example = Example::new(rows, count, degree);
            let (found, expected) = (example.mesh(), plainly(&example));
            let single = |list: &[f64]| list.iter().map(|x| [*x]).collect::<Vec<_>>();
            let errors = [
                1e1 * error(&[[found.energy]], &[[expected.energy]]),
                error(&found.gradient, &expected.gradient),
                1e1 * error(&single(&found.by_charge), &single(&expected.by_charge)),
                error(&found.by_dipole, &expected.by_dipole),
                error(&found.by_quadrupole, &expected.by_quadrupole),
                error(&found.by_strain, &expected.by_strain),
            ];
            assert!(errors.iter().all(|error| *error < limit), "degree {degree}, {count} sites: {errors:?}");
        }
    }
}

/// Catches: forces, potentials and a stress that are near those of the sum but not the derivatives of the mesh's own energy, so that
/// the energy drifts.
#[test]
fn derivatives_are_those_of_the_mesh() {
    let example = Example::new(OBLIQUE, 12, 2);
    let found = example.mesh();
    let h = 4e-3;
    // Four points: the next term is h⁴/30 times the fifth derivative.
    let difference = |changed: &dyn Fn(f64) -> Example| {
        let at = |x: f64| changed(x).mesh().energy;
        (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
    };
    let check = |what: &str, found: f64, changed: &dyn Fn(f64) -> Example| {
        let expected = difference(changed);
        assert!((found - expected).abs() < 1e-8, "{what}: {found} is not {expected}");
    };
    let change = |alter: &dyn Fn(&mut Example)| {
        let mut changed = example.clone();
        alter(&mut changed);
        changed
    };
    for site in [0, 7] {
        check("charge", found.by_charge[site], &|x| change(&|example| example.charges[site] += x));
        for a in 0..3 {
            check("position", found.gradient[site][a], &|x| change(&|example| example.positions[site][a] += x));
            check("dipole", found.by_dipole[site][a], &|x| change(&|example| example.dipoles[site][a] += x));
        }
        for (component, (a, b)) in SYMMETRIC.into_iter().enumerate() {
            let places = if a == b { 1.0 } else { 2.0 };
            check("quadrupole", places * found.by_quadrupole[site][component], &|x| {
                change(&|example| example.quadrupoles[site][component] += x)
            });
        }
    }
    for a in 0..3 {
        for b in 0..3 {
            check("strain", 0.1 * found.by_strain[a][b], &|x| example.strained(a, b, 0.1 * x));
        }
    }
}

/// Catches: sums whose order depends on who does them, and a mesh that remembers a cell, a degree or a number of sites.
#[test]
fn mesh_gives_the_same_bits() {
    let mut mesh = Mesh::default();
    for (rows, count, degree) in [(OBLIQUE, 300, 2), (SMALL, 9, 0), (OBLIQUE, 200, 1), (OBLIQUE, 200, 2)] {
        let example = Example::new(rows, count, degree);
        let expected = example.mesh();
        assert!(expected.energy.is_finite());
        for threads in 1..4 {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut found = Interaction::default();
            pool.install(|| mesh.evaluate(&example.sites(), rows, SMEARING, true, &mut found));
            assert!(found == expected, "{threads} threads, degree {degree}");
        }
    }
}

/// Catches: positions that lose digits or count wrongly far outside of the cell, and an energy that depends on where the points are.
#[test]
fn mesh_does_not_mind_where_the_origin_is() {
    for degree in 0..3 {
        let example = Example::new(OBLIQUE, 40, degree);
        let expected = example.mesh();
        let mut moved = example.clone();
        for (site, position) in moved.positions.iter_mut().enumerate() {
            for (axis, row) in OBLIQUE.iter().enumerate() {
                let images = [1000.0, -3.0, 17.0][(site + axis) % 3];
                for (x, y) in position.iter_mut().zip(row) {
                    *x += images * y;
                }
            }
        }
        let found = moved.mesh();
        assert!(error(&found.gradient, &expected.gradient) < 1e-9, "degree {degree}");
        assert!((found.energy / expected.energy - 1.0).abs() < 1e-10, "degree {degree}");
        for position in &mut moved.positions {
            for (x, shift) in position.iter_mut().zip([0.377, -123.4, 0.051]) {
                *x += shift;
            }
        }
        let found = moved.mesh();
        assert!(error(&found.gradient, &expected.gradient) < 2e-6, "degree {degree}");
        assert!((found.energy / expected.energy - 1.0).abs() < 1e-6, "degree {degree}");
    }
}

/// Catches: a self energy of another sign or factor, at which pairs of sites in one place and single sites differ.
#[test]
fn self_energy_is_half_a_pair() {
    let mut example = Example::new(OBLIQUE, 1, 2);
    let mut own = example.mesh();
    let before = own.clone();
    subtract_self_energy(&example.sites(), SMEARING, &mut own);
    example.positions.push(example.positions[0]);
    example.charges.push(example.charges[0]);
    example.dipoles.push(example.dipoles[0]);
    example.quadrupoles.push(example.quadrupoles[0]);
    let mut pair = Interaction::default();
    pairs(&example.sites(), SMEARING, &mut pair);
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * (1.0 + a.abs()), "{a} is not {b}");
    close(before.energy - own.energy, 0.5 * pair.energy);
    close(before.by_charge[0] - own.by_charge[0], pair.by_charge[0]);
    for a in 0..3 {
        close(before.by_dipole[0][a] - own.by_dipole[0][a], pair.by_dipole[0][a]);
    }
}

/// Catches: a weight of waves with a step or a wrong slope, at which the energy jumps when the cell changes.
#[test]
fn damping_is_smooth() {
    for x in [0.3, 2.0, 5.19, 5.21, 5.4, 5.5, 5.79] {
        let square = (x / SMEARING) * (x / SMEARING);
        let h = 1e-5 * square;
        let (value, slope) = damping(square, SMEARING);
        let expected = (damping(square + h, SMEARING).0 - damping(square - h, SMEARING).0) / (2.0 * h);
        assert!((slope - expected).abs() < 1e-5 * slope.abs(), "at {x}: {slope} is not {expected}");
        let whole = (-0.5 * x * x).exp() / square;
        assert!(if x < 5.2 { (value / whole - 1.0).abs() < 1e-14 } else { value < whole }, "at {x}");
    }
    assert_eq!(damping((LARGEST / SMEARING).powi(2) * 1.0001, SMEARING), (0.0, 0.0));
}
