//! First geometries of structures: the model Hessian, and the methods that draw frames.

use std::path::Path;

use cormorant::analysis::{Internal, InternalKind, Sample, find_internals};
use cormorant::io::read_structure;
use cormorant::learn::sample::{
    Coordinate, ModelHessian, RattleSettings, Site, StrainSettings, ThermalModel, ThermalSettings, TorsionSettings,
    closest_contact, lindh, rattle, rotatable_bonds, strain, thermal, torsions,
};
use cormorant::noise::Noise;
use cormorant::system::vector::{cross, difference, norm, plus, times};
use cormorant::system::{BondedPair, Element, System, find_bonds};
use cormorant::units::{BOHR, BOLTZMANN, INVERSE_CENTIMETER, REDUCED_PLANCK};
use cormorant::vibrations::{Hessian, Mode, NormalModes};
use nalgebra::{DMatrix, Rotation3, SymmetricEigen};

fn structure(name: &str) -> System {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs/structures").join(name);
    read_structure(&path, None).unwrap()
}

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn value(internal: &Internal, system: &System) -> f64 {
    internal.value(&Sample { system, timed: false, unitless: false, moving: false, dipole: None, frame: 0 }).unwrap()
}

/// A little away from every symmetry.
fn shaken(system: &System, seed: u64) -> System {
    rattle(system, &RattleSettings { amplitude: 0.05, shortest: 0.5 }, 1, &Noise::new(seed)).unwrap().systems.remove(0)
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / (values.len() - 1) as f64).sqrt())
}

/// Catches: a mistyped parameter, rows of the periodic table mixed up, bohr taken for Å, hartree for eV.
#[test]
fn the_parameters_are_those_of_the_paper() {
    // Lindh and others 1995, table 1: r_ref in bohr and α in 1/bohr² by rows.
    let table = [
        ("H", "H", 1.35, 1.0),
        ("H", "C", 2.10, 0.3949),
        ("H", "Cl", 2.53, 0.3949),
        ("O", "N", 2.87, 0.28),
        ("C", "S", 3.40, 0.28),
        ("Si", "P", 3.40, 0.28),
        ("Br", "F", 3.40, 0.28),
        ("He", "Ne", 2.10, 0.3949),
    ];
    for (first, second, reference, alpha) in table {
        for pair in [[first, second], [second, first]] {
            let [one, other] = pair.map(element);
            assert!((lindh::decay(one, other, reference * BOHR) - 1.0).abs() < 1e-12, "{pair:?}");
            let farther = (reference * reference + 1.0_f64).sqrt() * BOHR;
            assert!((-lindh::decay(one, other, farther).ln() - alpha).abs() < 1e-12, "{pair:?}");
        }
    }
    // 0.45 hartree/bohr², 0.15 and 0.005 hartree by the definitions of both units.
    let (hartree, bohr) = (27.211_386_246, 0.529_177_211);
    assert!((lindh::STRETCH / (0.45 * hartree / bohr / bohr) - 1.0).abs() < 1e-8);
    assert!(
        (lindh::BEND / (0.15 * hartree) - 1.0).abs() < 1e-8 && (lindh::TORSION / (0.005 * hartree) - 1.0).abs() < 1e-8
    );
}

/// Catches: a wrong derivative of a distance, an angle, a bend of a straight line or a dihedral angle, and a dihedral of the wrong sign.
#[test]
fn derivatives_of_coordinates_are_those_of_differences() {
    let mut system = shaken(&structure("ethanol.xyz"), 3);
    let site = |atom: usize| Site { atom, shift: if atom == 2 { [0.1, -0.2, 0.3] } else { [0.0; 3] } };
    let axis = [0.6, 0.0, 0.8];
    let all = [
        Coordinate::Stretch([0, 2].map(site)),
        Coordinate::Bend([0, 1, 2].map(site)),
        Coordinate::LinearBend([0, 1, 2].map(site), axis),
        Coordinate::Torsion([0, 1, 2, 3].map(site)),
        Coordinate::Torsion([4, 0, 1, 7].map(site)),
    ];
    for coordinate in all {
        let (_, slopes) = coordinate.evaluate(&system.positions);
        for (place, site) in coordinate.sites().to_vec().iter().enumerate() {
            for axis in 0..3 {
                let mut at = |step: f64| {
                    system.positions[site.atom][axis] += step;
                    let value = coordinate.evaluate(&system.positions).0;
                    system.positions[site.atom][axis] -= step;
                    value
                };
                let found = coordinate.change(at(1e-5), at(-1e-5)) / 2e-5;
                assert!(
                    (found - slopes[place][axis]).abs() < 1e-7,
                    "{coordinate:?} site {place} axis {axis}: {found} {slopes:?}"
                );
            }
        }
    }
    let plain = |atom: usize| Site { atom, shift: [0.0; 3] };
    let dihedral = Coordinate::Torsion([4, 0, 1, 7].map(plain)).evaluate(&system.positions).0.to_degrees();
    assert!((dihedral - value(&Internal::Dihedral([4, 0, 1, 7]), &system)).abs() < 1e-9);
}

/// Catches: a Hessian that is not that of its energy, that resists overall motion, or that depends on the orientation.
#[test]
fn the_model_hessian_is_invariant() {
    let system = shaken(&structure("ethanol.xyz"), 5);
    let hessian = ModelHessian::new(&system).unwrap();
    let largest = hessian.matrix().amax();
    let mut eigenvalues: Vec<f64> = SymmetricEigen::new(hessian.matrix().clone()).eigenvalues.iter().copied().collect();
    eigenvalues.sort_by(f64::total_cmp);
    assert!(eigenvalues[..6].iter().all(|value| value.abs() < 1e-11 * largest), "{eigenvalues:?}");
    assert!(eigenvalues[6] > 1e-3, "{eigenvalues:?}");
    let energy = |moves: &[(usize, f64)]| {
        let mut positions = system.positions.clone();
        for (at, step) in moves {
            positions.as_flattened_mut()[*at] += step;
        }
        hessian.energy(&positions)
    };
    let h = 1e-3;
    for (a, b) in [(0, 0), (4, 4), (8, 10), (2, 19), (14, 1)] {
        let second = (energy(&[(a, h), (b, h)]) - energy(&[(a, h), (b, -h)]) - energy(&[(a, -h), (b, h)])
            + energy(&[(a, -h), (b, -h)]))
            / (4.0 * h * h);
        let exact = hessian.matrix()[(a, b)];
        assert!((second - exact).abs() < 1e-4 * largest, "{a} {b}: {second} {exact}");
    }
    let rotation = Rotation3::from_euler_angles(0.4, -1.1, 2.3);
    let mut other = system.clone();
    other.positions.iter_mut().for_each(|r| *r = (rotation * nalgebra::Vector3::from(*r)).into());
    let turn = DMatrix::from_fn(27, 27, |a, b| if a / 3 == b / 3 { rotation.matrix()[(a % 3, b % 3)] } else { 0.0 });
    let expected = &turn * hessian.matrix() * turn.transpose();
    assert!((ModelHessian::new(&other).unwrap().matrix() - expected).amax() < 1e-10 * largest);
}

/// Catches: a straight angle without a bend, or with one that is infinitely stiff.
#[test]
fn carbon_dioxide_bends_in_two_ways() {
    let positions = vec![[0.0, 0.0, -1.16], [0.0; 3], [0.0, 0.0, 1.16]];
    let system = System::new(["O", "C", "O"].map(element).to_vec(), positions, None).unwrap();
    let hessian = Hessian::from_matrix(ModelHessian::new(&system).unwrap().matrix().clone());
    let found = NormalModes::new(&system, &hessian).unwrap().wavenumbers();
    assert_eq!(found.len(), 4, "{found:?}");
    // ω² = f Σ_i |∂δ/∂r_i|²/m_i with slopes of 1/l at the ends and 2/l in the middle.
    let stiffness = lindh::bend(lindh::decay(element("C"), element("O"), 1.16).powi(2)) / (1.16 * 1.16);
    let squared = stiffness * (2.0 / system.masses[0] + 4.0 / system.masses[1]);
    let expected = squared.sqrt() * REDUCED_PLANCK / INVERSE_CENTIMETER;
    let bends = found.iter().filter(|wavenumber| (**wavenumber / expected - 1.0).abs() < 1e-9).count();
    assert_eq!(bends, 2, "{found:?}, expected twice {expected}");
}

/// Catches: a carbon atom that leaves the plane of its neighbors for next to nothing (283 cm⁻¹ without a term of its own).
#[test]
fn formaldehyde_stays_in_its_plane() {
    let positions = vec![[0.0, 0.0, 0.0], [0.0, 0.0, 1.21], [0.0, 0.94, -0.59], [0.0, -0.94, -0.59]];
    let system = System::new(["C", "O", "H", "H"].map(element).to_vec(), positions, None).unwrap();
    let hessian = Hessian::from_matrix(ModelHessian::new(&system).unwrap().matrix().clone());
    let found = NormalModes::new(&system, &hessian).unwrap();
    let across = |mode: &Mode| mode.displacements.iter().map(|vector| vector[0] * vector[0]).sum::<f64>();
    let wag = found.modes.iter().find(|mode| across(mode) > 0.99).unwrap();
    // Measured: 1167 cm⁻¹.
    assert!((800.0..1300.0).contains(&wag.wavenumber), "{:?}", found.wavenumbers());
}

/// Catches: amplitudes that are not those of the temperature (a factor 2, frequencies for their squares, masses forgotten), for all
/// modes together and for how they vary from frame to frame.
#[test]
fn the_mean_energy_is_half_kt_for_each_mode() {
    let system = structure("ethanol.xyz");
    for (temperature, allowed) in [(20.0, 0.0), (500.0, 0.05)] {
        let model = ThermalModel::new(&system, &ThermalSettings::at(temperature)).unwrap();
        assert_eq!(model.harmonic().count(), 21);
        let frames = model.draw(400, &Noise::new(1)).unwrap().systems;
        let shares: Vec<f64> = frames.iter().map(|frame| model.share(frame)).collect();
        let (mean, deviation) = mean_and_deviation(&shares);
        let error = deviation / 20.0;
        assert!((mean - 1.0).abs() < 4.0 * error + allowed, "{temperature} K: {mean} ± {error}");
        // χ² of 21 modes: the relative deviation is √(2/21) = 0.309, known to 1/√800.
        assert!((deviation / 0.309 - 1.0).abs() < 0.15, "{temperature} K: {deviation}");
    }
}

/// Catches: linear Cartesian displacements, in which a turn about a bond by 70 degrees stretches the bonds that it turns by half.
#[test]
fn large_turns_do_not_stretch_bonds() {
    let system = structure("ethanol.xyz");
    let axis = difference(system.positions[0], system.positions[1]);
    let axis = axis.map(|x| x / norm(axis));
    let mut displacement = vec![[0.0; 3]; 9];
    for atom in [4, 5, 6] {
        displacement[atom] = cross(axis, difference(system.positions[atom], system.positions[0])).map(|x| 1.2 * x);
    }
    let positions = ModelHessian::new(&system).unwrap().displaced(&displacement).unwrap();
    let turned = System { positions, ..system.clone() };
    for bond in find_internals(&system, InternalKind::Bonds).unwrap() {
        let change = value(&bond, &turned) - value(&bond, &system);
        assert!(change.abs() < 2e-3, "{bond:?} changes by {change} Å");
    }
    for atom in [4, 5, 6] {
        let dihedral = Internal::Dihedral([atom, 0, 1, 2]);
        let change = (value(&dihedral, &turned) - value(&dihedral, &system)).rem_euclid(360.0);
        let change = change.min(360.0 - change).to_radians();
        // Distances that are not bonds change with the turn, too, and hold a little against it.
        assert!((change - 1.2).abs() < 0.1, "{change}");
    }
}

/// Catches: C-H bonds that are wider than their temperature because torsions move them.
#[test]
fn carbon_hydrogen_bonds_keep_their_thermal_spread() {
    let system = structure("ethanol.xyz");
    let temperature = 1000.0;
    let frames = thermal(&system, &ThermalSettings::at(temperature), 400, &Noise::new(2)).unwrap().systems;
    for pair in [[0, 4], [0, 5], [1, 7], [1, 8]] {
        let bond = Internal::Distance(pair);
        let rest = value(&bond, &system);
        let changes: Vec<f64> = frames.iter().map(|frame| value(&bond, frame) - rest).collect();
        let (mean, deviation) = mean_and_deviation(&changes);
        let decay = lindh::decay(element("C"), element("H"), rest);
        let stiffness = lindh::stretch(element("C"), element("H"), decay);
        let expected = (BOLTZMANN * temperature / stiffness).sqrt();
        // 400 frames know a deviation to 3.5 %.
        assert!((deviation / expected - 1.0).abs() < 0.14, "{pair:?}: {deviation} Å, expected {expected} Å");
        assert!(mean.abs() < 0.25 * expected, "{pair:?}: longer by {mean} Å");
    }
    let dihedral = Internal::Dihedral([0, 1, 2, 3]);
    let angles: Vec<f64> = frames.iter().map(|frame| value(&dihedral, frame).rem_euclid(360.0)).collect();
    let (_, deviation) = mean_and_deviation(&angles);
    assert!(deviation > 10.0, "torsions hardly move, by {deviation} degrees: this test shows nothing");
}

/// Catches: frames with atoms on each other, an amplitude that is not the standard deviation, and an endless search.
#[test]
fn rattled_atoms_keep_their_distance() {
    let system = structure("ethanol.xyz");
    let noise = Noise::new(7);
    let settings = RattleSettings { amplitude: 0.1, shortest: 0.85 };
    let found = rattle(&system, &settings, 50, &noise).unwrap();
    assert!(found.systems.len() == 50 && found.refused > 20, "{} refused", found.refused);
    for frame in &found.systems {
        // Every pair, not by the function that the program uses.
        for first in 0..9 {
            for second in 0..first {
                let radii = [first, second].map(|atom| system.elements[atom].covalent_radius()).iter().sum::<f64>();
                assert!(norm(difference(frame.positions[first], frame.positions[second])) >= 0.85 * radii);
            }
        }
    }
    let free = rattle(&system, &RattleSettings { amplitude: 0.03, shortest: 0.5 }, 200, &noise).unwrap();
    assert_eq!(free.refused, 0);
    let moves = |frame: &System| -> Vec<f64> {
        let pairs = frame.positions.as_flattened().iter().zip(system.positions.as_flattened());
        pairs.map(|(moved, rest)| moved - rest).collect()
    };
    let moves: Vec<f64> = free.systems.iter().flat_map(moves).collect();
    // 5400 numbers know a deviation to 1 %.
    let (mean, deviation) = mean_and_deviation(&moves);
    assert!(mean.abs() < 0.002 && (deviation / 0.03 - 1.0).abs() < 0.04, "{mean} {deviation}");
    // One bond in three becomes too short, and water has 128 of them.
    let water = structure("water.xyz");
    let wild = rattle(&water, &RattleSettings { amplitude: 0.3, shortest: 0.8 }, 1, &noise).unwrap_err().to_string();
    assert!(wild.contains("take a smaller amplitude"), "{wild}");
    let near = rattle(&system, &RattleSettings { amplitude: 0.1, shortest: 1.0 }, 1, &noise).unwrap_err().to_string();
    assert!(near.contains("before anything is moved"), "{near}");
}

/// Catches: an end that is deformed as it turns, two bonds that turn at once, the same bond at another angle than it says.
#[test]
fn a_scan_turns_one_bond_and_nothing_else() {
    let system = structure("ethanol.xyz");
    assert_eq!(rotatable_bonds(&system).unwrap(), [[0, 1], [1, 2]]);
    let settings = TorsionSettings { step: 30_f64.to_radians(), bonds: Vec::new(), shortest: 0.7 };
    let scan = torsions(&system, &settings).unwrap();
    assert_eq!((scan.systems.len(), scan.clashes), (22, 0));
    let all = |kind| find_internals(&system, kind).unwrap();
    let stiff = [all(InternalKind::Bonds), all(InternalKind::Angles)].concat();
    for (frame, (bond, angle)) in scan.systems.iter().zip(&scan.turns) {
        for internal in &stiff {
            assert!((value(internal, frame) - value(internal, &system)).abs() < 1e-9, "{internal:?} at {bond:?}");
        }
        for dihedral in all(InternalKind::Dihedrals) {
            let middle = [dihedral.atoms()[1], dihedral.atoms()[2]];
            let expected = if middle == *bond { angle.to_degrees() } else { 0.0 };
            let change = value(&dihedral, frame) - value(&dihedral, &system) - expected;
            assert!((change - 360.0 * (change / 360.0).round()).abs() < 1e-6, "{dihedral:?}: {change} at {bond:?}");
        }
    }
}

/// Catches: rings that are torn, clashes that are written or not counted.
#[test]
fn rings_do_not_turn_and_clashes_are_left_out() {
    let benzene = structure("benzene.xyz");
    let settings = TorsionSettings { step: 10_f64.to_radians(), bonds: Vec::new(), shortest: 0.7 };
    let none = torsions(&benzene, &settings).unwrap_err().to_string();
    assert!(none.contains("no bond that turns"), "{none}");
    let bond = find_bonds(&benzene).unwrap()[0];
    let ring = TorsionSettings { bonds: vec![[bond.first, bond.second]], ..settings.clone() };
    let torn = torsions(&benzene, &ring).unwrap_err().to_string();
    assert!(torn.contains("is part of a ring"), "{torn}");
    let aspirin = structure("aspirin.xyz");
    let bonds = find_bonds(&aspirin).unwrap();
    let scan = torsions(&aspirin, &settings).unwrap();
    assert!(scan.clashes > 0, "this test shows nothing");
    assert_eq!(scan.systems.len() + scan.clashes, 35 * scan.bonds.len());
    assert!(scan.systems.iter().all(|frame| find_bonds(frame).unwrap() == bonds));
}

/// Catches: volumes that are those of the lengths, atoms that do not follow the cell, strain across the open side of a slab.
#[test]
fn strained_cells_have_the_volumes_that_were_asked() {
    let settings = StrainSettings { volumes: [0.94, 1.06], largest_strain: 0.03, amplitude: 0.0, shortest: 0.7 };
    for name in ["silicon.xyz", "silicon-slab.xyz"] {
        let system = structure(name);
        let cell = system.cell.unwrap();
        let frames = strain(&system, &settings, 13, &Noise::new(4)).unwrap().systems;
        let mut sheared = 0.0_f64;
        for (place, frame) in frames.iter().enumerate() {
            let strained = frame.cell.unwrap();
            let ratio = strained.measure() / cell.measure();
            assert!((ratio - (0.94 + 0.01 * place as f64)).abs() < 1e-10, "{name} {place}: {ratio}");
            for (moved, rest) in frame.positions.iter().zip(&system.positions) {
                let change = difference(strained.fractional(*moved), cell.fractional(*rest));
                assert!(norm(change) < 1e-9, "{name}: {change:?}");
            }
            let gradient = cell.inverse().map(|row| times(row, &strained.basis()));
            sheared = sheared.max(gradient[0][1].abs());
            assert!((gradient[0][1] - gradient[1][0]).abs() < 1e-9, "{gradient:?}");
        }
        assert!((0.005..0.04).contains(&sheared), "{name}: {sheared}");
    }
    let molecule = strain(&structure("ethanol.xyz"), &settings, 2, &Noise::new(4)).unwrap_err().to_string();
    assert!(molecule.contains("has no cell"), "{molecule}");
}

/// Catches: bonds of molecules that are strained with the cell, molecules across a face of the cell that are torn, centers that do not follow.
#[test]
fn strain_moves_molecules_as_wholes() {
    let settings = StrainSettings { volumes: [0.9, 1.1], largest_strain: 0.05, amplitude: 0.0, shortest: 0.5 };
    let mut system = structure("water.xyz");
    let cell = system.cell.unwrap();
    system.positions.iter_mut().for_each(|position| *position = cell.wrap(*position));
    let bonds = find_bonds(&system).unwrap();
    assert_eq!(bonds.len() * 3, system.atom_count() * 2);
    assert!(bonds.iter().any(|bond| bond.shift != [0; 3]), "no molecule lies across a face: this test shows less");
    let vector = |frame: &System, bond: &BondedPair| {
        let moved = times(bond.shift.map(f64::from), &frame.cell.unwrap().rows());
        plus(difference(frame.positions[bond.second], frame.positions[bond.first]), 1.0, moved)
    };
    // The center beside the oxygen, whichever end of the bond that is.
    let center = |frame: &System, oxygen: usize| {
        let own = bonds.iter().filter(|bond| bond.first == oxygen || bond.second == oxygen);
        let arms = own.map(|bond| {
            let (hydrogen, sign) = if bond.first == oxygen { (bond.second, 1.0) } else { (bond.first, -1.0) };
            (frame.masses[hydrogen] / (frame.masses[oxygen] + 2.0 * frame.masses[hydrogen]), sign, vector(frame, bond))
        });
        arms.fold(frame.positions[oxygen], |sum, (share, sign, arm)| plus(sum, share * sign, arm))
    };
    for frame in &strain(&system, &settings, 5, &Noise::new(4)).unwrap().systems {
        for bond in &bonds {
            let change = norm(difference(vector(frame, bond), vector(&system, bond)));
            assert!(change < 1e-9, "a bond changes by {change} Å");
        }
        let oxygens = (0..system.atom_count()).filter(|atom| system.elements[*atom] == element("O"));
        for oxygen in oxygens {
            let fraction = |frame: &System| frame.cell.unwrap().fractional(center(frame, oxygen));
            let change = difference(fraction(frame), fraction(&system));
            assert!(norm(change) < 1e-9, "{oxygen}: {change:?}");
        }
    }
}

/// Catches: numbers from anywhere but the seed, structures of which each gets the displacements of the one before, and frames that
/// depend on how many there are.
#[test]
fn the_same_seed_gives_the_same_bits() {
    let system = structure("ethanol.xyz");
    let settings = ThermalSettings::at(500.0);
    let draw = |count: usize, seed: u64| thermal(&system, &settings, count, &Noise::new(seed)).unwrap().systems;
    assert_eq!(draw(5, 1), draw(5, 1));
    assert_eq!(draw(5, 1)[..3], draw(3, 1));
    assert_ne!(draw(3, 1), draw(3, 2));
    assert!(closest_contact(&draw(1, 1)[0]).unwrap().unwrap().ratio > 0.7);
}

/// Catches: thermal frames in which soft modes push atoms of different groups into each other.
#[test]
fn thermal_frames_have_the_bonds_of_the_structure() {
    let system = structure("aspirin.xyz");
    let bonds = find_bonds(&system).unwrap();
    let found = thermal(&system, &ThermalSettings::at(1500.0), 200, &Noise::new(1)).unwrap();
    assert!(found.refused > 0, "this test shows nothing");
    for frame in &found.systems {
        assert!(find_bonds(frame).unwrap().iter().all(|bond| bonds.contains(bond)));
    }
}
