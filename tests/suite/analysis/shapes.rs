//! Bonds, angles, dihedral angles, superposition.

use cormorant::analysis::{
    Analysis, DihedralMap, Findings, Internal, InternalDistribution, InternalKind, RootMeanSquareDeviation, Sample,
    Superposition, find_internals,
};
use cormorant::io::read_structure;
use cormorant::noise::{Consumer, Noise};
use cormorant::system::{Cell, System, whole_molecules};

use super::{assert_resumes, sample, system};

fn analyze(mut analysis: impl Analysis, frames: &[System]) -> Findings {
    for (number, frame) in (0..).zip(frames) {
        analysis.add(&sample(frame, number)).unwrap();
    }
    analysis.findings().unwrap()
}

/// Hydrogen peroxide with this dihedral angle: seen along O-O, the far O-H is turned clockwise by it.
fn peroxide(degrees: f64) -> System {
    let angle = degrees.to_radians();
    // Who looks from the first O along +z with +y up has −x on the right: clockwise is from +y towards −x.
    let positions =
        vec![[0.0, 0.95, -0.2], [0.0, 0.0, 0.0], [0.0, 0.0, 1.45], [-0.95 * angle.sin(), 0.95 * angle.cos(), 1.65]];
    system(&["H", "O", "O", "H"], positions, None)
}

#[test]
fn dihedral_angles_follow_the_rule_of_iupac() {
    // Catches: the mirror image, 180° off, a range of 0° to 360°.
    let dihedral = Internal::parse("1-2-3-4").unwrap();
    for degrees in [0.0, 1e-6, 60.0, 111.5, 179.0, 180.0, -179.0, -60.0, -1e-6] {
        let molecule = peroxide(degrees);
        let value = dihedral.value(&sample(&molecule, 0)).unwrap();
        assert!((value - degrees).abs() < 1e-9, "{value} instead of {degrees}");
        let backwards = Internal::parse("4-3-2-1").unwrap().value(&sample(&molecule, 0)).unwrap();
        assert!((value - backwards).abs() < 1e-9, "the direction of reading must not matter");
    }
}

#[test]
fn angles_near_the_ends_keep_their_digits() {
    // Catches: acos near 0° and 180°, which loses half of the digits; vectors that are not the shortest images.
    for degrees in [1e-6_f64, 90.0, 104.5, 179.999_999] {
        let angle = degrees.to_radians();
        let cell = Cell::new([[4.0, 0.0, 0.0], [1.0, 4.5, 0.0], [0.5, -0.5, 5.0]]).unwrap();
        let far = cell.cartesian([2.0, -3.0, 1.0]);
        let end = [far[0] + angle.cos(), far[1] + angle.sin(), far[2]];
        let water = system(&["H", "O", "H"], vec![[1.0, 0.0, 0.0], [0.0; 3], end], Some(cell));
        let value = Internal::parse("1-2-3").unwrap().value(&sample(&water, 0)).unwrap();
        assert!((value - degrees).abs() < 1e-9, "{value} instead of {degrees}");
        let distance = Internal::parse("2-3").unwrap().value(&sample(&water, 0)).unwrap();
        assert!((distance - 1.0).abs() < 1e-12, "{distance}");
    }
}

#[test]
fn ethanol_has_its_bonds_angles_and_dihedrals() {
    // Catches: bonds found twice or not at all, angles between unbonded atoms, dihedrals counted from both ends.
    let ethanol = read_structure("inputs/structures/ethanol.xyz".as_ref(), None).unwrap();
    let count = |kind| find_internals(&ethanol, kind).unwrap().len();
    // C₂H₅OH: 8 bonds; two C with four and one O with two partners; 3·3 about C-C, 3·1 about C-O.
    assert_eq!(count(InternalKind::Bonds), 8);
    assert_eq!(count(InternalKind::Angles), 6 + 6 + 1);
    assert_eq!(count(InternalKind::Dihedrals), 9 + 3);
    let findings = analyze(InternalDistribution::found(InternalKind::Bonds), &[ethanol]);
    let labels: Vec<&str> = findings.curves[0].curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["C-C", "C-H", "C-O", "H-O"]);
    for (label, expected) in labels.iter().zip([1.52, 1.10, 1.43, 0.97]) {
        let name = format!("mean of {label}");
        let number = findings.numbers.iter().find(|number| number.name == name).unwrap();
        assert!((number.value - expected).abs() < 0.03, "{number}");
    }
    // A crystal whose atoms are bonded to several images of one atom has no list of bonds between atoms.
    let chain = system(&["C", "C"], vec![[0.0; 3], [1.4, 0.0, 0.0]], Some(Cell::cubic(2.8).unwrap()));
    assert!(find_internals(&chain, InternalKind::Bonds).unwrap_err().to_string().contains("repeat the cell"));
}

/// Peroxide whose dihedral angle is normally distributed about 175° with 20°, and whose O-O bond is stretched at random.
fn flexible(frames: u64) -> Vec<System> {
    let noise = Noise::new(3);
    (0..frames)
        .map(|frame| {
            let mut stream = noise.stream(Consumer::Test, frame, 0);
            let mut molecule = peroxide(175.0 + 20.0 * stream.normal());
            let stretch = 0.05 * stream.normal();
            molecule.positions[2][2] += stretch;
            molecule.positions[3][2] += stretch;
            molecule
        })
        .collect()
}

#[test]
fn distributions_are_normalized_and_their_means_are_right() {
    // Catches: densities per bin instead of per degree, a mean of 175° and −165° near 0°, errors that are not errors.
    let frames = flexible(4000);
    let dihedral = vec![Internal::parse("1-2-3-4").unwrap()];
    let found = [
        (analyze(InternalDistribution::listed(InternalKind::Dihedrals, dihedral).unwrap(), &frames), 175.0, 20.0),
        (analyze(InternalDistribution::found(InternalKind::Bonds), &frames), 1.45, 0.05),
    ];
    for (findings, mean, spread) in found {
        let curves = &findings.curves[0];
        let bin = curves.points[1] - curves.points[0];
        for curve in &curves.curves {
            let integral = bin * curve.values.iter().sum::<f64>();
            assert!((integral - 1.0).abs() < 1e-9, "{}: {integral}", curve.label);
        }
        let number =
            findings.numbers.iter().find(|number| number.name.contains("mean of") && number.name.contains("O-O"));
        let number = number.or(findings.numbers.first()).unwrap();
        let error = number.error.unwrap();
        let expected = spread / 4000_f64.sqrt();
        let away = (number.value - mean + 180.0).rem_euclid(360.0) - 180.0;
        assert!(away.abs() < 4.5 * error, "{number} instead of {mean}");
        assert!((0.4..2.0).contains(&(error / expected)), "error {error} instead of {expected}");
    }
}

#[test]
fn a_map_shows_where_two_angles_are() {
    // Catches: exchanged axes, bins shifted by half, a density that does not integrate to 1.
    let first = Internal::parse("1-2-3-4").unwrap();
    assert!(DihedralMap::new(first.clone(), Internal::parse("1-2-3").unwrap()).is_err());
    let mut butane = peroxide(62.0);
    butane.elements.push(butane.elements[0]);
    butane.masses.push(1.008);
    butane.momenta.push([0.0; 3]);
    butane.positions.push([0.95, 0.0, 1.65]); // 90° the other way round
    let other = Internal::parse("1-2-3-5").unwrap();
    let map = analyze(DihedralMap::new(first, other).unwrap(), &[butane]).maps.remove(0);
    assert_eq!(map.axes, ["H1-O2-O3-H4", "H1-O2-O3-H5"]);
    for (x, row) in map.points[0].iter().zip(&map.values) {
        for (y, value) in map.points[1].iter().zip(row) {
            let inside = (x - 62.0).abs() < 2.5 && (y + 90.0).abs() <= 2.5 + 1e-9 && *value > 0.0;
            assert_eq!(*value, if inside { 1.0 / 25.0 } else { 0.0 }, "{x} {y}");
        }
    }
    let total: f64 = map.values.iter().flatten().sum();
    assert!((25.0 * total - 1.0).abs() < 1e-12);
}

#[test]
fn a_turned_molecule_has_no_deviation_and_a_mirrored_one_has() {
    // Catches: a superposition that mirrors, a rotation applied the wrong way round, sqrt of rounding dust.
    let ethanol = read_structure("inputs/structures/ethanol.xyz".as_ref(), None).unwrap();
    let mut turned = ethanol.clone();
    let turn = nalgebra::Rotation3::from_euler_angles(0.4, -2.0, 1.1);
    for position in &mut turned.positions {
        *position = (turn * nalgebra::Vector3::from(*position) + nalgebra::Vector3::new(5.0, -7.0, 30.0)).into();
    }
    let fit = Superposition::new(&turned.positions, &ethanol.positions);
    assert!(fit.deviation(&turned.positions, &ethanol.positions) < 1e-13);
    let mirror: Vec<[f64; 3]> = ethanol.positions.iter().map(|r| [-r[0], r[1], r[2]]).collect();
    let fit = Superposition::new(&mirror, &ethanol.positions);
    let mirrored = fit.deviation(&mirror, &ethanol.positions);
    assert!(mirrored > 0.05, "{mirrored}");
    // Two points 1 Å farther apart cannot be laid closer than half of it each.
    let (near, far) = ([[0.0; 3], [1.0, 0.0, 0.0]], [[3.0, 3.0, 3.0], [3.0, 5.0, 3.0]]);
    assert!((Superposition::new(&far, &near).deviation(&far, &near) - 0.5).abs() < 1e-12);
    let mut shaken = turned.clone();
    shaken.positions[8][0] += 0.5; // a hydrogen
    let frames = [ethanol.clone(), turned, shaken];
    let all = analyze(RootMeanSquareDeviation::new(None, true).unwrap(), &frames);
    let values = &all.curves[0].curves[0].values;
    assert!(values[..2].iter().all(|value| *value < 1e-13) && values[2] > 0.1, "{values:?}");
    let heavy = analyze(RootMeanSquareDeviation::new(Some(&frames[1]), false).unwrap(), &frames);
    assert!(heavy.curves[0].curves[0].values.iter().all(|value| *value < 1e-13));
}

/// Catches: a rigid molecule across the faces of a cell whose two parts count as a change of its shape, and a crystal that is torn
/// by putting it together.
#[test]
fn divided_molecules_keep_their_shape() {
    let rigid = crate::learned::ethanol();
    let cell = Cell::cubic(12.0).unwrap();
    let at = |step: usize| {
        let turn = nalgebra::Rotation3::from_euler_angles(0.1 * step as f64, 0.2, -0.05 * step as f64);
        let place = |x: &[f64; 3]| {
            (turn * nalgebra::Vector3::from(*x) + nalgebra::Vector3::new(0.2 * step as f64, 6.0, 12.1)).into()
        };
        let positions = rigid.positions.iter().map(|x| cell.wrap(place(x))).collect();
        System { positions, cell: Some(cell), ..rigid.clone() }
    };
    let frames: Vec<_> = (0..30).map(at).collect();
    for reference in [None, Some(&rigid)] {
        for hydrogen in [true, false] {
            let found = analyze(RootMeanSquareDeviation::new(reference, hydrogen).unwrap(), &frames);
            let values = &found.curves[0].curves[0].values;
            assert!(values.iter().all(|value| *value < 1e-9), "{values:?}");
        }
    }
    let crystal = system(&["Si", "Si"], vec![[0.1, 0.0, 0.0], [2.3, 0.0, 0.0]], Some(Cell::cubic(4.4).unwrap()));
    assert_eq!(whole_molecules(&crystal).unwrap(), crystal.positions);
}

#[test]
fn shapes_resume_with_the_same_bits() {
    // Catches: a reference, a list of bonds or a histogram that is forgotten when a run is stopped.
    let frames = flexible(50);
    for kind in [InternalKind::Bonds, InternalKind::Angles, InternalKind::Dihedrals] {
        assert_resumes(|| Box::new(InternalDistribution::found(kind)), &frames);
    }
    let dihedral = || Internal::parse("1-2-3-4").unwrap();
    let listed = || InternalDistribution::listed(InternalKind::Dihedrals, vec![dihedral()]).unwrap();
    assert_resumes(|| Box::new(listed()), &frames);
    assert_resumes(|| Box::new(RootMeanSquareDeviation::new(None, true).unwrap()), &frames);
    assert_resumes(|| Box::new(DihedralMap::new(dihedral(), dihedral()).unwrap()), &frames);
}

#[test]
fn atoms_that_cannot_be_are_refused() {
    // Catches: atoms counted from 0, an atom named twice, a panic on an atom that is not there.
    for text in ["", "1", "0-1", "1-1", "1-2-3-4-5", "a-b", "1--2", "-1-2", "1-2-3-1"] {
        let error = Internal::parse(text).unwrap_err().to_string();
        assert!(error.contains("counted from 1"), "{text}: {error}");
    }
    let molecule = peroxide(10.0);
    let mut analysis =
        InternalDistribution::listed(InternalKind::Bonds, vec![Internal::parse("4-5").unwrap()]).unwrap();
    let error = analysis.add(&sample(&molecule, 0)).unwrap_err().to_string();
    assert!(error.contains("no atom 5; there are 4"), "{error}");
    assert!(InternalDistribution::listed(InternalKind::Angles, vec![Internal::parse("1-2").unwrap()]).is_err());
}

// Catches: numbers of frames that are called picoseconds.
#[test]
fn frames_without_times_are_counted() {
    let frame = system(&["O", "H"], vec![[0.0; 3], [0.0, 0.0, 1.0]], None);
    for (timed, axis, unit) in [(true, "time", "ps"), (false, "frame", "")] {
        let mut analysis = RootMeanSquareDeviation::new(None, true).unwrap();
        for number in 0..3 {
            analysis.add(&Sample { timed, ..sample(&frame, number) }).unwrap();
        }
        let found = analysis.findings().unwrap();
        assert_eq!((found.curves[0].axis.as_str(), found.curves[0].axis_unit), (axis, unit));
    }
}
