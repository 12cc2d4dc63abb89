//! Colors and sizes of elements.

use cormorant_core::system::Element;

/// How an element is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Looks {
    /// Red, green and blue.
    pub color: [u8; 3],
    /// Radius of the ball in Å: a third of the usual van der Waals radius for the light elements, so that bonds are seen.
    pub radius: f64,
}

/// Colors after Corey, Pauling and Koltun as chemists know them, the carbon and hydrogen toned so that they show on white and
/// on black alike.
#[must_use]
pub fn looks(element: Element) -> Looks {
    let color = match element.symbol() {
        "H" => [236, 238, 240],
        "C" => [92, 98, 106],
        "N" => [58, 98, 216],
        "O" => [222, 48, 44],
        "F" => [124, 204, 86],
        "Na" => [158, 96, 224],
        "Mg" => [128, 214, 64],
        "Al" => [182, 162, 166],
        "Si" => [224, 186, 140],
        "P" => [240, 136, 32],
        "S" => [238, 206, 58],
        "Cl" => [64, 196, 76],
        "K" => [138, 72, 200],
        "Ca" => [96, 220, 62],
        "Ar" => [116, 196, 212],
        "He" | "Ne" | "Kr" | "Xe" | "Rn" => [150, 218, 226],
        "Fe" => [216, 110, 58],
        "Cu" => [196, 128, 66],
        "Zn" => [126, 130, 172],
        "Br" => [158, 48, 44],
        "Ag" => [184, 188, 194],
        "I" => [142, 34, 142],
        "Pt" => [190, 192, 206],
        "Au" => [240, 202, 56],
        _ => [204, 122, 160],
    };
    let radius = 0.20 + 0.27 * element.covalent_radius().min(1.6);
    Looks { color, radius }
}
