//! Slices of the energy of a committee.

use std::path::Path;

use cormorant::Result;
use cormorant::learn::slices::{Slice, SlicePoint, slices};
use cormorant::potential::{Evaluation, LearnedPotential, Potential, Precision, RequestedProperties, StillingerWeber};
use cormorant::system::{Cell, Element, System};

/// Another potential times a factor, plus a constant.
struct Altered {
    of: Box<dyn Potential>,
    factor: f64,
    constant: f64,
}

impl Potential for Altered {
    fn name(&self) -> String {
        "altered".into()
    }
    fn cutoff(&self) -> Option<f64> {
        self.of.cutoff()
    }
    fn accepts(&self, element: Element) -> bool {
        self.of.accepts(element)
    }
    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        self.of.evaluate(system, want, into)?;
        into.energy = self.factor * into.energy + self.constant;
        into.forces.as_flattened_mut().iter_mut().for_each(|force| *force *= self.factor);
        Ok(())
    }
}

fn ethanol() -> System {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    cormorant::io::read_structure(&root.join("inputs/structures/ethanol.xyz"), None).unwrap()
}

/// Members that differ by a factor of 1.5 and a constant of 3 eV.
fn members() -> Result<Vec<Box<dyn Potential>>> {
    let model = cormorant::model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/ethanol"))?;
    let member = || Ok::<_, cormorant::Error>(Box::new(LearnedPotential::new(model.as_ref(), Precision::F64, 1)?));
    Ok(vec![member()?, Box::new(Altered { of: member()?, factor: 1.5, constant: 3.0 })])
}

/// Catches: a spread that counts constants of the members, or is taken over their total energies; turns whose other atoms stay where they
/// were (a rigid methyl group has another barrier); a coordinate of another range than that of the labeled structures.
#[test]
fn a_turn_has_the_barrier_of_its_bond_and_the_spread_of_its_members() {
    let start = ethanol();
    let found = slices(&start, std::slice::from_ref(&start), &members, 300.0).unwrap();
    assert!(found.remarks.is_empty(), "{:?}", found.remarks);
    let names: Vec<&str> = found.slices.iter().map(|slice| slice.name.as_str()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("turn about")).count(), 2, "{names:?}");
    assert_eq!(names.iter().filter(|name| name.starts_with("soft mode")).count(), 2, "{names:?}");
    for point in found.slices.iter().flat_map(|slice| &slice.points) {
        // Energies above the minimum are E and 1.5 E: their mean is 1.25 E, their standard deviation 0.5 E/√2.
        let expected = (0.5 * point.energy / 1.25).abs() / 2.0_f64.sqrt();
        assert!((point.spread.unwrap() - expected).abs() < 1.0e-6, "{point:?}");
        // The gauche conformer is 16 meV lower in this model.
        assert!(point.energy > -0.03, "{point:?}");
    }
    let methyl = found.slices.iter().find(|slice| slice.name == "turn about C1-C2").unwrap();
    assert_eq!((methyl.points.len(), methyl.period), (24, Some(360.0)));
    assert!(methyl.points.windows(2).all(|pair| pair[0].value < pair[1].value));
    // Three barriers of the same height.
    for (here, there) in methyl.points.iter().zip(methyl.points.iter().skip(8)) {
        assert!((there.value - here.value - 120.0).abs() < 1.0e-6);
        assert!((there.energy - here.energy).abs() < 0.01, "{here:?} {there:?}");
    }
    // 1.25 times what the model has; 0.15 eV is the experimental barrier.
    let barrier = methyl.points.iter().map(|point| point.energy).fold(0.0, f64::max) / 1.25;
    assert!((0.1..0.2).contains(&barrier), "{barrier} eV");
    let near = |value: f64| methyl.points.iter().any(|point| (point.value - value).abs() < 20.0);
    assert!(methyl.labeled.len() == 1 && near(methyl.labeled[0]), "{:?}", methyl.labeled);
}

/// Catches: cells whose atoms stay where they were; energies that are not above that of the cell as it is.
#[test]
fn a_cell_is_scaled_with_its_atoms() {
    let silicon = Element::from_symbol("Si").unwrap();
    let edge = 5.431;
    let corners = [[0.0; 3], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]];
    let positions = corners.iter().flat_map(|corner| [0.0, 0.25].map(|shift| corner.map(|x| (x + shift) * edge)));
    let crystal = |edge: f64, positions: Vec<[f64; 3]>| {
        let cell = Cell::new([[edge, 0.0, 0.0], [0.0, edge, 0.0], [0.0, 0.0, edge]]).unwrap();
        System::new(vec![silicon; 8], positions, Some(cell)).unwrap()
    };
    let positions: Vec<[f64; 3]> = positions.collect();
    let start = crystal(edge, positions.clone());
    let make = || Ok(vec![Box::new(StillingerWeber::silicon()?) as Box<dyn Potential>]);
    let found = slices(&start, std::slice::from_ref(&start), &make, 300.0).unwrap();
    assert!(found.remarks.is_empty() && found.slices.len() == 1, "{found:?}");
    let slice = &found.slices[0];
    assert_eq!((slice.points.len(), slice.labeled.as_slice()), (21, [1.0].as_slice()));
    let energy = |ratio: f64| {
        let scale = f64::cbrt(ratio);
        let system = crystal(scale * edge, positions.iter().map(|r| r.map(|x| scale * x)).collect());
        let mut found = Evaluation::default();
        StillingerWeber::silicon().unwrap().evaluate(&system, RequestedProperties::default(), &mut found).unwrap();
        found.energy
    };
    for point in &slice.points {
        assert!((point.energy - (energy(point.value) - energy(1.0))).abs() < 1.0e-9, "{point:?}");
        assert_eq!(point.spread, None);
    }
    assert!((slice.points[0].value - 0.88).abs() < 1.0e-9 && slice.points[0].energy > 0.3);
}

/// Catches: a gap that ends where the turn begins anew, or one that is sought between labeled structures alone.
#[test]
fn the_widest_gap_goes_around() {
    let point = |value: f64| SlicePoint { value, energy: 0.0, spread: None, same_bonds: true };
    let slice = |labeled: &[f64], period: Option<f64>| Slice {
        name: String::new(),
        axis: String::new(),
        points: vec![point(-170.0), point(180.0)],
        labeled: labeled.to_vec(),
        period,
    };
    assert_eq!(slice(&[-90.0, 10.0, 120.0], Some(360.0)).widest_gap(), Some([120.0, 270.0]));
    assert_eq!(slice(&[-90.0, 10.0, 120.0], None).widest_gap(), Some([10.0, 120.0]));
    assert_eq!(slice(&[-10.0, 40.0], None).widest_gap(), Some([-170.0, -10.0]));
    assert_eq!(slice(&[], Some(360.0)).widest_gap(), None);
}
