//! Elastic constants.

use std::path::Path;

use cormorant::dynamics::ForceEvaluator;
use cormorant::elastic::{ElasticConstants, Settings};
use cormorant::minimize::LimitedMemory;
use cormorant::potential::{LennardJones, Potential, StillingerWeber, Truncation};
use cormorant::system::vector::times;
use cormorant::system::{Cell, Element, System};
use cormorant::units::GIGAPASCAL;

const SETTINGS: Settings =
    Settings { strain: 0.002, force_tolerance: 1.0e-6, stress_tolerance: 1.0e-4 * GIGAPASCAL, most_evaluations: 2000 };

fn crystal(symbol: &str, edge: f64, sites: &[[f64; 3]], turn: f64) -> System {
    let gradient = [[turn.cos(), turn.sin(), 0.0], [-turn.sin(), turn.cos(), 0.0], [0.0, 0.0, 1.0]];
    let positions: Vec<_> = sites.iter().map(|site| times(site.map(|x| x * edge), &gradient)).collect();
    let cell = Cell::cubic(edge).unwrap().deformed(&gradient).unwrap();
    System::new(vec![Element::from_symbol(symbol).unwrap(); sites.len()], positions, Some(cell)).unwrap()
}

const FACES: [[f64; 3]; 4] = [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];

fn silicon(turn: f64) -> System {
    let sites: Vec<_> = FACES.iter().flat_map(|site| [*site, site.map(|x| x + 0.25)]).collect();
    crystal("Si", 5.5, &sites, turn)
}

fn constants(mut system: System, potential: Box<dyn Potential>) -> ElasticConstants {
    let mut field = ForceEvaluator::new(potential, &system).unwrap();
    ElasticConstants::new(&mut system, &mut field, &LimitedMemory::default(), &SETTINGS).unwrap()
}

// Catches: shear strain for the change of the angle (a factor of two in C44), atoms that do not follow the strain (C44 would be
// 117 GPa), a cell that is not relaxed. Cowley 1988, doi:10.1103/PhysRevLett.60.2379: 151.4, 76.4 and 56.4 GPa at 5.431 Å.
#[test]
fn stillinger_weber_silicon_has_the_published_constants() {
    let found = constants(silicon(0.0), Box::new(StillingerWeber::silicon().unwrap()));
    for length in found.cell.lengths() {
        assert!((length - 5.431).abs() < 0.001, "{length} Å");
    }
    let gpa = |value: f64| value / GIGAPASCAL;
    for (name, value, published) in
        [("C11", found.c11(), 151.4), ("C12", found.c12(), 76.4), ("C44", found.c44(), 56.4)]
    {
        assert!((gpa(value) - published).abs() < 0.3, "{name} = {} GPa for {published}", gpa(value));
    }
    assert!((gpa(found.bulk_modulus()) - 101.4).abs() < 0.3);
    assert!(gpa(found.asymmetry) < 0.05, "{} GPa", gpa(found.asymmetry));
    assert!((found.energy / 8.0 + 4.3364).abs() < 1e-4);
    for row in 0..3 {
        for column in 3..6 {
            assert!(gpa(found.stiffness[row][column]).abs() < 0.05, "a cubic crystal couples no shear to stretch");
        }
    }
}

// Catches: axes of the tensor mixed up. Turned by 45° about z, C11' = (C11 + C12)/2 + C44 and C66' = (C11 − C12)/2.
#[test]
fn a_turned_crystal_has_turned_constants() {
    let turn = std::f64::consts::FRAC_PI_4;
    let straight = constants(silicon(0.0), Box::new(StillingerWeber::silicon().unwrap()));
    let turned = constants(silicon(turn), Box::new(StillingerWeber::silicon().unwrap())).stiffness;
    let (c11, c12, c44) = (straight.c11(), straight.c12(), straight.c44());
    let expected = [(0, 0, f64::midpoint(c11, c12) + c44), (5, 5, f64::midpoint(c11, -c12)), (2, 2, c11), (3, 3, c44)];
    for (row, column, expected) in expected {
        let found = turned[row][column];
        assert!((found / expected - 1.0).abs() < 2e-3, "C{}{}: {found} for {expected} eV/Å³", row + 1, column + 1);
    }
}

// Catches: a pressure that is not zero, or strain of the second order in the stress: for central forces C12 = C44 (Cauchy).
#[test]
fn central_forces_obey_cauchy() {
    let argon = Element::from_symbol("Ar").unwrap();
    let potential = LennardJones::new(9.0, Truncation::Switched { from: 7.0 }).unwrap();
    let potential = potential.with(argon, argon, 0.0103, 3.4).unwrap();
    let found = constants(crystal("Ar", 5.3, &FACES, 0.0), Box::new(potential));
    assert!((found.c12() / found.c44() - 1.0).abs() < 1e-3, "{} and {} eV/Å³", found.c12(), found.c44());
}

/// What `cormorant elastic` prints as JSON for an input of the project.
fn printed(input: &str) -> serde_json::Value {
    let output = crate::cli::cormorant(Path::new(env!("CARGO_MANIFEST_DIR")), &["elastic", input, "--json"]);
    assert!(output.status.success(), "{}", crate::cli::text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

// Catches: a command that does not know its input, or prints eV/Å³ for GPa; no message for what is no crystal.
#[test]
fn the_command_prints_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = printed("inputs/elastic-silicon.toml");
    assert!((found["c11_gpa"].as_f64().unwrap() - 151.4).abs() < 0.3, "{found}");
    assert!((found["lengths_angstrom"][0].as_f64().unwrap() - 5.431).abs() < 0.001, "{found}");
    let output = crate::cli::cormorant(root, &["elastic", "inputs/elastic-silicon.toml"]);
    let text = crate::cli::text(&output.stdout);
    assert!(text.contains("C44 56.") && text.contains("Si8 (8 atoms)"), "{text}");
    let output = crate::cli::cormorant(root, &["elastic", "inputs/simulate-ethanol-nve.toml"]);
    assert!(crate::cli::text(&output.stderr).contains("is the input of a simulation; use cormorant run"));
    let output = crate::cli::cormorant(root, &["run", "inputs/elastic-silicon.toml"]);
    assert!(crate::cli::text(&output.stderr).contains("cormorant elastic"), "{}", crate::cli::text(&output.stderr));
}

// Catches: a model fitted without stress, or with stress of the wrong sign, unit or volume: its crystal has another lattice
// constant or other stiffness than its theory (PBE, doi:10.1038/s41524-024-01390-8, table 2). No elastic constant was fitted.
#[test]
fn fitted_silicon_has_the_constants_of_its_theory() {
    let found = printed("inputs/elastic-silicon-fitted.toml");
    assert!((found["lengths_angstrom"][0].as_f64().unwrap() - 5.469).abs() < 0.01, "{found}");
    for (name, theory) in [("c11_gpa", 153.1), ("c12_gpa", 57.0), ("c44_gpa", 74.3)] {
        let value = found[name].as_f64().unwrap();
        assert!((value / theory - 1.0).abs() < 0.05, "{name} is {value} for {theory}");
    }
}

// Catches: Voigt's average in place of −V dP/dV: of a layered crystal, whose compliance is that of springs in series, 1/K = Σ S.
#[test]
fn the_bulk_modulus_is_that_of_a_pressure() {
    let mut stiffness = [[0.0; 6]; 6];
    for (axis, value) in [10.0, 10.0, 1.0].into_iter().enumerate() {
        stiffness[axis][axis] = value;
        stiffness[axis + 3][axis + 3] = 1.0;
    }
    let found = ElasticConstants { cell: Cell::cubic(4.0).unwrap(), energy: 0.0, stiffness, asymmetry: 0.0 };
    assert!((found.bulk_modulus() - 1.0 / 1.2).abs() < 1e-12, "{}", found.bulk_modulus());
    assert!(!found.is_cubic());
    let silicon = constants(silicon(0.0), Box::new(StillingerWeber::silicon().unwrap()));
    let cubic = (silicon.c11() + 2.0 * silicon.c12()) / 3.0;
    assert!(silicon.is_cubic() && (silicon.bulk_modulus() / cubic - 1.0).abs() < 1e-3);
}
