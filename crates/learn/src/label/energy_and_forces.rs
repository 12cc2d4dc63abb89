//! A label.

/// What a label source gives for one structure.
///
/// | field    | unit | shape        | definition  |
/// |----------|------|--------------|-------------|
/// | `energy` | eV   | scalar       | E           |
/// | `forces` | eV/Å | `[atoms][3]` | −∂E/∂r      |
/// | `virial` | eV   | `[3][3]`     | −∂E/∂strain, where the source gives a stress or a virial |
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Label {
    /// Energy in eV.
    pub energy: f64,
    /// Forces in eV/Å.
    pub forces: Vec<[f64; 3]>,
    /// Virial in eV.
    pub virial: Option<[[f64; 3]; 3]>,
}
