//! Checks of data: that they find what is wrong, and leave good data alone.

use cormorant::fit::checks::{Severity, check};
use cormorant::fit::{Configuration, DataSet};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::Element;

use crate::dataset::real_data;

/// Frames of four atoms bound by springs, turned and moved at random; energy and forces are exact.
fn springs(frames: usize) -> Vec<Configuration> {
    let mut stream = Noise::new(3).stream(Consumer::Test, 0, 0);
    let rest = [[0.0, 0.0, 0.0], [1.5, 0.0, 0.0], [0.0, 1.4, 0.0], [0.3, 0.4, 1.6]];
    let mut frame = || {
        let axis = stream.normal_vector();
        let length = axis.iter().map(|x| x * x).sum::<f64>().sqrt();
        let rotation = nalgebra::Rotation3::new(nalgebra::Vector3::from(axis) * (stream.uniform() * 3.0 / length));
        let shift = stream.normal_vector();
        let mut positions = rest.map(|place| {
            let noise = stream.normal_vector();
            let moved = rotation * nalgebra::Vector3::from([0, 1, 2].map(|k: usize| place[k] + 0.05 * noise[k]));
            [0, 1, 2].map(|k: usize| moved[k] + shift[k])
        });
        positions[0][0] += 1.0e-9;
        let (mut energy, mut forces) = (-100.0, [[0.0; 3]; 4]);
        for i in 0..4 {
            for j in 0..i {
                let vector: [f64; 3] = [0, 1, 2].map(|k: usize| positions[j][k] - positions[i][k]);
                let distance = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
                let relaxed =
                    [0, 1, 2].map(|k: usize| rest[j][k] - rest[i][k]).iter().map(|x| x * x).sum::<f64>().sqrt();
                energy += 0.5 * 20.0 * (distance - relaxed).powi(2);
                for k in 0..3 {
                    let force = 20.0 * (distance - relaxed) * vector[k] / distance;
                    forces[i][k] += force;
                    forces[j][k] -= force;
                }
            }
        }
        let elements = ["C", "O", "N", "H"].map(|symbol| Element::from_symbol(symbol).unwrap());
        Configuration {
            elements: elements.to_vec(),
            positions: positions.to_vec(),
            cell: None,
            energy: Some(energy),
            forces: forces.to_vec(),
            ..Configuration::default()
        }
    };
    (0..frames).map(|_| frame()).collect()
}

#[test]
fn good_data_pass() {
    // Catches a check that cries wolf: turned and moved frames of one molecule, in no order.
    let report = check(&springs(200));
    let slope = report.slope.unwrap();
    assert!((slope.value - 1.0).abs() < 0.05, "{slope:?}");
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert!(report.net_force < 1e-12 && report.net_torque.unwrap() < 1e-12);
}

#[test]
fn wrong_units_and_signs_are_named() {
    // Catches data whose forces are gradients, or in another unit than their energies.
    let cases: [(f64, &str); 6] = [
        (-1.0, "opposite sign"),
        (1.0 / 23.060_548, "kcal/mol"),
        (23.060_548, "kcal/mol"),
        (1.0 / 27.211_386, "Hartree"),
        (0.529_177, "bohr"),
        (1.0 / 51.422_067, "bohr"),
    ];
    for (factor, expected) in cases {
        let mut frames = springs(200);
        for frame in &mut frames {
            frame.forces.iter_mut().flatten().for_each(|force| *force *= factor);
        }
        let report = check(&frames);
        let finding = report.findings.first().unwrap_or_else(|| panic!("forces times {factor} pass"));
        assert_eq!(finding.severity, Severity::Grave);
        assert!(finding.text.contains(expected), "{}", finding.text);
    }
}

/// Frames of a lattice of atoms pressed into each other's r⁻¹² walls and shaken: right labels, far from harmonic.
fn pressed(frames: usize, factor: f64) -> Vec<Configuration> {
    let mut stream = Noise::new(8).stream(Consumer::Test, 0, 0);
    let carbon = Element::from_symbol("C").unwrap();
    let mut frame = || {
        let place = |i: usize| [i % 3, i / 3 % 3, i / 9].map(|k| k as f64);
        let positions: Vec<[f64; 3]> = (0..27)
            .map(|i| {
                let noise = stream.normal_vector();
                [0, 1, 2].map(|k: usize| place(i)[k] + 0.06 * noise[k])
            })
            .collect();
        let (mut energy, mut forces) = (0.0, vec![[0.0; 3]; 27]);
        for i in 0..27 {
            for j in 0..i {
                let vector: [f64; 3] = [0, 1, 2].map(|k: usize| positions[j][k] - positions[i][k]);
                let square = vector.iter().map(|x| x * x).sum::<f64>();
                energy += 0.3 * square.powi(-6);
                for k in 0..3 {
                    let force = 0.3 * 12.0 * square.powi(-7) * vector[k];
                    forces[i][k] -= factor * force;
                    forces[j][k] += factor * force;
                }
            }
        }
        Configuration {
            elements: vec![carbon; 27],
            positions,
            energy: Some(energy),
            forces,
            ..Configuration::default()
        }
    };
    (0..frames).map(|_| frame()).collect()
}

#[test]
fn strained_frames_far_apart_are_not_refused() {
    // Catches a check that takes repulsion between frames far apart for a wrong unit, and one that then lets all pass.
    let report = check(&pressed(20, 1.0));
    let slope = report.slope.unwrap();
    assert!(slope.value < 0.65 && (1.0 - slope.value) / slope.error > 5.0, "{slope:?}");
    assert!(report.wrong_forces.is_none() && report.findings[0].text.contains("proves no mistake"), "{report}");
    for factor in [-1.0, 23.060_548, 1.0 / 23.060_548] {
        assert!(check(&pressed(20, factor)).wrong_forces.is_some(), "{factor}");
    }
}

/// Catches: a file in atomic units, or in kcal/mol, that is fitted as if it were in Å and eV, and right data that are suspected.
#[test]
fn numbers_in_other_units_than_they_are_read_in_are_seen() {
    use cormorant::units::{BOHR, HARTREE, KILOCALORIE_PER_MOLE};
    let water = |energy: f64, length: f64| {
        let frame = |k: usize| Configuration {
            elements: ["O", "H", "H"].map(|symbol| Element::from_symbol(symbol).unwrap()).to_vec(),
            positions: [[0.0; 3], [0.96 + 0.01 * k as f64, 0.0, 0.0], [-0.24, 0.93, 0.0]]
                .map(|x| x.map(|x| x * length))
                .to_vec(),
            // PBE, some 0.3 % above the sum of the atoms' energies.
            energy: Some((-76.33 + 0.001 * k as f64) * energy),
            ..Configuration::default()
        };
        let report = check(&(0..12).map(frame).collect::<Vec<_>>());
        report.findings.into_iter().map(|finding| finding.text).collect::<Vec<_>>().join("; ")
    };
    let right = water(HARTREE, 1.0);
    assert!(!right.contains("unit of"), "{right}");
    let atomic = water(1.0, 1.0 / BOHR);
    assert!(atomic.contains("as if coordinates were in bohr") && atomic.contains("in Hartree"), "{atomic}");
    let thermal = water(HARTREE / KILOCALORIE_PER_MOLE, 0.1);
    assert!(thermal.contains("coordinates were in nm") && thermal.contains("in kcal/mol"), "{thermal}");
}

#[test]
fn duplicates_outliers_and_impossible_places_are_found() {
    // Catches data in which frames are repeated, relabeled, of another theory, or in bohr.
    let mut frames = springs(100);
    frames[40] = frames[10].clone();
    frames[41] = frames[11].clone();
    frames[41].energy = frames[41].energy.map(|energy| energy + 1.0);
    frames[50].energy = frames[50].energy.map(|energy| energy + 1000.0);
    frames[60].positions[1] = frames[60].positions[0].map(|x| x + 0.1);
    for force in &mut frames[70].forces {
        force[0] += 1.0;
    }
    let report = check(&frames);
    assert_eq!(report.duplicates, [(10, 40), (11, 41)]);
    for expected in ["2 frames occur twice", "frames 11 and 41", "frame 50", "atoms 1 (C) and 2 (O)", "net force"] {
        assert!(report.findings.iter().any(|one| one.text.contains(expected)), "{expected}: {:?}", report.findings);
    }
    assert_eq!(report.findings[0].severity, Severity::Grave);
}

/// `count` frames of a chain of four atoms in this order, or of a star around the first, whose energies lie around `energy`.
fn isomers(count: usize, star: bool, energy: f64) -> Vec<Configuration> {
    let carbon = Element::from_symbol("C").unwrap();
    let places = if star {
        [[0.0; 3], [1.5, 0.0, 0.0], [-0.75, 1.3, 0.0], [-0.75, -1.3, 0.0]]
    } else {
        [[0.0; 3], [1.5, 0.0, 0.0], [3.0, 0.0, 0.0], [4.5, 0.0, 0.0]]
    };
    let frame = |number: usize| Configuration {
        elements: vec![carbon; 4],
        positions: places.map(|[x, y, z]| [x, y, z + 0.001 * number as f64]).to_vec(),
        energy: Some(energy + 0.01 * (number as f64).sin()),
        ..Configuration::default()
    };
    (0..count).map(frame).collect()
}

#[test]
fn isomers_are_no_outliers() {
    // Catches a check that takes molecules with the same atoms for one, and one that finds no outliers any more.
    let outliers = |frames: &[Configuration]| {
        let report = check(frames);
        report.findings.iter().find(|one| one.text.contains("of their molecule")).map(|one| one.text.clone())
    };
    // By bonds: many of one isomer, some of another, and few of it.
    for few in [40, 20, 15] {
        let frames = [isomers(100, false, -5.0), isomers(few, true, 0.0)].concat();
        assert_eq!(outliers(&frames), None, "{few}");
    }
    let mut frames = [isomers(100, false, -5.0), isomers(40, true, 0.0)].concat();
    frames[120].energy = Some(-5.0);
    let text = outliers(&frames).unwrap();
    assert!(text.starts_with("1 frames") && text.contains("frame 120 with -5.000 eV"), "{text}");
    // A lone frame with other bonds is a broken one of the same molecule.
    let frames = [isomers(100, false, -5.0), isomers(1, true, 0.0)].concat();
    assert!(outliers(&frames).unwrap().contains("frame 100"), "{:?}", outliers(&frames));
    // Names count more than bonds.
    let named = |mut frames: Vec<Configuration>, name: &str| {
        for one in &mut frames {
            one.groups = vec![("molecule".into(), name.into())];
        }
        frames
    };
    let frames = [named(isomers(100, false, -5.0), "a"), named(isomers(30, false, 0.0), "b")].concat();
    assert_eq!(outliers(&frames), None);
    assert!(outliers(&named(frames, "a")).is_some());
}

#[test]
fn few_or_single_atoms_do_not_fail() {
    // Catches divisions by zero where there is nothing to compare.
    assert!(check(&[]).slope.is_none());
    let mut atom = springs(1);
    atom[0].elements.truncate(1);
    atom[0].positions.truncate(1);
    atom[0].forces = vec![[0.0; 3]];
    let report = check(&atom);
    assert!(report.slope.is_none() && report.findings.is_empty());
}

#[test]
fn published_data_pass() {
    // Catches a check that cries wolf on real data.
    for file in [
        "rmd17/rmd17_ethanol_train_01.npz",
        "rmd17/rmd17_aspirin_test_02.npz",
        "acac/train_300K.xyz",
        "solids/Si_train.xyz",
        "lips20/Li2S.xyz",
        "3bpa/train_300K.xyz",
        "solids/Mo_train.xyz",
        "small_molecules/train.xyz",
        "water/water_192.xyz",
        "solids/Cu_train.xyz",
    ] {
        let Some(path) = real_data(file) else { continue };
        let report = check(&DataSet::read(&path, None).unwrap().configurations);
        assert!(report.findings.iter().all(|one| one.severity != Severity::Grave), "{file}: {:?}", report.findings);
        // What is only doubted must not keep anybody from fitting.
        assert!(report.wrong_forces.is_none() && report.wrong_stress.is_none(), "{file}");
    }
}

/// Catches: energies of two theories in one file, placeholders and single zero forces that pass, because their scatter is as large as what it
/// would have to prove; one frame in another unit that makes the whole file look so.
#[test]
fn what_scatter_hides_is_told_of() {
    let told =
        |frames: &[Configuration], part: &str| check(frames).findings.iter().any(|finding| finding.text.contains(part));
    let good = springs(80);
    assert!(!told(&good, "little to do with each other") && !told(&good, "all zero"));
    let mut mixed = good.clone();
    mixed.iter_mut().step_by(2).for_each(|one| one.energy = one.energy.map(|energy| energy + 5.0));
    assert!(told(&mixed, "little to do with each other"), "{:?}", check(&mixed).findings);
    let mut failed = good.clone();
    failed[7].forces = vec![[0.0; 3]; 4];
    assert!(told(&failed, "1 frames have forces that are all zero"));
    let mut large = good;
    large[7].forces.iter_mut().flatten().for_each(|x| *x *= 1000.0);
    assert!(told(&large, "the forces of frame 7 are") && !told(&large, "in kcal/mol or kJ/mol?"));
}
