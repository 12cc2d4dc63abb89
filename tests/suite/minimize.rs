//! Minima that are known.

use cormorant::dynamics::ForceEvaluator;
use cormorant::minimize::{CellFreedom, CellGoal, Fire, Goal, LimitedMemory, Minimizer, Minimum};
use cormorant::noise::{Consumer, Noise};
use cormorant::potential::{LennardJones, Truncation};
use cormorant::system::{Cell, Element, System};
use cormorant::units::GIGAPASCAL;

fn argon() -> Element {
    Element::from_symbol("Ar").expect("an element")
}

fn shaken(mut positions: Vec<[f64; 3]>, by: f64) -> Vec<[f64; 3]> {
    let mut stream = Noise::new(41).stream(Consumer::Test, 0, 0);
    for position in &mut positions {
        let shake = stream.normal_vector();
        *position = [0, 1, 2].map(|axis| position[axis] + by * shake[axis]);
    }
    positions
}

fn minimizers() -> [(&'static str, Box<dyn Minimizer>); 2] {
    [("FIRE", Box::new(Fire::default())), ("L-BFGS", Box::new(LimitedMemory::default()))]
}

fn minimize(minimizer: &dyn Minimizer, system: &mut System, potential: LennardJones, goal: &Goal) -> Minimum {
    let mut field = ForceEvaluator::new(Box::new(potential), system).expect("a field");
    let mut steps = 0;
    let minimum = minimizer
        .minimize(system, &mut field, goal, &mut |_, _, _| {
            steps += 1;
            Ok(())
        })
        .expect("a minimum");
    assert_eq!(steps, minimum.steps);
    assert!(minimum.converged, "{minimum:?}");
    minimum
}

// Catches: a minimizer that stops early or climbs. Thirteen Lennard-Jones atoms: −44.326801 ε (Hoare and Pal 1971).
#[test]
fn thirteen_atoms_become_an_icosahedron() {
    let golden = 0.5 * (1.0 + 5.0_f64.sqrt());
    let mut positions = vec![[0.0; 3]];
    for (a, b) in [(1.0, golden), (1.0, -golden), (-1.0, golden), (-1.0, -golden)] {
        positions.extend([[0.0, a, b], [a, b, 0.0], [b, 0.0, a]]);
    }
    let positions: Vec<_> = positions.into_iter().map(|r| r.map(|x| x * 2.0)).collect();
    let (epsilon, sigma) = (0.01, 3.4);
    let mut evaluations = Vec::new();
    for (name, minimizer) in minimizers() {
        let potential = LennardJones::new(100.0, Truncation::Plain)
            .and_then(|potential| potential.with(argon(), argon(), epsilon, sigma))
            .expect("a potential");
        let mut system = System::new(vec![argon(); 13], shaken(positions.clone(), 0.25), None).expect("a system");
        let goal = Goal { force_tolerance: 1.0e-6, ..Goal::default() };
        let minimum = minimize(minimizer.as_ref(), &mut system, potential, &goal);
        assert!((minimum.energy / epsilon + 44.326_801).abs() < 1e-5, "{name}: {}", minimum.energy / epsilon);
        evaluations.push(minimum.evaluations);
    }
    assert!(evaluations[1] < evaluations[0] / 2, "L-BFGS should need far fewer evaluations: {evaluations:?}");
}

// Catches: a wrong gradient with respect to the cell (a lost transpose, volume or factor), a pressure of the wrong sign.
#[test]
fn cells_reach_their_pressure() {
    for pressure in [0.0, 1.0 * GIGAPASCAL] {
        let mut found = Vec::new();
        for (name, minimizer) in minimizers() {
            let potential = LennardJones::argon(8.0).expect("a potential");
            // An fcc crystal of one oblique cell, sheared and shaken.
            let rows = [[0.3, 5.4, 5.1], [5.3, 0.0, 5.6], [5.2, 5.5, -0.2]];
            let cell = Cell::new(rows).expect("a cell");
            let positions = (0..8)
                .map(|corner| {
                    cell.cartesian([corner & 1, corner >> 1 & 1, corner >> 2].map(|half| f64::from(half) / 2.0))
                })
                .collect();
            let mut system = System::new(vec![argon(); 8], shaken(positions, 0.1), Some(cell)).expect("a system");
            let goal = Goal {
                force_tolerance: 1.0e-6,
                cell: Some(CellGoal { freedom: CellFreedom::Full, pressure, stress_tolerance: 1.0e-6 * GIGAPASCAL }),
                ..Goal::default()
            };
            let minimum = minimize(minimizer.as_ref(), &mut system, potential, &goal);
            let cell = system.cell.expect("a cell");
            let enthalpy = minimum.energy + pressure * cell.measure();
            // Cubic again: all edges of the primitive cell equal, all angles 60°.
            for (length, angle) in cell.lengths().iter().zip(cell.angles()) {
                assert!((length - cell.lengths()[0]).abs() < 1e-3, "{name}: {:?}", cell.lengths());
                assert!((angle - 60.0).abs() < 0.01, "{name}: {:?}", cell.angles());
            }
            found.push((enthalpy, cell.measure()));
        }
        assert!((found[0].0 - found[1].0).abs() < 1e-8, "{found:?}");
        assert!((found[0].1 / found[1].1 - 1.0).abs() < 1e-5, "{found:?}");
        // The enthalpy of the perfect crystal, scanned over its one length, has its minimum there.
        let enthalpy = |edge: f64| {
            let half = edge / 2.0;
            let cell = Cell::new([[0.0, half, half], [half, 0.0, half], [half, half, 0.0]]).expect("a cell");
            let system = System::new(vec![argon()], vec![[0.0; 3]], Some(cell)).expect("a system");
            let field = ForceEvaluator::new(Box::new(LennardJones::argon(8.0).expect("a potential")), &system)
                .expect("a field");
            8.0 * (field.last().energy + pressure * cell.measure())
        };
        let edge = (4.0 * found[1].1 / 8.0).cbrt();
        assert!((enthalpy(edge) - found[1].0).abs() < 1e-8, "{} and {}", enthalpy(edge), found[1].0);
        assert!(enthalpy(edge * 1.001) > enthalpy(edge) && enthalpy(edge * 0.999) > enthalpy(edge));
    }
}

// Catches: a minimizer that never ends, or that calls what it has not reached converged.
#[test]
fn giving_up_is_said() {
    for (name, minimizer) in minimizers() {
        let positions = shaken((0..10).map(|atom| [3.0 * f64::from(atom), 0.0, 0.0]).collect(), 0.3);
        let mut system = System::new(vec![argon(); 10], positions, None).expect("a system");
        let mut field =
            ForceEvaluator::new(Box::new(LennardJones::argon(8.0).expect("a potential")), &system).expect("a field");
        let goal = Goal { force_tolerance: 1.0e-9, most_evaluations: 5, ..Goal::default() };
        let minimum = minimizer.minimize(&mut system, &mut field, &goal, &mut |_, _, _| Ok(())).expect("an end");
        assert!(!minimum.converged && minimum.evaluations <= 20, "{name}: {minimum:?}");
        let goal =
            Goal { cell: Some(CellGoal { freedom: CellFreedom::Full, pressure: 0.0, stress_tolerance: 1.0 }), ..goal };
        assert!(minimizer.minimize(&mut system, &mut field, &goal, &mut |_, _, _| Ok(())).is_err());
    }
}

// Catches: a cell that changes its shape where it may not, or that stops short of what it may reach.
#[test]
fn cells_keep_what_they_may_not_change() {
    let pressure = 0.5 * GIGAPASCAL;
    for (name, minimizer) in minimizers() {
        for freedom in [CellFreedom::Isotropic, CellFreedom::Anisotropic] {
            // A tetragonal crystal with a shear that neither may take out.
            let rows = [[5.6, 0.0, 0.0], [0.3, 5.4, 0.0], [0.0, 0.0, 5.1]];
            let cell = Cell::new(rows).expect("a cell");
            let sites = [[0.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5], [0.0, 0.5, 0.5]];
            let positions = sites.map(|site| cell.cartesian(site)).to_vec();
            let mut system = System::new(vec![argon(); 4], shaken(positions, 0.05), Some(cell)).expect("a system");
            let goal = Goal {
                force_tolerance: 1.0e-5,
                cell: Some(CellGoal { freedom, pressure, stress_tolerance: 1.0e-5 * GIGAPASCAL }),
                ..Goal::default()
            };
            let potential = LennardJones::argon(8.0).expect("a potential");
            minimize(minimizer.as_ref(), &mut system, potential, &goal);
            let mut field = ForceEvaluator::new(Box::new(LennardJones::argon(8.0).expect("a potential")), &system)
                .expect("a field");
            let virial = field.virial(&system).expect("a virial");
            let now = system.cell.expect("a cell");
            let stress = [0, 1, 2].map(|axis| virial[axis][axis] / now.measure() / GIGAPASCAL);
            let factors = [0, 1, 2].map(|axis| now.rows()[axis][axis] / rows[axis][axis]);
            match freedom {
                CellFreedom::Isotropic => {
                    assert!((stress.iter().sum::<f64>() / 3.0 - 0.5).abs() < 2e-5, "{name}: {stress:?} GPa");
                    assert!(factors.iter().all(|factor| (factor / factors[0] - 1.0).abs() < 1e-12), "{name}");
                    assert!((stress[0] - stress[2]).abs() > 0.01, "{name}: the shape has changed: {stress:?} GPa");
                }
                _ => {
                    assert!(stress.iter().all(|stress| (stress - 0.5).abs() < 2e-5), "{name}: {stress:?} GPa");
                    assert!((now.rows()[1][0] / rows[1][0] / factors[0] - 1.0).abs() < 1e-12, "{name}: sheared");
                }
            }
        }
    }
}
