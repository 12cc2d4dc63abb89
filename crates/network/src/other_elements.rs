//! The weights of a network for other elements than it was fitted to.
//!
//! An element that stays keeps its weights, so that the network gives the same for it. A new one begins with those of the known
//! element that is most like it: of its group in the periodic table, else the nearest by number.

use cormorant_core::system::Element;
use cormorant_kernels::network::{Copies, Layout, Shape, pair};

/// Packed `weights` of a network of `shape` for the elements `from`, made ready for the elements `to`.
#[must_use]
pub fn for_elements(weights: &[f64], shape: &Shape, from: &[Element], to: &[Element]) -> Vec<f64> {
    let source: Vec<usize> = to.iter().map(|element| most_like(*element, from)).collect();
    let layout = Layout::new(shape);
    let mut packed = Vec::with_capacity(weights.len());
    for block in &layout.blocks {
        let values = &weights[block.offset..block.offset + block.len()];
        let size = block.len() / block.shape[0];
        let mut take = |copy: usize| packed.extend_from_slice(&values[copy * size..(copy + 1) * size]);
        match block.copies {
            Copies::Shared => packed.extend_from_slice(values),
            Copies::ByElement => source.iter().for_each(|&element| take(element)),
            // Pairs are in the order of the higher place, then the lower: that of `pair`.
            Copies::ByPair => {
                for (high, &a) in source.iter().enumerate() {
                    source[..=high].iter().for_each(|&b| take(pair(a, b)));
                }
            }
        }
    }
    packed
}

/// Place among `known` of the element itself, else of the one of its group in the periodic table with the nearest number, else of the
/// nearest by number.
#[must_use]
pub fn most_like(element: Element, known: &[Element]) -> usize {
    let distance = |other: &Element| {
        let numbers = other.number().abs_diff(element.number());
        (numbers != 0, is_hydrogen(*other) != is_hydrogen(element), group(*other) != group(element), numbers)
    };
    let places = known.iter().enumerate();
    places.min_by_key(|(_, other)| distance(other)).map_or(0, |(place, _)| place)
}

/// Hydrogen is not like the other elements of its group.
fn is_hydrogen(element: Element) -> bool {
    element.number() == 1
}

/// Group of the periodic table, 1 to 18; that of scandium for lanthanides and actinides.
fn group(element: Element) -> u8 {
    let number = element.number();
    if number == 2 {
        return 18;
    }
    let noble = [2, 10, 18, 36, 54, 86].into_iter().rev().find(|noble| *noble < number).unwrap_or(0);
    let place = number - noble;
    match (noble, place) {
        (2 | 10, 3..) => place + 10,
        (_, 1 | 2) | (18 | 36, _) => place,
        (_, 18..) => place - 14,
        (_, _) => 3,
    }
}
