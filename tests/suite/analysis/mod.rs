//! Analyses against exact results.

mod command;
mod distances;
mod energies;
mod motion;
mod references;
mod shapes;
mod streams;

use cormorant::analysis::{Analysis, Sample};
use cormorant::system::{Cell, Element, System};

/// A system of these elements at these positions.
pub(crate) fn system(symbols: &[&str], positions: Vec<[f64; 3]>, cell: Option<Cell>) -> System {
    let elements = symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect();
    System::new(elements, positions, cell).unwrap()
}

/// The frame with everything known, and the place of its first atom for a dipole.
pub(crate) fn sample(system: &System, frame: u64) -> Sample<'_> {
    Sample { system, timed: true, unitless: false, moving: true, dipole: Some(system.positions[0]), frame }
}

/// Assert that an analysis stopped after any number of frames and restored goes on with the same bits.
pub(crate) fn assert_resumes(make: impl Fn() -> Box<dyn Analysis>, frames: &[System]) {
    let whole = {
        let mut analysis = make();
        for (number, frame) in (0..).zip(frames) {
            analysis.add(&sample(frame, number)).unwrap();
        }
        analysis
    };
    for cut in [0, 1, 2, frames.len() / 2, frames.len() - 1] {
        let mut first = make();
        for (number, frame) in (0..).zip(&frames[..cut]) {
            first.add(&sample(frame, number)).unwrap();
        }
        let mut second = make();
        second.restore(&first.state()).unwrap();
        for (number, frame) in (cut as u64..).zip(&frames[cut..]) {
            second.add(&sample(frame, number)).unwrap();
        }
        let bits = |analysis: &dyn Analysis| analysis.state().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert!(bits(whole.as_ref()) == bits(second.as_ref()), "cut after {cut} frames");
        assert_eq!(format!("{:?}", whole.findings()), format!("{:?}", second.findings()));
    }
    let mut broken = whole.state();
    broken.pop();
    assert!(make().restore(&broken).is_err(), "a state that was cut off must be refused");
}
