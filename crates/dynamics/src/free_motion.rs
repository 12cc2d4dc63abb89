//! Motion of the whole that costs no energy.

use nalgebra::{Matrix3, SymmetricEigen, Vector3};

use crate::analysis::Superposition;
use cormorant_core::system::System;
use cormorant_core::system::vector::{cross, difference, from_center, plus};
use cormorant_potential::Potential;

/// Moments of inertia below this share of the largest belong to the axis of a linear molecule.
const LINEAR: f64 = 1.0e-4;

/// Which motion of a system as a whole leaves its energy as it is. A path has no share of it, and modes of vibration neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreeMotion {
    /// None: a field acts from outside.
    None,
    /// Translations: there is a cell.
    Translations,
    /// Translations and rotations: there is no cell.
    All,
}

impl FreeMotion {
    /// That of `system` where nothing acts from outside.
    #[must_use]
    pub fn isolated(system: &System) -> Self {
        if system.cell.is_some() { Self::Translations } else { Self::All }
    }

    /// That of `system` with `potential`. Another program, whose forces may add up to a little more than zero, does not hold a
    /// molecule in space either: only what acts from outside does.
    #[must_use]
    pub fn of(system: &System, potential: &dyn Potential) -> Self {
        match (potential.is_external(), potential.keeps_momentum()) {
            (true, false) => Self::None,
            (true, true) => Self::Translations,
            (false, _) => Self::isolated(system),
        }
    }

    /// Takes it out of a `vector` (displacements or forces, `[atoms][3]`) at `positions`; all atoms weigh the same.
    pub fn remove(self, positions: &[[f64; 3]], vector: &mut [[f64; 3]]) {
        if self == Self::None {
            return;
        }
        let rest: Vec<[f64; 3]> = from_center(vector).collect();
        vector.copy_from_slice(&rest);
        if self == Self::Translations {
            return;
        }
        let arms: Vec<[f64; 3]> = from_center(positions).collect();
        let mut inertia = Matrix3::zeros();
        let mut turning = Vector3::zeros();
        for (arm, part) in arms.iter().zip(&*vector) {
            let arm = Vector3::from(*arm);
            inertia += Matrix3::identity() * arm.norm_squared() - arm * arm.transpose();
            turning += arm.cross(&Vector3::from(*part));
        }
        let axes = SymmetricEigen::new(inertia);
        let largest = axes.eigenvalues.max();
        let mut rotation = Vector3::zeros();
        for (moment, axis) in axes.eigenvalues.iter().zip(axes.eigenvectors.column_iter()) {
            if *moment > LINEAR * largest {
                rotation += axis * (axis.dot(&turning) / moment);
            }
        }
        for (arm, part) in arms.iter().zip(vector) {
            *part = plus(*part, -1.0, cross(rotation.into(), *arm));
        }
    }

    /// `second` laid upon `first`: turned and moved without a cell; in a cell each atom as the image nearest to where it was, and
    /// all moved together, so that the atoms on average stay.
    #[must_use]
    pub fn superposed(self, first: &System, second: &System) -> Vec<[f64; 3]> {
        if self == Self::All {
            let laid = Superposition::new(&second.positions, &first.positions);
            return second.positions.iter().map(|position| laid.apply(*position)).collect();
        }
        let step = |(from, to): (&[f64; 3], &[f64; 3])| {
            let direct = difference(*to, *from);
            first.cell.map_or(direct, |cell| cell.nearest_image(direct))
        };
        let mut steps: Vec<[f64; 3]> = first.positions.iter().zip(&second.positions).map(step).collect();
        self.remove_translation(&mut steps);
        first.positions.iter().zip(&steps).map(|(position, step)| plus(*position, 1.0, *step)).collect()
    }

    fn remove_translation(self, steps: &mut [[f64; 3]]) {
        if self != Self::None {
            let rest: Vec<[f64; 3]> = from_center(steps).collect();
            steps.copy_from_slice(&rest);
        }
    }
}
