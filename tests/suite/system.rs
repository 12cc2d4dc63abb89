//! Elements, cells, observables and initial velocities.

use cormorant::noise::{Consumer, Noise};
use cormorant::system::observables::{
    angular_momentum, degrees_of_freedom, kinetic_energy, momentum, pressure_tensor, temperature,
};
use cormorant::system::vector::{difference, norm, plus, times};
use cormorant::system::{Cell, Element, Removed, System, velocities};
use cormorant::units::BOLTZMANN;
use proptest::prelude::*;

const BOTH: Removed = Removed { translation: true, rotation: true };

fn element(symbol: &str) -> Element {
    Element::from_symbol(symbol).unwrap()
}

fn system(symbols: &[&str], positions: &[[f64; 3]], cell: Option<Cell>) -> System {
    System::new(symbols.iter().map(|symbol| element(symbol)).collect(), positions.to_vec(), cell).unwrap()
}

fn random_molecule(seed: u64, atoms: usize) -> System {
    let mut stream = Noise::new(seed).stream(Consumer::Test, 0, 0);
    let symbols: Vec<&str> = (0..atoms).map(|atom| ["C", "H", "O", "N"][atom % 4]).collect();
    let positions: Vec<[f64; 3]> = (0..atoms).map(|_| stream.normal_vector().map(|x| 40.0 + 3.0 * x)).collect();
    system(&symbols, &positions, None)
}

#[test]
fn elements_know_themselves() {
    // Catches a table with a row lost: every later element would be its neighbor.
    for (symbol, number, mass) in [
        ("H", 1, 1.008),
        ("C", 6, 12.011),
        ("Ar", 18, 39.95),
        ("Fe", 26, 55.845),
        ("Xe", 54, 131.29),
        ("Pb", 82, 207.2),
    ] {
        let found = element(symbol);
        assert_eq!((found.number(), found.mass()), (number, mass));
        assert_eq!(Element::from_number(number), Some(found));
    }
    assert_eq!(Element::all().count(), 118);
    assert_eq!(Element::all().last().unwrap().symbol(), "Og");
    // Masses grow but for the five famous inversions and the elements that have no stable isotope.
    let inversions = Element::all().zip(Element::all().skip(1)).take(82).filter(|(a, b)| a.mass() > b.mass());
    let names: Vec<&str> = inversions.map(|(a, _)| a.symbol()).collect();
    assert_eq!(names, ["Ar", "Co", "Te"]);
    assert!(Element::all().all(|element| (0.2..3.0).contains(&element.covalent_radius())));
    assert_eq!(element("cl").symbol(), "Cl");
    assert!(Element::from_symbol("Qq").unwrap_err().to_string().contains("\"Qq\" is not a chemical element"));
    assert_eq!((Element::from_number(0), Element::from_number(119)), (None, None));
}

#[test]
fn systems_refuse_nonsense() {
    // Catches a run that starts from a broken structure.
    assert!(System::new(vec![], vec![], None).is_err());
    assert!(System::new(vec![element("H")], vec![], None).is_err());
    assert!(System::new(vec![element("H")], vec![[0.0, f64::NAN, 0.0]], None).is_err());
}

#[test]
fn cells_refuse_nonsense() {
    // Catches division by a volume of zero.
    assert!(Cell::new([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]).is_err());
    assert!(Cell::new([[f64::NAN, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).is_err());
    assert!(Cell::cubic(0.0).is_err() && Cell::cubic(-0.0).is_err() && Cell::cubic(1.0e9).is_err());
    assert!(Cell::from_lengths_and_angles([5.0; 3], [90.0, 90.0, 180.0]).is_err());
    assert!(Cell::from_lengths_and_angles([5.0; 3], [20.0, 20.0, 170.0]).is_err());
    assert!(Cell::from_lengths_and_angles([5.0; 3], [90.0, f64::NAN, 90.0]).is_err());
    assert_eq!(Cell::from_lengths_and_angles([5.0; 3], [90.0; 3]).unwrap(), Cell::cubic(5.0).unwrap());
}

fn cells() -> impl Strategy<Value = Cell> {
    prop::array::uniform9(-6.0..6.0_f64).prop_filter_map("flat", |numbers| {
        let rows = [0, 1, 2].map(|k| [numbers[3 * k], numbers[3 * k + 1], numbers[3 * k + 2]]);
        Cell::new(rows).ok().filter(|cell| cell.measure() > 0.05 * cell.lengths().iter().product::<f64>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cells_are_consistent(cell in cells(), position in prop::array::uniform3(-50.0..50.0_f64)) {
        // Catches a transposed inverse, heights of the wrong faces, wrapping by the wrong vectors.
        let back = cell.cartesian(cell.fractional(position));
        prop_assert!(norm(difference(back, position)) < 1.0e-10);
        let wrapped = cell.wrap(position);
        prop_assert!(cell.fractional(wrapped).iter().all(|x| (-1.0e-9..1.0 + 1.0e-9).contains(x)));
        let image = cell.image(position).map(f64::from);
        prop_assert!(norm(difference(plus(wrapped, 1.0, cell.cartesian(image)), position)) < 1.0e-10);
        let same = Cell::from_lengths_and_angles(cell.lengths(), cell.angles()).unwrap();
        prop_assert!((same.measure() / cell.measure() - 1.0).abs() < 1.0e-9);
        for k in 0..3 {
            let face = norm(cormorant::system::vector::cross(cell.rows()[(k + 1) % 3], cell.rows()[(k + 2) % 3]));
            prop_assert!((cell.heights()[k] - cell.measure() / face).abs() < 1.0e-9);
        }
        let stretched = cell.deformed(&[[2.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]).unwrap();
        prop_assert!((stretched.measure() / cell.measure() - 2.0).abs() < 1.0e-9);
    }

    #[test]
    fn nearest_images_are_nearest(cell in cells(), vector in prop::array::uniform3(-20.0..20.0_f64)) {
        // Catches rounding of fractions taken for the nearest image, which is wrong in skewed cells.
        let found = norm(cell.nearest_image(vector));
        let home = cell.fractional(vector).map(f64::round);
        let mut best = f64::INFINITY;
        for i in -12..=12 {
            for j in -12..=12 {
                for k in -12..=12 {
                    let shift = cell.cartesian([f64::from(i) - home[0], f64::from(j) - home[1], f64::from(k) - home[2]]);
                    best = best.min(norm(plus(vector, 1.0, shift)));
                }
            }
        }
        prop_assert!(found <= best + 1.0e-9, "{found} for {best}");
        let apart = cell.fractional(difference(cell.nearest_image(vector), vector));
        prop_assert!(apart.iter().all(|x| (x - x.round()).abs() < 1.0e-9));
    }
}

#[test]
fn degrees_of_freedom_are_counted_once() {
    // Catches linear molecules, single atoms and crystals counted as molecules.
    let water = system(&["O", "H", "H"], &[[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], None);
    assert_eq!(degrees_of_freedom(&water, Removed::default()), 9);
    assert_eq!(degrees_of_freedom(&water, BOTH), 3);
    let dioxide = system(&["O", "C", "O"], &[[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], None);
    assert_eq!(degrees_of_freedom(&dioxide, BOTH), 4);
    let atom = system(&["Ar"], &[[5.0; 3]], None);
    assert_eq!(degrees_of_freedom(&atom, BOTH), 0);
    assert_eq!(temperature(&atom, 0), 0.0);
    assert_eq!(degrees_of_freedom(&water, Removed { translation: true, rotation: false }), 6);
}

#[test]
fn drawn_velocities_have_exactly_the_temperature_and_no_overall_motion() {
    // Catches a temperature from 3N, translation put back by the removal of rotation, and momenta scaled before removal.
    for atoms in [1, 2, 3, 9, 60] {
        for removed in [Removed::default(), BOTH, Removed { translation: true, rotation: false }] {
            let mut drawn = random_molecule(atoms as u64, atoms);
            velocities::draw(&mut drawn, 300.0, removed, &Noise::new(1)).unwrap();
            let freedom = degrees_of_freedom(&drawn, removed);
            let expected = if freedom == 0 { 0.0 } else { 300.0 };
            assert!((temperature(&drawn, freedom) - expected).abs() < 1.0e-10, "{atoms} atoms");
            let scale = drawn.momenta.iter().map(|p| norm(*p)).fold(0.1, f64::max);
            if removed.translation {
                assert!(norm(momentum(&drawn)) < 1.0e-12 * scale, "{atoms} atoms move");
            }
            if removed.rotation {
                assert!(norm(angular_momentum(&drawn)) < 1.0e-10 * scale, "{atoms} atoms rotate");
            }
        }
    }
    let mut linear = system(&["O", "C", "O"], &[[1.0, 2.0, 3.0], [2.0, 3.0, 4.0], [3.0, 4.0, 5.0]], None);
    velocities::draw(&mut linear, 300.0, BOTH, &Noise::new(1)).unwrap();
    assert!(norm(angular_momentum(&linear)) < 1.0e-12);
    assert!((temperature(&linear, 4) - 300.0).abs() < 1.0e-10);
    let mut crystal = system(&["Ar"], &[[0.0; 3]], Some(Cell::cubic(5.0).unwrap()));
    let refused = velocities::draw(&mut crystal, 300.0, BOTH, &Noise::new(1));
    assert!(refused.unwrap_err().to_string().contains("periodic"));
    assert!(velocities::draw(&mut linear, -1.0, BOTH, &Noise::new(1)).is_err());
    assert!(velocities::draw(&mut linear, f64::NAN, BOTH, &Noise::new(1)).is_err());
    velocities::draw(&mut linear, 0.0, BOTH, &Noise::new(1)).unwrap();
    assert_eq!(kinetic_energy(&linear), 0.0);
}

#[test]
fn drawn_velocities_are_maxwell_boltzmann() {
    // Catches widths that go with m instead of √m: light atoms would be too cold and heavy ones too hot. In sigmas.
    let repeats = 4000_u32;
    let mut sums = [0.0; 4];
    for seed in 0..repeats {
        let mut drawn = random_molecule(7, 4);
        velocities::draw(&mut drawn, 500.0, Removed::default(), &Noise::new(u64::from(seed))).unwrap();
        for atom in 0..4 {
            let square: f64 = drawn.momenta[atom].iter().map(|p| p * p).sum();
            sums[atom] += square / drawn.masses[atom] / (BOLTZMANN * 500.0);
        }
    }
    // With the total fixed to 12, each share is 12 times a beta variable with shapes 3/2 and 9/2: mean 3, variance 27/7.
    for sum in sums {
        let sigmas = (sum / f64::from(repeats) - 3.0) / (27.0 / 7.0 / f64::from(repeats)).sqrt();
        assert!(sigmas.abs() < 5.0, "{sigmas} sigmas");
    }
}

#[test]
fn velocities_of_an_atom_do_not_depend_on_the_others() {
    // Catches one stream for all atoms: adding an atom would change every run.
    let none = Removed::default();
    let draw = |atoms: usize| {
        let mut drawn = random_molecule(7, atoms);
        let width = 300.0;
        velocities::draw(&mut drawn, width, none, &Noise::new(3)).unwrap();
        drawn.momenta.iter().map(|p| p.map(|x| x / norm(drawn.momenta[0]))).collect::<Vec<_>>()
    };
    let (few, many) = (draw(5), draw(9));
    for atom in 0..5 {
        assert!(norm(difference(few[atom], many[atom])) < 1.0e-12);
    }
}

#[test]
fn pressure_of_an_ideal_gas_is_that_of_boltzmann() {
    // Catches a factor of two in the kinetic part: p V = N kB T.
    let mut gas = random_molecule(5, 500);
    gas.cell = Some(Cell::cubic(50.0).unwrap());
    velocities::draw(&mut gas, 300.0, Removed::default(), &Noise::new(2)).unwrap();
    let tensor = pressure_tensor(&gas, &vec![[0.0; 3]; gas.atom_count()], &[[0.0; 3]; 3]).unwrap();
    let pressure = (tensor[0][0] + tensor[1][1] + tensor[2][2]) / 3.0;
    assert!((pressure * 50.0_f64.powi(3) / (500.0 * BOLTZMANN * 300.0) - 1.0).abs() < 1.0e-12);
    assert!(pressure_tensor(&random_molecule(5, 3), &[[0.0; 3]; 5], &[[0.0; 3]; 3]).is_none());
    let turned = times([1.0, 0.0, 0.0], &[[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    assert_eq!(turned, [0.0, 1.0, 0.0]);
}
