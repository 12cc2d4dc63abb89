//! Smeared charges, dipoles and quadrupoles: sums over pairs and over wave vectors.

use cormorant::electrostatics::{Interaction, Sites, Waves, functions, pairs, waves};
use cormorant::units::COULOMB;

pub(super) const CELL: [[f64; 3]; 3] = [[11.0, 0.0, 0.0], [1.5, 10.0, 0.0], [-0.7, 0.9, 12.0]];
pub(super) const POSITIONS: [[f64; 3]; 5] = [
    [6.369616873214543, 2.697867137638703, 0.4097352393619469],
    [0.16527635528529094, 8.132702392002724, 9.127555772777217],
    [6.066357757671799, 7.294965609839984, 5.436249914654229],
    [9.350724237877682, 8.158535541215322, 0.02738500170148095],
    [8.574042765875694, 0.33585575305464355, 7.29655446429944],
];
/// Moments in Racah's normalization, degree after degree, m from −l to l.
const MOMENTS: [[f64; 9]; 5] = [
    [
        -0.7045308370808304,
        -0.12853466294403426,
        1.3664634705496859,
        -0.6651946734866135,
        0.3553727090399214,
        -0.6538286094183394,
        -0.12961363369276946,
        0.7839754700613295,
        1.4934311452207607,
    ],
    [
        -0.5165224652346887,
        0.3515100700930197,
        0.9034701816518086,
        0.09401229776087457,
        -1.2590655321041202,
        1.5139237747390626,
        1.3458754237823045,
        0.7813114007004275,
        0.2644556303293035,
    ],
    [
        -0.2885636387465334,
        -0.7434992493538084,
        -0.9217253762584194,
        -0.45772582566733916,
        -0.3139228145364278,
        1.4580206835369587,
        1.9602583164499647,
        1.801634869866125,
        1.31510376473437,
    ],
    [
        0.43936705399675396,
        0.2201951234700494,
        -1.009618183538736,
        -0.20917557487171307,
        0.357380410658956,
        -1.2083186322821715,
        -0.004454133120083229,
        0.6564749350763358,
        -1.2883614637495544,
    ],
    [
        1.0702498870652988,
        -0.15922500991447772,
        0.5408455846858077,
        0.2146591225063409,
        0.39512206018200824,
        0.42986369482223,
        0.6960427239628685,
        -1.184117966757189,
        -0.6617025720390349,
    ],
];

/// Charges, dipoles and quadrupoles at some places.
#[derive(Clone)]
struct Example {
    positions: Vec<[f64; 3]>,
    charges: Vec<f64>,
    dipoles: Vec<[f64; 3]>,
    quadrupoles: Vec<[f64; 6]>,
}

impl Example {
    fn new() -> Self {
        let root = 0.75_f64.sqrt();
        let tensor = |m: &[f64; 9]| {
            let [xy, yz, zz, xz, square] = [m[4], m[5], m[6], m[7], m[8]];
            [-0.5 * zz + root * square, -0.5 * zz - root * square, zz, root * xy, root * xz, root * yz].map(|x| x / 3.0)
        };
        Self {
            positions: POSITIONS.to_vec(),
            charges: MOMENTS.iter().map(|m| m[0]).collect(),
            dipoles: MOMENTS.iter().map(|m| [m[3], m[1], m[2]]).collect(),
            quadrupoles: MOMENTS.iter().map(tensor).collect(),
        }
    }

    /// Without moments above `degree`.
    fn up_to(mut self, degree: usize) -> Self {
        if degree < 2 {
            self.quadrupoles.clear();
        }
        if degree < 1 {
            self.dipoles.clear();
        }
        self
    }

    fn sites(&self) -> Sites<'_> {
        let Self { positions, charges, dipoles, quadrupoles } = self;
        Sites { positions, charges, dipoles, quadrupoles }
    }
}

/// In the cell, or without one.
fn evaluate(example: &Example, cell: Option<[[f64; 3]; 3]>, smearing: f64) -> Interaction {
    let mut found = Interaction::default();
    match cell {
        Some(rows) => waves(&example.sites(), rows, smearing, false, &mut found),
        None => pairs(&example.sites(), smearing, &mut found),
    }
    found
}

pub(super) fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

/// Catches a wrong factor, sign or conjugate anywhere in the sum: numbers of an independent program for an oblique cell.
#[test]
fn waves_are_the_published_sum() {
    let found = evaluate(&Example::new(), Some(CELL), 1.0);
    close(found.energy, -5.728013890441314, 1e-8);
    let forces = [
        [0.3990116899573583, -0.647263199228781, -0.15510482587962315],
        [-0.9268594205753047, 0.7396497479510153, 0.06510964524010256],
        [0.160021350229386, 0.020469955214544026, 0.019165439082553852],
        [-0.5789673963009065, 0.3557487638787148, 0.3563539458446996],
        [0.9467937766894655, -0.4686052678154907, -0.2855242042877316],
    ];
    for (gradient, force) in found.gradient.iter().flatten().zip(forces.as_flattened()) {
        close(-gradient, *force, 1e-8);
    }
    // The potential with the own Gaussian of the site.
    let own = COULOMB * (2.0 / std::f64::consts::PI).sqrt();
    let potentials =
        [-5.291007263031846, -1.6425241149013015, -2.438824792572628, 3.7728669727855135, 7.3834120508121375];
    for ((found, expected), charge) in found.by_charge.iter().zip(potentials).zip(Example::new().charges) {
        close(found + own * charge, expected, 1e-8);
    }
    let strain = [
        [1.9046207875051415, -3.3924705410631577, 2.550258572752094],
        [-1.8953633160302994, 5.519383377406205, 0.3194943947408295],
        [0.22166153729686222, 2.2456443797143235, -0.6498703667249401],
    ];
    for a in 0..3 {
        for b in 0..3 {
            // What a site has with itself does not change with the strain, but the sum over waves has the volume.
            close(found.by_strain[a][b], strain[a][b], 1e-7);
        }
    }
}

/// Catches any derivative that is not one of the energy, in a cell and without, for charges, dipoles and quadrupoles.
#[test]
fn derivatives_are_differences() {
    let step = 1e-5;
    for cell in [Some(CELL), None] {
        for degree in 0..=2 {
            let example = Example::new().up_to(degree);
            let found = evaluate(&example, cell, 1.1);
            let slope = |change: &dyn Fn(&mut Example, f64)| {
                let at = |step: f64| {
                    let mut changed = example.clone();
                    change(&mut changed, step);
                    evaluate(&changed, cell, 1.1).energy
                };
                (at(step) - at(-step)) / (2.0 * step)
            };
            for site in 0..5 {
                close(found.by_charge[site], slope(&|one, step| one.charges[site] += step), 1e-7);
                for axis in 0..3 {
                    close(found.gradient[site][axis], slope(&|one, step| one.positions[site][axis] += step), 1e-7);
                    if degree > 0 {
                        close(found.by_dipole[site][axis], slope(&|one, step| one.dipoles[site][axis] += step), 1e-7);
                    }
                }
                if degree > 1 {
                    // Along changes without a trace, both places of an entry beside the diagonal.
                    let by = found.by_quadrupole[site];
                    for (component, places) in [(3, 2.0), (4, 2.0), (5, 2.0)] {
                        let expected = slope(&|one, step| one.quadrupoles[site][component] += step);
                        close(places * by[component], expected, 1e-7);
                    }
                    let expected = slope(&|one, step| {
                        one.quadrupoles[site][0] += step;
                        one.quadrupoles[site][2] -= step;
                    });
                    close(by[0] - by[2], expected, 1e-7);
                }
            }
            for (a, b) in (0..9).map(|k| (k / 3, k % 3)) {
                let strained = |vector: [f64; 3], step: f64| {
                    let mut strained = vector;
                    strained[a] += step * vector[b];
                    strained
                };
                let at = |step: f64| {
                    let mut one = example.clone();
                    one.positions.iter_mut().for_each(|position| *position = strained(*position, step));
                    evaluate(&one, cell.map(|rows| rows.map(|row| strained(row, step))), 1.1).energy
                };
                close(found.by_strain[a][b], (at(step) - at(-step)) / (2.0 * step), 1e-7);
            }
        }
    }
}

/// Catches a wrong radial derivative, and a seam between series and recursion.
#[test]
fn kernel_is_the_derivative() {
    let (smearing, step) = (1.3, 1e-4);
    for r in [0.02, 0.3, 1.0, 2.5, 6.5, 6.9, 7.1, 15.0] {
        let values = functions(r * r, smearing);
        close(values[0] * r, libm_erf(r / (2.0_f64.sqrt() * smearing)), 1e-11);
        let (more, less) = (functions((r + step).powi(2), smearing), functions((r - step).powi(2), smearing));
        for n in 0..5 {
            let slope = (more[n] - less[n]) / (2.0 * step) / r;
            let tolerance = 1e-6 * values[n + 1].abs().max(1e-6);
            close(values[n + 1], slope, tolerance);
        }
    }
}

/// Catches a seam or lost digits where the recursion upwards begins: the functions by their series, which converges everywhere.
#[test]
fn kernel_has_no_seam() {
    for step in 1..4000 {
        let x = 0.005 * f64::from(step);
        // α = 1.
        let found = functions(x, 0.5_f64.sqrt());
        let mut factor = 2.0 / std::f64::consts::PI.sqrt();
        for (n, found) in found.iter().enumerate() {
            let (mut sum, mut odd) = (0.0, (2 * n + 1) as f64);
            let mut term = 1.0 / odd;
            while term > 1e-17 * sum {
                sum += term;
                odd += 2.0;
                term *= 2.0 * x / odd;
            }
            let expected = factor * (-x).exp() * sum;
            assert!((found / expected - 1.0).abs() < 1e-13, "F_{n} at {x}: {found} is not {expected}");
            factor *= -2.0;
        }
    }
}

/// Catches radial functions that are others for charges, for dipoles and for quadrupoles: moments that are zero change nothing.
#[test]
fn pairs_do_not_depend_on_the_degree() {
    let mut full = Example::new();
    full.quadrupoles.iter_mut().for_each(|quadrupole| *quadrupole = [0.0; 6]);
    for step in 1..1000 {
        let mut dipoles = full.clone();
        dipoles.positions.iter_mut().flatten().for_each(|x| *x *= 0.002 * f64::from(step));
        let mut charges = dipoles.clone();
        charges.dipoles.iter_mut().for_each(|dipole| *dipole = [0.0; 3]);
        for (example, degree) in [(dipoles, 1), (charges, 0)] {
            let (more, less) = (evaluate(&example, None, 1.2), evaluate(&example.up_to(degree), None, 1.2));
            close(less.energy, more.energy, 1e-11);
            for (less, more) in less.gradient.iter().flatten().zip(more.gradient.iter().flatten()) {
                close(*less, *more, 1e-11);
            }
        }
    }
}

/// erf by its series, which needs no package: that of positive terms, which do not cancel.
fn libm_erf(x: f64) -> f64 {
    if x > 5.9 {
        return 1.0;
    }
    let (mut term, mut sum, mut odd) = (x, 0.0, 1.0);
    while term > 1e-18 * sum {
        sum += term;
        odd += 2.0;
        term *= 2.0 * x * x / odd;
    }
    2.0 / std::f64::consts::PI.sqrt() * (-x * x).exp() * sum
}

/// Catches a wrong coefficient of dipoles or quadrupoles that the derivatives share: the same moments, made of charges.
#[test]
fn pairs_are_clusters_of_charges() {
    let example = Example::new();
    let h = 0.01;
    // Charges at the corners and faces of a small cube around each site that have the moments of the site.
    let mut cluster = Example { positions: vec![], charges: vec![], dipoles: vec![], quadrupoles: vec![] };
    let mut groups = Vec::new();
    for site in 0..5 {
        let (center, q) = (example.positions[site], example.quadrupoles[site]);
        let mut place = |offset: [f64; 3], charge: f64| {
            cluster.positions.push([0, 1, 2].map(|axis| center[axis] + h * offset[axis]));
            cluster.charges.push(charge);
            groups.push(site);
        };
        place([0.0; 3], example.charges[site]);
        for axis in 0..3 {
            let mut offset = [0.0; 3];
            offset[axis] = 1.0;
            let half = example.dipoles[site][axis] / (2.0 * h);
            // ½ Σ e x²: two charges q/h² at ±h, and two of the opposite at the center.
            let second = q[axis] / (h * h);
            place(offset, half + second);
            place(offset.map(|x| -x), second - half);
            place([0.0; 3], -2.0 * second);
        }
        for (component, a, b) in [(3, 0, 1), (4, 0, 2), (5, 1, 2)] {
            // ½ Σ e x y over four corners with alternating signs.
            let charge = q[component] / (2.0 * h * h);
            for (x, y) in [(1.0, 1.0), (-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0)] {
                let mut offset = [0.0; 3];
                (offset[a], offset[b]) = (x, y);
                place(offset, charge * x * y);
            }
        }
    }
    // What the charges of a cluster do to each other is no interaction of sites.
    let own: f64 = (0..5)
        .map(|site| {
            let of = |list: &[[f64; 3]]| -> Vec<[f64; 3]> {
                list.iter().zip(&groups).filter(|(_, group)| **group == site).map(|(x, _)| *x).collect()
            };
            let charges: Vec<f64> =
                cluster.charges.iter().zip(&groups).filter(|(_, group)| **group == site).map(|(x, _)| *x).collect();
            let alone = Example { positions: of(&cluster.positions), charges, dipoles: vec![], quadrupoles: vec![] };
            evaluate(&alone, None, 1.2).energy
        })
        .sum();
    let expected = evaluate(&cluster, None, 1.2).energy - own;
    let found = evaluate(&example, None, 1.2).energy;
    // The cube has higher moments of the order of h².
    close(found, expected, 2e-3 * found.abs().max(1.0));
}

/// Catches a wrong self energy and a wrong prefactor: energies of crystals of point charges, known for a century.
#[test]
fn madelung_constants() {
    let salt = |a: f64| {
        let mut example = Example { positions: vec![], charges: vec![], dipoles: vec![], quadrupoles: vec![] };
        for (i, j, k) in (0..8).map(|n| (n / 4, n / 2 % 2, n % 2)) {
            example.positions.push([i, j, k].map(|n| 0.5 * a * f64::from(n)));
            example.charges.push(if (i + j + k) % 2 == 0 { 1.0 } else { -1.0 });
        }
        example
    };
    let cube = |a: f64| [[a, 0.0, 0.0], [0.0, a, 0.0], [0.0, 0.0, a]];
    let found = evaluate(&salt(5.64), Some(cube(5.64)), 0.3).energy / 4.0;
    close(found * 2.82 / COULOMB, -1.747564594633, 1e-6);
    let positions = vec![[0.0; 3], [2.0; 3]];
    let cesium = Example { positions, charges: vec![1.0, -1.0], dipoles: vec![], quadrupoles: vec![] };
    let found = evaluate(&cesium, Some(cube(4.0)), 0.3).energy;
    close(found * 2.0 * 3.0_f64.sqrt() / COULOMB, -1.762674773, 1e-6);
}

/// Catches a sum over waves that is not that over pairs in a cell so large that images do not matter.
#[test]
fn a_large_cell_holds_a_molecule() {
    let example = Example::new();
    let mut neutral = example.clone();
    let mean = neutral.charges.iter().sum::<f64>() / 5.0;
    neutral.charges.iter_mut().for_each(|charge| *charge -= mean);
    let alone = evaluate(&neutral, None, 1.5);
    let [near, far] = [60.0, 120.0].map(|a| {
        let found = evaluate(&neutral, Some([[a, 0.0, 0.0], [0.0, a, 0.0], [0.0, 0.0, a]]), 1.5);
        found.energy - alone.energy
    });
    // Images of the dipole of the molecule fall off with the volume.
    assert!(far.abs() < 0.02 && (near / far - 8.0).abs() < 0.3, "{near} {far}");
}

/// Catches bits that depend on the number of threads, and phases that lose digits far from the origin.
#[test]
fn threads_and_cells_do_not_matter() {
    let example = Example::new();
    let plain = evaluate(&example, Some(CELL), 1.0);
    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut found = Interaction::default();
        pool.install(|| waves(&example.sites(), CELL, 1.0, true, &mut found));
        assert_eq!(found, plain);
    }
    let mut away = example.clone();
    for (site, position) in away.positions.iter_mut().enumerate() {
        for (row, times) in CELL.iter().zip([1000.0, -2000.0, 300.0 * site as f64]) {
            position.iter_mut().zip(row).for_each(|(x, a)| *x += times * a);
        }
    }
    close(evaluate(&away, Some(CELL), 1.0).energy, plain.energy, 1e-9);
}

/// Catches a sum that remembers a cell, a width, a degree or a number of sites.
#[test]
fn waves_remember_nothing() {
    let mut kept = Waves::default();
    let shorter = |count: usize| {
        let mut example = Example::new();
        example.positions.truncate(count);
        example.charges.truncate(count);
        example.dipoles.truncate(count);
        example.quadrupoles.truncate(count);
        example
    };
    let larger = CELL.map(|row| row.map(|x| 1.2 * x));
    for (cell, smearing, degree, count) in
        [(larger, 1.0, 2, 5), (CELL, 1.0, 0, 5), (CELL, 1.3, 1, 3), (CELL, 1.0, 2, 4), (larger, 1.0, 1, 5)]
    {
        let example = shorter(count).up_to(degree);
        let mut found = Interaction::default();
        kept.evaluate(&example.sites(), cell, smearing, false, &mut found);
        assert_eq!(found, evaluate(&example, Some(cell), smearing));
    }
}

/// Catches wave vectors that come and go with a step of the energy while a barostat moves the cell.
#[test]
fn the_set_of_waves_changes_without_a_step() {
    let example = Example::new();
    let at = |scale: f64| {
        let mut one = example.clone();
        one.positions.iter_mut().flatten().for_each(|x| *x *= scale);
        evaluate(&one, Some(CELL.map(|row| row.map(|x| x * scale))), 1.0).energy
    };
    let step = 2e-5;
    let energies: Vec<f64> = (0..1500).map(|n| at(1.0 + step * f64::from(n))).collect();
    // A step would show in the second differences; what is smooth has them of the order of step².
    let rough = energies.windows(3).map(|e| (e[0] - 2.0 * e[1] + e[2]).abs()).fold(0.0, f64::max);
    assert!(rough < 1e-7, "{rough}");
}
