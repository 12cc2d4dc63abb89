//! How far frames are from what a model was trained on, for `evaluate`.

use cormorant_workflow::settings::{CLOSE, FAR};
use cormorant_workflow::workflow::Depth;

/// Print what matters of all frames, and warn of those that are outside.
pub(super) fn print(depth: &Depth) {
    let of = |frame: usize, atom: usize| format!("{} ({})", atom + 1, depth.elements[frame][atom].symbol());
    let looks = || depth.checks.iter().enumerate();
    let grades = looks().filter_map(|(frame, look)| Some((frame, look.grade?)));
    if let Some((frame, grade)) = grades.max_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
        let atom = of(frame, grade.atom);
        println!("highest grade of extrapolation: {:.2} (frame {frame}, atom {atom})", grade.value);
    }
    let contacts = looks().filter_map(|(frame, look)| Some((frame, look.contact?)));
    if let Some((frame, contact)) = contacts.min_by(|a, b| a.1.share.total_cmp(&b.1.share)) {
        let [one, other] = contact.atoms.map(|atom| of(frame, atom));
        let seen = contact.seen.map_or_else(
            || "a pair of elements never within 5 Å in training".to_string(),
            |seen| format!("{:.2} of the shortest in training, {seen:.3} Å", contact.share),
        );
        println!("closest contact: {:.3} Å, {seen} (frame {frame}, atoms {one} and {other})", contact.distance);
    }
    let outside: Vec<usize> = looks().filter(|(_, look)| Depth::is_far(look)).map(|(frame, _)| frame).collect();
    if let Some(first) = outside.first() {
        eprintln!(
            "warning: {} of {} frames are outside the training data, the first of them frame {first} (counted from 0): \
             a grade above {FAR}, or two atoms closer than {CLOSE} of the shortest distance in training; energies and forces there are unreliable",
            outside.len(),
            depth.checks.len()
        );
    }
    let unusual: Vec<_> =
        depth.unusual.iter().enumerate().filter_map(|(frame, one)| Some((frame, one.as_ref()?))).collect();
    if let Some((frame, first)) = unusual.first() {
        eprintln!(
            "warning: {} of {} frames have atoms that are bonded as hardly any training frame has it; in frame {frame} {first}: energies and \
             forces there are guesses",
            unusual.len(),
            depth.checks.len()
        );
    }
}
