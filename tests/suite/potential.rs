//! Potentials against published numbers, and every potential against the contract.

use std::path::Path;

use cormorant::io::read_structure;
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{
    Angle, Bond, Evaluation, Harmonic, LennardJones, Morse, Potential, RequestedProperties, StillingerWeber, Sum,
    Truncation, Zbl,
};
use cormorant::system::vector::{norm, times};
use cormorant::system::{Cell, Element, System};

const EVERYTHING: RequestedProperties = RequestedProperties { virial: true, atom_energies: true };

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn evaluate(potential: &mut dyn Potential, system: &System) -> Evaluation {
    let mut evaluation = Evaluation::default();
    potential.evaluate(system, EVERYTHING, &mut evaluation).unwrap();
    evaluation
}

fn energy(potential: &mut dyn Potential, system: &System) -> f64 {
    evaluate(potential, system).energy
}

/// Lennard-Jones in reduced units.
fn reduced(cutoff: f64, truncation: Truncation) -> LennardJones {
    let argon = element("Ar");
    LennardJones::new(cutoff, truncation).unwrap().with(argon, argon, 1.0, 1.0).unwrap()
}

#[test]
fn lennard_jones_agrees_with_nist() {
    // Catches a wrong factor, minimum images beyond half the cell left out, pairs counted twice, a virial of wrong sign.
    // Source: NIST Standard Reference Simulation Website, configuration 4 (N = 30, L = 8): five published digits.
    let system = read_structure(Path::new("tests/data/nist-lennard-jones-4.xyz"), None).unwrap();
    let published = [
        (3.0, Truncation::Plain, -1.6790e1, -4.6249e1),
        (4.0, Truncation::Plain, -1.7060e1, -4.7869e1),
        (3.0, Truncation::ShiftedForce, -1.5001e1, -4.3096e1),
    ];
    for (cutoff, truncation, expected, expected_virial) in published {
        let evaluation = evaluate(&mut reduced(cutoff, truncation), &system);
        assert!((evaluation.energy - expected).abs() < 5.1e-4, "{} for {expected}", evaluation.energy);
        let virial = evaluation.virial.unwrap();
        let trace = virial[0][0] + virial[1][1] + virial[2][2];
        assert!((trace - expected_virial).abs() < 5.1e-4, "{trace} for {expected_virial}");
    }
}

#[test]
fn lennard_jones_icosahedron_has_the_published_energy() {
    // Catches errors in the function itself, whatever the lists do: 13 atoms, −44.326801 ε (Cambridge Cluster Database).
    let golden = f64::midpoint(1.0, 5.0_f64.sqrt());
    let mut shape = vec![[0.0; 3]];
    for first in [-1.0, 1.0] {
        for second in [-golden, golden] {
            shape.extend([[0.0, first, second], [first, second, 0.0], [second, 0.0, first]]);
        }
    }
    let mut potential = reduced(10.0, Truncation::Plain);
    let mut at = |radius: f64| {
        let scale = radius / norm([0.0, 1.0, golden]);
        let positions = shape.iter().map(|p| p.map(|x| x * scale)).collect();
        energy(&mut potential, &System::new(vec![element("Ar"); 13], positions, None).unwrap())
    };
    let (mut low, mut high) = (0.9, 1.3);
    while high - low > 1.0e-9 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if at(a) < at(b) { high = b } else { low = a }
    }
    assert!((at(low) + 44.326_801).abs() < 1.0e-6, "{}", at(low));
}

#[test]
fn lennard_jones_crystal_has_the_lattice_sum() {
    // Catches lost or doubled images when the cutoff is many times the cell: E/N = 2ε[12.13188 (σ/r)¹² − 14.45392 (σ/r)⁶].
    let nearest = 1.1_f64;
    let edge = nearest * 2.0_f64.sqrt();
    let half = edge / 2.0;
    let positions = vec![[0.0; 3], [0.0, half, half], [half, 0.0, half], [half, half, 0.0]];
    let system = System::new(vec![element("Ar"); 4], positions, Some(Cell::cubic(edge).unwrap())).unwrap();
    let cutoff = 16.0;
    let found = energy(&mut reduced(cutoff, Truncation::Plain), &system) / 4.0;
    // What lies beyond the cutoff, as a continuum.
    let density = 4.0 / edge.powi(3);
    let tail = -8.0 / 3.0 * std::f64::consts::PI * density / cutoff.powi(3);
    let expected = 2.0 * (12.131_880_2 / nearest.powi(12) - 14.453_921_0 / nearest.powi(6));
    // A sharp cutoff between shells fluctuates around the continuum.
    assert!((found + tail - expected).abs() < 2.0e-4 * expected.abs(), "{} for {expected}", found + tail);
}

#[test]
fn pairs_have_the_published_special_points() {
    // Catches swapped parameters: depth and distance of the Morse minimum, its zero; ZBL by its definition.
    let pair = |symbols: [&str; 2], distance: f64| {
        let elements = symbols.iter().map(|symbol| element(symbol)).collect();
        System::new(elements, vec![[0.0; 3], [distance, 0.0, 0.0]], None).unwrap()
    };
    let (h, o) = (element("H"), element("O"));
    let incomplete = Morse::new(8.0, Truncation::Plain).unwrap().with(h, o, 4.6, 2.3, 0.96).unwrap();
    let refused = incomplete.clone().evaluate(&pair(["H", "O"], 1.0), EVERYTHING, &mut Evaluation::default());
    assert!(refused.unwrap_err().to_string().contains("no parameters for H with H"));
    let mut morse = incomplete.with(h, h, 1.0, 1.0, 1.0).unwrap().with(o, o, 1.0, 1.0, 1.0).unwrap();
    let lowest = evaluate(&mut morse, &pair(["H", "O"], 0.96));
    assert!((lowest.energy + 4.6).abs() < 1.0e-12 && norm(lowest.forces[0]) < 1.0e-12);
    let zero = 0.96 - 2.0_f64.ln() / 2.3;
    assert!(energy(&mut morse, &pair(["O", "H"], zero)).abs() < 1.0e-12);
    let mut zbl = Zbl::new(&[h, o], 2.0, 3.0).unwrap();
    // x = 1: a = 0.46850 / (1 + 8^0.23); u = 8 · 14.399645 φ(1) / a, with φ(1) = 0.4164.
    let length = 0.46850 / (1.0 + 8.0_f64.powf(0.23));
    let screening = 0.18175 * (-3.19980_f64).exp()
        + 0.50986 * (-0.94229_f64).exp()
        + 0.28022 * (-0.40290_f64).exp()
        + 0.02817 * (-0.20162_f64).exp();
    let expected = 8.0 * 14.399_645 * screening / length;
    assert!((energy(&mut zbl, &pair(["H", "O"], length)) / expected - 1.0).abs() < 1.0e-7);
    assert_eq!(energy(&mut zbl, &pair(["H", "O"], 3.0)), 0.0);
}

#[test]
fn springs_have_the_energy_of_a_hand_calculation() {
    // Catches k instead of k/2, degrees taken for radians, the wrong atom in the middle.
    let elements = ["H", "O", "H"].map(element).to_vec();
    let positions = vec![[1.1, 0.0, 0.0], [0.0; 3], [0.0, 0.9, 0.0]];
    let system = System::new(elements, positions, None).unwrap();
    let bond = |a, b| Bond { atoms: [a, b], force_constant: 40.0, length: 1.0 };
    let angle = Angle { atoms: [0, 1, 2], force_constant: 5.0, angle: 100.0_f64.to_radians() };
    let mut springs = Harmonic::new(vec![bond(0, 1), bond(2, 1)], vec![angle]);
    let bend = 10.0_f64.to_radians();
    let expected = 20.0 * 0.01 + 20.0 * 0.01 + 2.5 * bend * bend;
    assert!((energy(&mut springs, &system) - expected).abs() < 1.0e-12);
    let wrong = Harmonic::new(vec![bond(0, 3)], vec![]);
    let refused = { wrong }.evaluate(&system, EVERYTHING, &mut Evaluation::default());
    assert!(refused.unwrap_err().to_string().contains("atom 4"));
}

/// The diamond crystal of silicon with lattice constant `edge`, deformed.
fn diamond(edge: f64, gradient: &[[f64; 3]; 3]) -> System {
    let mut positions = Vec::new();
    for [a, b, c] in [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]] {
        for shift in [0.0, 0.25] {
            positions.push(times([a + shift, b + shift, c + shift].map(|x| x * edge), gradient));
        }
    }
    let cell = Cell::cubic(edge).unwrap().deformed(gradient).unwrap();
    System::new(vec![element("Si"); 8], positions, Some(cell)).unwrap()
}

#[test]
fn stillinger_weber_silicon_has_the_published_crystal() {
    // Catches triplets counted twice or pairs once: cohesive energy 2ε at 5.431 Å without stress (Stillinger and Weber 1985),
    // elastic constants C11 = 151.4 GPa and C12 = 76.4 GPa (Cowley, Phys. Rev. Lett. 60, 2379 (1988); Balamane et al. 1992).
    let mut potential = StillingerWeber::silicon().unwrap();
    let mut stress = |strain: f64| {
        let gradient = [[1.0 + strain, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let system = diamond(5.43095, &gradient);
        let evaluation = evaluate(&mut potential, &system);
        let pressure = evaluation
            .virial
            .unwrap()
            .map(|row| row.map(|entry| -entry / system.cell.unwrap().measure() / cormorant::units::GIGAPASCAL));
        (evaluation.energy / 8.0, pressure)
    };
    // LAMMPS's Si.sw has another ε.
    let mut other = StillingerWeber::silicon().unwrap().with_epsilon(2.1683).unwrap();
    let system = diamond(5.43095, &[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    assert!((evaluate(&mut other, &system).energy / 8.0 + 4.3366).abs() < 1.0e-4);
    let (energy, rest) = stress(0.0);
    assert!((energy + 4.3364).abs() < 1.0e-4, "{energy} eV");
    assert!(rest[0][0].abs() < 0.02, "{} GPa", rest[0][0]);
    let (plus, minus) = (stress(1.0e-5).1, stress(-1.0e-5).1);
    let (c11, c12) = ((plus[0][0] - minus[0][0]) / 2.0e-5, (plus[1][1] - minus[1][1]) / 2.0e-5);
    assert!((c11 - 151.4).abs() < 0.3, "C11 = {c11} GPa");
    assert!((c12 - 76.4).abs() < 0.3, "C12 = {c12} GPa");
}

/// Every potential with a system that it knows, in various cells.
fn all() -> Vec<(Box<dyn Potential>, System)> {
    let (ar, si, o, h) = (element("Ar"), element("Si"), element("O"), element("H"));
    let skewed = Cell::new([[6.0, 0.4, -0.3], [1.7, 5.5, 0.2], [-0.9, 1.1, 5.8]]).unwrap();
    let mut stream = Noise::new(11).stream(Consumer::Test, 0, 0);
    let mut random = |elements: Vec<Element>, cell: Option<Cell>, closest: f64| {
        let mut positions: Vec<[f64; 3]> = Vec::new();
        while positions.len() < elements.len() {
            let fraction = [stream.uniform(), stream.uniform(), stream.uniform()];
            let point = cell.map_or(fraction.map(|x| 6.0 * x), |cell| cell.cartesian(fraction));
            let apart = |other: &[f64; 3]| {
                let direct = cormorant::system::vector::difference(point, *other);
                norm(cell.map_or(direct, |cell| cell.nearest_image(direct)))
            };
            if positions.iter().all(|other| apart(other) > closest) {
                positions.push(point);
            }
        }
        System::new(elements, positions, cell).unwrap()
    };
    let mixture = |cutoff, truncation| {
        let start = LennardJones::new(cutoff, truncation).unwrap();
        start.with(ar, ar, 0.01, 2.2).unwrap().with(ar, si, 0.02, 2.0).unwrap().with(si, si, 0.03, 1.9).unwrap()
    };
    let mixed = vec![ar, si, ar, ar, si, si, ar];
    let water = vec![o, h, h, o, h, h];
    let bond = |a, b| Bond { atoms: [a, b], force_constant: 40.0, length: 1.0 };
    let angle = |a, b, c| Angle { atoms: [a, b, c], force_constant: 5.0, angle: 1.8 };
    let springs =
        || Harmonic::new(vec![bond(0, 1), bond(0, 2), bond(3, 4), bond(3, 5)], vec![angle(1, 0, 2), angle(4, 3, 5)]);
    let morse = || {
        let start = Morse::new(4.0, Truncation::Switched { from: 3.0 }).unwrap();
        start.with(h, o, 4.0, 2.0, 1.0).unwrap().with(h, h, 1.0, 1.5, 1.6).unwrap().with(o, o, 1.0, 1.0, 2.8).unwrap()
    };
    vec![
        (Box::new(mixture(7.0, Truncation::Switched { from: 5.0 })), random(mixed.clone(), Some(skewed), 1.9)),
        (Box::new(mixture(7.0, Truncation::ShiftedForce)), random(mixed.clone(), Some(skewed), 1.9)),
        (Box::new(mixture(20.0, Truncation::Shifted)), random(mixed, None, 1.9)),
        (Box::new(morse()), random(water.clone(), Some(skewed), 0.9)),
        (Box::new(Zbl::new(&[h, o], 1.0, 4.0).unwrap()), random(water.clone(), Some(skewed), 0.7)),
        (Box::new(springs()), random(water.clone(), Some(skewed), 0.9)),
        (Box::new(springs()), random(water.clone(), None, 0.9)),
        (Box::new(StillingerWeber::silicon().unwrap()), random(vec![si; 6], Some(skewed), 2.1)),
        (Box::new(StillingerWeber::silicon().unwrap()), random(vec![si; 9], None, 2.1)),
        (Box::new(Sum::new(vec![Box::new(springs()), Box::new(morse())])), random(water, Some(skewed), 0.9)),
    ]
}

#[test]
fn forces_are_the_slope_of_the_energy() {
    // Catches any error in a derivative, and forces booked on the wrong atom or image.
    for (mut potential, system) in all() {
        let name = potential.name();
        let evaluation = evaluate(potential.as_mut(), &system);
        let scale = evaluation.forces.iter().map(|f| norm(*f)).fold(0.0, f64::max);
        for atom in 0..system.atom_count() {
            for axis in 0..3 {
                let mut at = |step: f64| {
                    let mut moved = system.clone();
                    moved.positions[atom][axis] += step;
                    energy(potential.as_mut(), &moved)
                };
                let h = 1.0e-4;
                let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                let error = (evaluation.forces[atom][axis] + slope).abs() / scale;
                assert!(error < 1.0e-8, "{name}, atom {atom}, axis {axis}: {error}");
            }
        }
        let total = evaluation.forces.iter().fold([0.0; 3], |sum, f| [sum[0] + f[0], sum[1] + f[1], sum[2] + f[2]]);
        assert!(norm(total) < 1.0e-12 * scale, "{name}: forces add up to {total:?}");
    }
}

#[test]
fn virials_are_the_slope_against_strain() {
    // Catches the sign of the virial, images left out of it, and cells smaller than twice the cutoff.
    for (mut potential, system) in all() {
        let name = potential.name();
        let virial = evaluate(potential.as_mut(), &system).virial.unwrap();
        let scale = virial.as_flattened().iter().map(|x| x.abs()).fold(0.0, f64::max);
        for i in 0..3 {
            for k in 0..3 {
                let mut at = |strain: f64| {
                    let mut gradient = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
                    gradient[i][k] += strain;
                    let mut strained = system.clone();
                    strained.cell = system.cell.map(|cell| cell.deformed(&gradient).unwrap());
                    for position in &mut strained.positions {
                        *position = times(*position, &gradient);
                    }
                    energy(potential.as_mut(), &strained)
                };
                let h = 3.0e-5;
                let slope = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
                let error = (virial[i][k] + slope).abs() / scale;
                assert!(error < 1.0e-7, "{name}, {i}{k}: {} for {}", virial[i][k], -slope);
            }
        }
    }
}

#[test]
fn potentials_keep_the_contract() {
    // Catches results that depend on history or on which image an atom is in, atom energies that do not add up, buffers
    // that are not reused, and elements accepted but not known.
    for (mut potential, system) in all() {
        let name = potential.name();
        let first = evaluate(potential.as_mut(), &system);
        let sum: f64 = first.atom_energies.iter().sum();
        assert!((sum - first.energy).abs() < 1.0e-12 * first.atom_energies.iter().map(|e| e.abs()).sum::<f64>());
        let mut far = system.clone();
        far.positions.iter_mut().for_each(|position| position[0] += 3.0);
        let _ = evaluate(potential.as_mut(), &far);
        let mut again = Evaluation { forces: vec![[9.0; 3]; 40], ..Evaluation::default() };
        potential.evaluate(&system, EVERYTHING, &mut again).unwrap();
        assert_eq!(first, again, "{name}: the result depends on what was computed before");
        potential.evaluate(&system, RequestedProperties::default(), &mut again).unwrap();
        assert_eq!((again.virial, again.atom_energies.len()), (None, 0));
        assert_eq!(again.forces, first.forces);
        if let Some(cell) = system.cell {
            let mut shifted = system.clone();
            shifted.positions[1] = cormorant::system::vector::plus(shifted.positions[1], 2.0, cell.rows()[0]);
            let moved = evaluate(potential.as_mut(), &shifted);
            assert!((moved.energy - first.energy).abs() < 1.0e-10 * first.energy.abs().max(1.0), "{name}");
        }
        let mut broken = system.clone();
        broken.positions[0][1] = f64::NAN;
        assert!(potential.evaluate(&broken, EVERYTHING, &mut again).is_err(), "{name} accepts NaN");
        if !potential.elements().is_empty() {
            assert!(potential.accepts(potential.elements()[0]) && !potential.accepts(element("U")));
            let mut foreign = system.clone();
            foreign.elements[0] = element("U");
            let refused = potential.evaluate(&foreign, EVERYTHING, &mut again).unwrap_err().to_string();
            assert!(refused.contains("contains U"), "{refused}");
        }
    }
}

#[test]
fn truncations_end_where_they_say() {
    // Catches a jump of energy or force at the cutoff, which heats every simulation.
    let pair = |distance: f64| System::new(vec![element("Ar"); 2], vec![[0.0; 3], [distance, 0.0, 0.0]], None).unwrap();
    let near = pair(3.0 - 1.0e-7);
    let jump = |truncation| {
        let evaluation = evaluate(&mut reduced(3.0, truncation), &near);
        (evaluation.energy.abs() > 1.0e-7, evaluation.forces[0][0].abs() > 1.0e-7)
    };
    assert_eq!(jump(Truncation::Plain), (true, true));
    assert_eq!(jump(Truncation::Shifted), (false, true));
    assert_eq!(jump(Truncation::ShiftedForce), (false, false));
    assert_eq!(jump(Truncation::Switched { from: 2.5 }), (false, false));
    assert_eq!(energy(&mut reduced(3.0, Truncation::Plain), &pair(3.0)), 0.0);
    assert!(LennardJones::new(3.0, Truncation::Switched { from: 3.5 }).is_err());
    assert!(LennardJones::new(0.0, Truncation::Plain).is_err());
    let overlap = reduced(3.0, Truncation::Plain).evaluate(&pair(0.0), EVERYTHING, &mut Evaluation::default());
    assert!(overlap.unwrap_err().to_string().contains("atoms 1 (Ar) and 2 (Ar) overlap"));
}

/// Catches: defaults that do not reach elements which a listed pair alone names, pairs asked for that cannot occur, a missing pair that is
/// not named or whose remedy is a model.
#[test]
fn listed_pairs_and_defaults_are_those_of_the_structure() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("two.xyz"), "2\n\nAr 0 0 0\nNe 0 0 4\n").unwrap();
    let all = "epsilon = \"0.01 eV\"\nsigma = \"3.4 Å\"\n";
    let pair = |names: &str| format!("{{ elements = [{names}], epsilon = \"0.02 eV\", sigma = \"3 Å\" }}");
    let build = |more: &str, pairs: &[&str]| {
        let pairs: Vec<String> = pairs.iter().map(|names| pair(names)).collect();
        let input = format!(
            "version = 1\nname = \"two\"\nstructure = {{ file = \"two.xyz\" }}\n[potential]\nkind = \"lennard-jones\"\ncutoff = \"9 Å\"\n\
             {more}pairs = [{}]\n[[stage]]\nduration = \"1 fs\"\ntime_step = \"1 fs\"\n",
            pairs.join(", ")
        );
        let cormorant::settings::Input::Run(run) =
            cormorant::settings::Input::from_text(input, &here.join("a.toml")).unwrap()
        else {
            panic!("a run")
        };
        run.build().map(|simulation| simulation.field().last().energy).map_err(|error| error.to_string())
    };
    let [argon, neon, both] = ["\"Ar\", \"Ar\"", "\"Ne\", \"Ne\"", "\"Ne\", \"Ar\""];
    let default = build(all, &[argon]).unwrap();
    assert_eq!(build(all, &["\"Kr\", \"Xe\""]).unwrap(), default, "what is not in the structure changes nothing");
    let own = build(all, &[both]).unwrap();
    assert_ne!(own, default);
    assert_eq!(build("", &[argon, both, neon, "\"Kr\", \"Xe\""]).unwrap(), own);
    for (pairs, missing) in
        [(&[argon, neon][..], "Ne with Ar"), (&[both, neon], "Ar with Ar"), (&[argon], "Ne with Ne")]
    {
        let said = build("", pairs).unwrap_err();
        let missing = format!("lists no {missing}, which the structure holds; give it, or `epsilon` and `sigma`");
        assert!(said.contains(&missing), "{said}");
    }
}
