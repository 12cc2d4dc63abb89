//! Splits that leave no element out of the training part.

use std::collections::BTreeMap;

use super::split::Split;
use cormorant_core::system::Element;

/// A frame that was moved into the training part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    /// The frame.
    pub(super) frame: usize,
    /// The element that no training frame held.
    pub(super) element: Element,
}

/// The same split with a training frame for every element that any frame holds; `frames` are the elements of every frame.
///
/// A frame with an element that is missing comes from the frames that no part has, else from the larger of the other parts. A
/// training frame that no element depends on takes its place, so that the parts keep their sizes. A split that has every element
/// already is returned as it is.
pub(super) fn every_element(mut split: Split, frames: &[&[Element]]) -> (Split, Vec<Moved>) {
    let mut moved = Vec::new();
    let mut all: Vec<Element> = frames.iter().flat_map(|elements| elements.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    for element in all {
        let holds = |frame: &usize| frames[*frame].contains(&element);
        if split.train.iter().any(holds) {
            continue;
        }
        let used = [&split.train, &split.validation, &split.test];
        let free = (0..frames.len()).find(|frame| holds(frame) && !used.iter().any(|part| part.contains(frame)));
        let replaced = replaceable(&split.train, frames);
        if let Some(frame) = free {
            if let Some(place) = replaced {
                split.train.remove(place);
            }
            split.train.push(frame);
            moved.push(Moved { frame, element });
        } else {
            let Split { train, validation, test, .. } = &mut split;
            let (first, second) = if validation.len() >= test.len() { (validation, test) } else { (test, validation) };
            for part in [first, second] {
                let Some(place) = part.iter().position(holds) else { continue };
                let frame = part.remove(place);
                if let Some(place) = replaced {
                    part.push(train.remove(place));
                    part.sort_unstable();
                }
                train.push(frame);
                moved.push(Moved { frame, element });
                break;
            }
        }
        split.train.sort_unstable();
    }
    (split, moved)
}

/// Place of a training frame all of whose elements other training frames hold too; from the middle on.
fn replaceable(train: &[usize], frames: &[&[Element]]) -> Option<usize> {
    let mut holders: BTreeMap<Element, usize> = BTreeMap::new();
    let kinds = |frame: usize| {
        let mut kinds = frames[frame].to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    };
    for kind in train.iter().flat_map(|&frame| kinds(frame)) {
        *holders.entry(kind).or_default() += 1;
    }
    let spare =
        |place: &usize| kinds(train[*place]).iter().all(|kind| holders.get(kind).is_some_and(|&count| count > 1));
    let middle = train.len() / 2;
    (middle..train.len()).chain(0..middle).find(spare)
}
