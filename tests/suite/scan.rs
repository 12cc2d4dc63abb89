//! Scans of internal coordinates.

use std::f64::consts::PI;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cormorant::analysis::{Internal, Sample};
use cormorant::dynamics::ForceEvaluator;
use cormorant::io::{ReadOptions, TrajectoryReader, read_structure};
use cormorant::minimize::{Fire, Goal, LimitedMemory, Minimizer};
use cormorant::paths::{Scan, ScanPoint, relaxed_scan, rigid_scan};
use cormorant::potential::{Angle, Bond, Harmonic, Potential};
use cormorant::system::{Element, System};

use crate::cli::{cormorant, text};
use crate::paths::{column, numbers};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn atoms(symbols: &[&str], positions: &[[f64; 3]]) -> System {
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    System::new(elements, positions.to_vec(), None).unwrap()
}

/// Water with springs: 50 eV/Å² at 0.96 Å, and 4 eV/rad² at 105°.
fn water() -> (System, Box<dyn Potential>) {
    let bond = |atoms| Bond { atoms, force_constant: 50.0, length: 0.96 };
    let angle = Angle { atoms: [1, 0, 2], force_constant: 4.0, angle: 105.0_f64.to_radians() };
    let system = atoms(&["O", "H", "H"], &[[0.0; 3], [0.95, 0.1, 0.0], [-0.3, 0.9, 0.2]]);
    (system, Box::new(Harmonic::new(vec![bond([0, 1]), bond([0, 2])], vec![angle])))
}

fn relax(system: &System, scan: &Scan, potential: Box<dyn Potential>, minimizer: &dyn Minimizer) -> Vec<ScanPoint> {
    let goal = Goal { force_tolerance: 1.0e-6, ..Goal::default() };
    let mut field = ForceEvaluator::new(potential, system).unwrap();
    relaxed_scan(system, scan, &mut field, (minimizer, &goal), &mut |_| true).unwrap()
}

fn value(internal: &Internal, system: &System) -> f64 {
    internal.value(&Sample { system, timed: false, unitless: false, moving: false, dipole: None, frame: 0 }).unwrap()
}

/// Catches: a restraint in the place of a constraint, a held force that is not left out, a value that drifts from where it is held.
#[test]
fn what_is_held_is_exact_and_all_else_is_at_rest() {
    let (system, _) = water();
    for minimizer in [&LimitedMemory::default() as &dyn Minimizer, &Fire::default()] {
        let bond = Internal::Distance([0, 1]);
        let scan = Scan { backward: true, ..Scan::even(bond.clone(), [0.8, 1.4], 7) };
        let points = relax(&system, &scan, water().1, minimizer);
        assert_eq!(points.len(), 13);
        for point in &points {
            let stretch = point.value - 0.96;
            assert!(point.converged);
            assert!((value(&bond, &point.system) - point.value).abs() < 1.0e-9);
            // Everything else is at rest: the energy is that of the one spring.
            assert!((point.evaluation.energy - 25.0 * stretch * stretch).abs() < 1.0e-9, "{point:?}");
            assert!((point.along + 50.0 * stretch).abs() < 1.0e-5, "{point:?}");
        }
        let angle = Internal::Angle([1, 0, 2]);
        let scan = Scan::even(angle.clone(), [60.0_f64.to_radians(), 170.0_f64.to_radians()], 6);
        for point in relax(&system, &scan, water().1, minimizer) {
            let bend = point.value - 105.0_f64.to_radians();
            assert!((value(&angle, &point.system) - point.value.to_degrees()).abs() < 1.0e-8);
            assert!((point.evaluation.energy - 2.0 * bend * bend).abs() < 1.0e-9, "{point:?}");
        }
    }
}

fn ethanol() -> System {
    read_structure(&root().join("inputs/structures/ethanol.xyz"), None).unwrap()
}

fn no_forces(count: usize) -> Vec<Box<dyn Potential>> {
    let spring = || Harmonic::new(vec![Bond { atoms: [0, 1], force_constant: 10.0, length: 1.5 }], Vec::new());
    (0..count).map(|_| Box::new(spring()) as Box<dyn Potential>).collect()
}

/// Catches: a side that is turned the wrong way or not as a whole, the larger side moved, results that depend on threads.
#[test]
fn a_rigid_scan_changes_one_coordinate() {
    let system = ethanol();
    let bond = |i, j| Internal::Distance([i, j]);
    // The internal coordinates of ethanol along its bonds, without the scanned ones.
    let kept = [
        bond(0, 1),
        bond(1, 2),
        bond(2, 3),
        bond(0, 4),
        bond(1, 7),
        Internal::Angle([0, 1, 2]),
        Internal::Angle([1, 2, 3]),
    ];
    let kept = [&kept[..], &[Internal::Dihedral([4, 0, 1, 2]), Internal::Dihedral([3, 2, 1, 0])]].concat();
    for (internal, from, to) in [
        (Internal::Dihedral([3, 2, 1, 0]), -PI, PI / 2.0),
        (Internal::Dihedral([4, 0, 1, 2]), 0.0, 3.0 * PI),
        (Internal::Angle([0, 1, 2]), 1.7, 2.4),
        (bond(1, 2), 1.3, 2.0),
        (Internal::Angle([1, 2, 3]), 1.5, 2.5),
    ] {
        let scan = Scan::even(internal.clone(), [from, to], 7);
        let points = rigid_scan(&system, &scan, &mut no_forces(1)).unwrap();
        assert_eq!(points, rigid_scan(&system, &scan, &mut no_forces(2)).unwrap());
        let turn = |difference: f64| difference - 360.0 * (difference / 360.0).round();
        for point in points {
            let wanted = if internal.atoms().len() == 2 { point.value } else { point.value.to_degrees() };
            assert!(turn(value(&internal, &point.system) - wanted).abs() < 1.0e-9, "{internal:?} at {wanted}");
            for other in kept.iter().filter(|other| **other != internal) {
                let change = turn(value(other, &point.system) - value(other, &system));
                assert!(change.abs() < 1.0e-9, "{internal:?} at {wanted} changes {other:?} by {change}");
            }
        }
    }
    // The hydroxyl hydrogen turns, and not the rest.
    let scan = Scan::even(Internal::Dihedral([3, 2, 1, 0]), [0.0, 1.0], 2);
    let points = rigid_scan(&system, &scan, &mut no_forces(1)).unwrap();
    let moved = |atom: usize| points[0].system.positions[atom] != system.positions[atom];
    assert_eq!((0..9).filter(|atom| moved(*atom)).collect::<Vec<_>>(), [3]);
}

/// Catches: the force along the coordinate by which all else would be at rest, where all else moves rigidly with it.
#[test]
fn the_force_along_a_rigid_scan_is_the_slope_of_its_energy() {
    let system = ethanol();
    let spring = |atoms, length| Bond { atoms, force_constant: 1.0, length };
    // Springs across the molecule, which pull at atoms that the coordinate does not name.
    let potential = || -> Vec<Box<dyn Potential>> {
        let springs = vec![spring([3, 4], 2.0), spring([3, 7], 3.0), spring([2, 5], 2.5), spring([0, 3], 2.2)];
        vec![Box::new(Harmonic::new(springs, Vec::new()))]
    };
    for (internal, from, to) in [
        (Internal::Dihedral([3, 2, 1, 0]), 0.0, 3.0),
        (Internal::Angle([0, 1, 2]), 1.7, 2.3),
        (Internal::Distance([1, 2]), 1.3, 1.9),
    ] {
        let points = rigid_scan(&system, &Scan::even(internal.clone(), [from, to], 301), &mut potential()).unwrap();
        let largest = points.iter().fold(0.0f64, |most, point| most.max(point.along.abs()));
        for three in points.windows(3) {
            let slope = (three[2].evaluation.energy - three[0].evaluation.energy) / (three[2].value - three[0].value);
            let along = three[1].along;
            assert!((along + slope).abs() < 1e-3 * largest, "{internal:?}: {along} and {slope}");
        }
    }
}

/// Catches: a ring that is torn open by a rigid scan, or one that cannot be scanned at all.
#[test]
fn rings_are_relaxed_and_not_torn() {
    let benzene = read_structure(&root().join("inputs/structures/benzene.xyz"), None).unwrap();
    let bonds = cormorant::system::find_bonds(&benzene).unwrap();
    let ring: Vec<usize> = (0..12).filter(|atom| benzene.elements[*atom].symbol() == "C").collect();
    let pair = bonds.iter().find(|bond| ring.contains(&bond.first) && ring.contains(&bond.second)).unwrap();
    let scan = Scan::even(Internal::Distance([pair.first, pair.second]), [1.3, 1.5], 3);
    let refused = rigid_scan(&benzene, &scan, &mut no_forces(1)).unwrap_err().to_string();
    assert!(refused.contains("is part of a ring") && refused.contains("a relaxed one can"), "{refused}");

    let side = 1.5;
    let triangle = atoms(&["C"; 3], &[[0.0; 3], [side, 0.0, 0.0], [0.5 * side, 0.75_f64.sqrt() * side, 0.0]]);
    let spring = |atoms| Bond { atoms, force_constant: 20.0, length: side };
    let potential = Harmonic::new([[0, 1], [1, 2], [0, 2]].map(spring).to_vec(), Vec::new());
    let scan = Scan::even(Internal::Distance([0, 1]), [1.4, 1.7], 4);
    for point in relax(&triangle, &scan, Box::new(potential), &LimitedMemory::default()) {
        assert!((value(&scan.internal, &point.system) - point.value).abs() < 1.0e-9);
        assert!((point.evaluation.energy - 10.0 * (point.value - side).powi(2)).abs() < 1.0e-9);
    }
}

/// Catches: scans of coordinates that there are not, or of values that they cannot have.
#[test]
fn scans_that_cannot_be_are_refused() {
    let system = ethanol();
    for (internal, range, expected) in [
        (Internal::Distance([0, 9]), [1.0, 2.0], "there is no atom 10 to scan: the structure has 9"),
        (Internal::Distance([0, 1]), [-1.0, 2.0], "begin and end above zero"),
        (Internal::Angle([0, 1, 2]), [1.0, PI], "between 2 and 178 degrees"),
        (Internal::Distance([0, 3]), [1.0, 2.0], "name two bonded atoms"),
        (Internal::Dihedral([4, 0, 2, 3]), [0.0, 1.0], "name two bonded atoms"),
        (Internal::Dihedral([4, 0, 1, 5]), [0.0, 1.0], "are not a chain of bonds"),
    ] {
        let refused = rigid_scan(&system, &Scan::even(internal, range, 3), &mut no_forces(1)).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

/// The vertex of the parabola through three points with equal distances.
fn vertex(energies: [f64; 3]) -> f64 {
    let [left, middle, right] = energies;
    let (slope, bend) = (0.5 * (right - left), left - 2.0 * middle + right);
    middle - 0.5 * slope * slope / bend
}

fn program(here: &Path, arguments: &[&str]) -> String {
    let output = cormorant(here, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

/// Catches: a scan that does not relax, or whose values are not those that it says; a band whose barrier is not that of the scan.
///
/// The hydroxyl group of ethanol has three minima: anti, and gauche on both sides.
#[test]
fn scan_and_path_of_ethanol_agree() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let model = root().join("models/ethanol").display().to_string();
    let structure = root().join("inputs/structures/ethanol.xyz").display().to_string();
    let common = ["--model", &model, "--structure", &structure];
    let scanned = ["--dihedral", "4-3-2-1", "--from", "0 deg", "--to", "360 deg", "--points", "37", "--output", "scan"];
    let said = program(here, &[&["scan"], &common[..], &scanned].concat());
    assert_eq!(said.matches("minimum near").count(), 3, "{said}");
    assert_eq!(said.matches("maximum near").count(), 3, "{said}");
    let table = here.join("scan/scan.csv");
    let (angles, energies) = (numbers(&table, "dihedral_4-3-2-1/deg"), numbers(&table, "relative_energy/eV"));
    assert_eq!(angles.len(), 37);
    assert!((energies[0] - energies[36]).abs() < 1.0e-5, "a full turn ends where it began: {energies:?}");
    assert!(column(&table, "converged").iter().all(|word| word == "true"));
    let frames: Vec<System> = TrajectoryReader::open_with(&here.join("scan/scan.xyz"), ReadOptions::default())
        .unwrap()
        .map(|frame| frame.unwrap().into_system().unwrap())
        .collect();
    for (frame, angle) in frames.iter().zip(&angles) {
        let found = value(&Internal::Dihedral([3, 2, 1, 0]), frame);
        let off = found - angle;
        assert!((off - 360.0 * (off / 360.0).round()).abs() < 1.0e-6, "{found} for {angle}");
    }
    let comment = fs::read_to_string(here.join("scan/scan.xyz")).unwrap();
    assert!(comment.contains("scan=\"ethanol-scan\"") && comment.contains("dihedral=\"10.0\""), "{comment}");

    // From the gauche minimum near 60 degrees to anti at 180, over the maximum near 120.
    let lowest = |from: usize, to: usize| (from..to).min_by(|a, b| energies[*a].total_cmp(&energies[*b])).unwrap();
    let (gauche, anti) = (lowest(2, 10), lowest(14, 22));
    let top = (gauche..anti).max_by(|a, b| energies[*a].total_cmp(&energies[*b])).unwrap();
    let [gauche, anti] = [gauche, anti].map(|frame| frame.to_string());
    let ends = ["--structure", "scan/scan.xyz", "--frame", &gauche, "--to", "scan/scan.xyz", "--to-frame", &anti];
    let more = ["--images", "5", "--output", "path", "--check-saddle", "--force-tolerance", "0.005 eV/Å"];
    let said = program(here, &[&["path", "--model", &model], &ends[..], &more].concat());
    assert!(said.contains("exactly one is imaginary"), "{said}");
    let along = numbers(&here.join("path/path.csv"), "relative_energy/eV");
    let barrier = along.iter().copied().fold(0.0, f64::max);
    let at = |index: usize| vertex([energies[index - 1], energies[index], energies[index + 1]]);
    let scanned = at(top) - at(gauche.parse().unwrap());
    assert!(barrier > 0.02, "{along:?}");
    assert!((barrier - scanned).abs() < 1.0e-3, "{barrier} eV along the path, {scanned} eV in the scan\n{said}");
}

/// Catches: the example that does not run, a way back that is left out, arguments without a remedy.
#[test]
fn the_program_scans() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let input = fs::read_to_string(root().join("inputs/scan-ethanol.toml")).unwrap();
    let input = input.replace("\"structures", &format!("\"{}/inputs/structures", root().display()));
    let input = input.replace("\"../models", &format!("\"{}/models", root().display()));
    fs::write(here.join("scan.toml"), input.replace("points = 37", "points = 4\nbackward = true")).unwrap();
    let said = program(here, &["scan", "scan.toml"]);
    assert!(said.contains("7 points") && said.contains("forward and backward differ"), "{said}");
    let results = here.join("outputs/ethanol-scan");
    assert_eq!(column(&results.join("scan.csv"), "direction").iter().filter(|way| *way == "backward").count(), 3);
    assert!(fs::read_to_string(results.join("scan.svg")).unwrap().contains("<svg"));
    assert_eq!(fs::read_to_string(results.join("scan.xyz")).unwrap().lines().count(), 7 * 11);

    let model = root().join("models/ethanol").display().to_string();
    let structure = root().join("inputs/structures/ethanol.xyz").display().to_string();
    for (more, expected) in [
        (&[][..], "a scan needs a coordinate; add for example: --dihedral 1-2-3-4"),
        (&["--bond", "1-2"][..], "a scan needs its last value; add for example: --to \"2 Å\""),
        (&["--bond", "1-2-3", "--to", "2 Å"][..], "--bond takes 2 atoms"),
        (&["--bond", "1", "--to", "2 Å"][..], "does not name two, three or four different atoms"),
        (&["--bond", "1-2", "--to", "90 deg"][..], "is not a length, but the atoms are those of a bond"),
        (&["--angle", "1-2-3", "--to", "2 Å"][..], "is not an angle, but the atoms are those of an angle"),
        (&["--bond", "1-12", "--to", "2 Å"][..], "there is no atom 12 to scan"),
        (&["--bond", "1-4", "--to", "2 Å", "--rigid"][..], "name two bonded atoms"),
    ] {
        let output = cormorant(here, &[&["scan", "--model", &model, "--structure", &structure], more].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{more:?}: {said}");
        assert!(said.contains(expected), "{more:?} should say {expected:?}, but says\n{said}");
    }
}

/// Catches: a scan that loses its points when it is stopped, or that passes for a whole one.
#[test]
fn a_stopped_scan_keeps_its_points() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let model = root().join("models/ethanol").display().to_string();
    let structure = root().join("inputs/structures/ethanol.xyz").display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cormorant"))
        .args(["scan", "--model", &model, "--structure", &structure, "--dihedral", "4-3-2-1", "--to", "360 deg"])
        .args(["--points", "100000", "--output", "scan"])
        .current_dir(here)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line says that points are being met.
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("scanning"), "{line}");
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    said.read_to_string(&mut line).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{line}");
    let met = numbers(&here.join("scan/scan.csv"), "energy/eV").len();
    assert!((1..100_000).contains(&met));
    assert!(line.contains(&format!("{met} of 100000 points are written to scan; for all of them")), "{line}");
    assert_eq!(fs::read_to_string(here.join("scan/scan.xyz")).unwrap().lines().count(), met * 11);
}

/// Catches: a stop that takes effect one point late, or that has no effect.
#[test]
fn a_scan_ends_where_it_is_told_to() {
    let (system, potential) = water();
    let scan = Scan::even(Internal::Distance([0, 1]), [0.8, 1.4], 7);
    let mut field = ForceEvaluator::new(potential, &system).unwrap();
    let (minimizer, goal) = (LimitedMemory::default(), Goal::default());
    let mut told = 0;
    let mut watch = |_: &ScanPoint| {
        told += 1;
        told < 3
    };
    let points = relaxed_scan(&system, &scan, &mut field, (&minimizer, &goal), &mut watch).unwrap();
    assert_eq!((points.len(), told, scan.point_count()), (3, 3, 7));
}
