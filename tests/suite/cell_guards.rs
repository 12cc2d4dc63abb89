//! Guards of the cell, and the clock of what follows a run.

use std::sync::{Arc, Mutex};

use cormorant::dynamics::{Baoab, Langevin, MartynaTobiasKlein, Respa, Scaling, VelocityVerlet};
use cormorant::potential::{Evaluation, LennardJones, Potential, RequestedProperties};
use cormorant::simulation::{Action, Guard, Guards, Limit, Simulation, Stage};
use cormorant::system::{Cell, Element, System};
use cormorant::units::{FEMTOSECOND, GIGAPASCAL};

use crate::wells::{Well, crowd};

fn boxed(lengths: [f64; 3]) -> System {
    let argon = Element::from_symbol("Ar").unwrap();
    let cell = Cell::from_lengths_and_angles(lengths, [90.0; 3]).unwrap();
    System::new(vec![argon; 2], vec![[0.0; 3], [4.0, 0.0, 0.0]], Some(cell)).unwrap()
}

/// What the guards find when a cell of this cube becomes one of these lengths, with a cutoff of 5 Å.
fn found(first: f64, lengths: [f64; 3], action: Action) -> cormorant::Result<Vec<Guard>> {
    let mut guards = Guards {
        cell_change: Some(Limit { value: 2.0, action }),
        cell_height: Some(Limit { value: 2.1, action }),
        first_cell: boxed([first; 3]).cell,
        cutoff: Some(5.0),
        ..Guards::default()
    };
    let evaluation = Evaluation { forces: vec![[0.0; 3]; 2], ..Evaluation::default() };
    let fresh = guards.check(&boxed(lengths), &evaluation, 1.0, 100.0)?;
    Ok(fresh.into_iter().map(|finding| finding.guard).collect())
}

// Catches: edges that double or halve, or come near twice the cutoff, without a word; crystals of small cells warned of from the
// start; guards that cannot stop.
#[test]
fn the_cell_is_kept_in_its_range() {
    let warned = |first, lengths| found(first, lengths, Action::Warn).unwrap();
    assert_eq!(warned(20.0, [20.0; 3]), []);
    assert_eq!(warned(20.0, [39.0, 19.0, 12.0]), []);
    assert_eq!(warned(20.0, [41.0, 20.0, 20.0]), [Guard::Cell]);
    assert_eq!(warned(24.0, [24.0, 24.0, 11.5]), [Guard::Cell]);
    assert_eq!(warned(20.0, [20.0, 20.0, 10.4]), [Guard::CellHeight]);
    // It was within the margin at the start: twice the cutoff is what counts.
    assert_eq!(warned(10.3, [10.3, 10.3, 10.1]), []);
    assert_eq!(warned(10.3, [10.3, 10.3, 9.9]), [Guard::CellHeight]);
    assert_eq!(warned(6.0, [6.0, 6.0, 5.5]), []);
    let error = found(20.0, [41.0, 20.0, 20.0], Action::Stop).unwrap_err().to_string();
    assert!(error.contains("20.000 Å at the start") && error.contains("41"), "{error}");
}

/// Steps at which a potential is asked, and positions of the first atom.
type Diary = Arc<Mutex<Vec<(u64, [f64; 3])>>>;

/// A potential that notes when it is asked, as PLUMED does.
struct Noting<P>(P, Diary);

impl<P: Potential> Potential for Noting<P> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn cutoff(&self) -> Option<f64> {
        self.0.cutoff()
    }

    fn accepts(&self, element: Element) -> bool {
        self.0.accepts(element)
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> cormorant::Result<()> {
        self.1.lock().unwrap().push((system.step, system.positions[0]));
        self.0.evaluate(system, want, into)
    }
}

// Catches: a clock that is one step behind in what a potential with a history (PLUMED) is given: positions after step n belong to
// step n, with every integrator.
#[test]
fn potentials_are_asked_at_their_step() {
    let step = FEMTOSECOND;
    let stages: [fn(f64) -> Stage; 3] = [
        |step| Stage::new("verlet", 3, VelocityVerlet::new(step).unwrap()),
        |step| {
            Stage::new("baoab", 3, Baoab::new(step).unwrap())
                .with_thermostat(Langevin::new(300.0, 0.01 / FEMTOSECOND).unwrap())
        },
        |step| Stage::new("respa", 3, Respa::new(step, Box::new(Well::harmonic(1.0)), 2).unwrap()),
    ];
    for stage in stages {
        let diary = Diary::default();
        let potential = Noting(Well::harmonic(2.0), diary.clone());
        let mut simulation = Simulation::new(crowd(3, 300.0, 5), Box::new(potential), 1).unwrap();
        simulation.stages.push(stage(step));
        simulation.run().unwrap();
        let last = simulation.system.positions[0];
        let diary = diary.lock().unwrap();
        let steps: Vec<u64> = diary.iter().map(|(step, _)| *step).collect();
        assert_eq!(steps, [0, 1, 2, 3]);
        assert_eq!(diary[3].1, last);
    }
    let diary = Diary::default();
    let system = boxed([9.0; 3]);
    let potential = Noting(LennardJones::argon(4.4).unwrap(), diary.clone());
    let mut simulation = Simulation::new(system, Box::new(potential), 1).unwrap();
    let extended = MartynaTobiasKlein::new(step, Scaling::Isotropic, 0.1 * GIGAPASCAL, 100.0, 100.0 * step).unwrap();
    simulation.stages.push(Stage::new("extended", 3, extended));
    simulation.run().unwrap();
    let steps: Vec<u64> = diary.lock().unwrap().iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [0, 0, 1, 2, 3], "once more at the start, for the virial");
}
