//! Does the stress belong to the energies?

use std::collections::BTreeMap;

use nalgebra::{Matrix2, Matrix3, Vector2};

use super::{Finding, Severity};
use crate::Configuration;
use cormorant_core::system::{Cell, Element};
use cormorant_core::units::GIGAPASCAL;

/// Frames of one kind that are compared with each other, at most.
const SAMPLE: usize = 300;
/// Fewer pairs than this say nothing.
const FEWEST: usize = 4;
/// Pairs whose strain has an entry above this are not used: the surface is not harmonic between them.
const LARGEST_STRAIN: f64 = 0.15;
/// Pairs whose cells are more alike than this say nothing of the stress.
const SMALLEST_STRAIN: f64 = 1.0e-4;
/// A factor beyond this from 1 is reported: the smallest mistake in units, 10 between kbar and GPa, is far beyond.
const FACTOR: f64 = 2.0;
/// A slope is known where its standard error is below this share of it, ...
const KNOWN: f64 = 0.25;
/// ... and a sign or unit is certain where the energies that the stress should explain are explained to this share by it.
const DECISIVE: f64 = 0.3;
/// No material that anybody simulates is under more stress than this, in GPa.
const LARGEST: f64 = 100.0;

/// Slope of energy differences against the work of the stress, between similar frames of different cells.
///
///   E_b − E_a + ½ Σ_i (F_i,a + F_i,b) · u_i = s · w_ab,    w_ab = −½ (W_a + W_b) : ε
///
/// | symbol | meaning                                                        | unit |
/// |--------|----------------------------------------------------------------|------|
/// | E_a    | energy of frame a                                              | eV   |
/// | F_i,a  | force on atom i in frame a                                     | eV/Å |
/// | u_i    | displacement of atom i beyond what the cell takes along        | Å    |
/// | W_a    | virial of frame a, −∂E/∂strain, −stress · volume               | eV   |
/// | ε      | strain from the cell of a to that of b, about their mean       |      |
/// | s      | 1 where the stress is the slope of the energy in the same units |     |
///
/// The trapezoid is exact on a harmonic surface. Off-diagonal entries have a slope of their own, since a wrong order of six
/// numbers leaves the diagonal right. Both are fitted by least squares through the origin. Checked by: `suite::stress_labels`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StressSlope {
    /// The slope s over all entries.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// The slope of the off-diagonal entries with that of the diagonal fitted beside it, and its standard error; none where no
    /// pair is sheared.
    pub shear: Option<(f64, f64)>,
    /// Number of pairs.
    pub pairs: usize,
}

/// One pair of frames.
struct Pair {
    /// −½ (W_a + W_b) : ε of the diagonal and of the rest.
    work: [f64; 2],
    /// The energy difference less the work of the forces.
    energy: f64,
    /// How far apart the frames are, in Å.
    distance: f64,
}

/// Whether a slope tells a right sign and unit from wrong ones.
pub(super) fn is_known(value: f64, error: f64) -> bool {
    error < KNOWN * value.abs().max(1.0)
}

/// The slope over `configurations`; `None` if too few similar frames differ in their cells.
pub(super) fn slope(configurations: &[Configuration]) -> Option<StressSlope> {
    let mut kinds: BTreeMap<&[Element], Vec<&Configuration>> = BTreeMap::new();
    for one in configurations.iter().filter(|one| one.virial.is_some() && one.cell.is_some()) {
        kinds.entry(&one.elements).or_default().push(one);
    }
    let mut pairs: Vec<Pair> = kinds.values().flat_map(|frames| nearest(frames)).collect();
    pairs.sort_by(|a, b| a.distance.total_cmp(&b.distance));
    pairs.truncate((pairs.len() / 2).max(2 * FEWEST));
    fit(&pairs)
}

/// Each frame of a sample with the nearest other one of another cell.
fn nearest(frames: &[&Configuration]) -> Vec<Pair> {
    let stride = (frames.len() / SAMPLE).max(1);
    let sample: Vec<_> = frames.iter().step_by(stride).take(SAMPLE).collect();
    let nearest_to = |(place, one): (usize, &&&Configuration)| {
        // Only later frames, so that no pair counts twice.
        let others = sample[place + 1..].iter().filter_map(|other| pair(one, other));
        others.min_by(|a, b| a.distance.total_cmp(&b.distance))
    };
    sample.iter().enumerate().filter_map(nearest_to).collect()
}

fn matrix(rows: [[f64; 3]; 3]) -> Matrix3<f64> {
    Matrix3::from_fn(|i, j| rows[i][j])
}

fn pair(a: &Configuration, b: &Configuration) -> Option<Pair> {
    let (first, second): (Cell, Cell) = (a.cell?, b.cell?);
    if !a.has_forces() || !b.has_forces() {
        return None;
    }
    let (one, other) = (matrix(first.rows()), matrix(second.rows()));
    let mean = 0.5 * (one + other);
    // Rows are cell vectors: H_b − H_a = H ε with H half way.
    let strain = mean.try_inverse()? * (other - one);
    let strain = 0.5 * (strain + strain.transpose());
    let size = strain.amax();
    if !(SMALLEST_STRAIN..LARGEST_STRAIN).contains(&size) {
        return None;
    }
    let (to_one, to_other) = (one.try_inverse()?, other.try_inverse()?);
    let (mut work, mut square) = (0.0, 0.0);
    for atom in 0..a.atom_count() {
        let place =
            |positions: &[[f64; 3]], inverse: &Matrix3<f64>| nalgebra::RowVector3::from(positions[atom]) * inverse;
        let share = place(&b.positions, &to_other) - place(&a.positions, &to_one);
        let shift = share.map(|x| x - x.round()) * mean;
        for axis in 0..3 {
            work -= 0.5 * (a.forces[atom][axis] + b.forces[atom][axis]) * shift[axis];
            square += shift[axis] * shift[axis];
        }
    }
    let atoms = a.atom_count() as f64;
    let length = (first.volume()? / atoms).cbrt();
    let virial = matrix(a.virial?) + matrix(b.virial?);
    let entry = |i: usize, j: usize| -0.5 * virial[(i, j)] * strain[(i, j)];
    let diagonal = (0..3).map(|i| entry(i, i)).sum::<f64>();
    let all = (0..9).map(|at| entry(at / 3, at % 3)).sum::<f64>();
    let distance = (square / atoms + (size * length).powi(2)).sqrt();
    Some(Pair { work: [diagonal, all - diagonal], energy: b.energy? - a.energy? - work, distance })
}

fn fit(pairs: &[Pair]) -> Option<StressSlope> {
    if pairs.len() < FEWEST {
        return None;
    }
    let freedom = (pairs.len() - 1) as f64;
    let work = |pair: &Pair| pair.work[0] + pair.work[1];
    let squares: f64 = pairs.iter().map(|pair| work(pair).powi(2)).sum();
    let value = pairs.iter().map(|pair| work(pair) * pair.energy).sum::<f64>() / squares;
    let rest: f64 = pairs.iter().map(|pair| (pair.energy - value * work(pair)).powi(2)).sum();
    let error = (rest / squares / freedom).sqrt();
    let mut normal = Matrix2::<f64>::zeros();
    let mut right = Vector2::<f64>::zeros();
    for pair in pairs {
        let row = Vector2::from(pair.work);
        normal += row * row.transpose();
        right += row * pair.energy;
    }
    let shear = normal.try_inverse().filter(|_| normal[(1, 1)] > 1.0e-6 * normal[(0, 0)]).map(|inverse| {
        let slopes = inverse * right;
        let rest: f64 = pairs.iter().map(|pair| (pair.energy - slopes.dot(&Vector2::from(pair.work))).powi(2)).sum();
        (slopes[1], (inverse[(1, 1)] * rest / freedom).sqrt())
    });
    (value.is_finite() && error.is_finite()).then_some(StressSlope { value, error, shear, pairs: pairs.len() })
}

/// So much closer, as the logarithm of a factor, a virial must be than a stress.
const VIRIAL: f64 = 0.15;
/// What the stress of a file may be instead, with the keys that say so: the size of the unit in eV/Å³.
const UNITS: [(f64, &str); 4] =
    [(1.0, ""), (GIGAPASCAL, "GPa"), (0.1 * GIGAPASCAL, "kbar"), (1.0e-4 * GIGAPASCAL, "bar")];

/// What is wrong with the stress, if anything is.
pub(super) fn judge(slope: Option<StressSlope>, configurations: &[Configuration]) -> Option<Finding> {
    let known = slope.filter(|slope| slope.error < KNOWN * slope.value.abs().max(1.0e-6));
    let wrong = known.filter(|slope| slope.value <= 0.0 || slope.value.ln().abs() > FACTOR.ln());
    let grave = |text: String| Some(Finding { severity: Severity::Grave, text });
    if let Some(StressSlope { value, error, pairs, .. }) = wrong {
        let digits = slope_digits(value);
        let start = format!(
            "energy differences are {value:.digits$} ± {error:.digits$} times the work of the stress over {pairs} pairs of frames of different \
             cells (1 is right)"
        );
        return Some(match remedy(value, configurations) {
            Some(remedy) => Finding { severity: Severity::Grave, text: format!("{start}; {remedy}") },
            // No unit and no sign makes such a factor: the frames may be too unlike each other for this comparison.
            None => Finding {
                severity: Severity::Warning,
                text: format!(
                    "{start}, which no mistake in unit or sign explains; check the stress of some frames, and that it belongs to the same \
                     calculation as the energies"
                ),
            },
        });
    }
    if known.is_none()
        && let Some((frame, largest)) = largest(configurations)
        && largest > LARGEST
    {
        return grave(format!(
            "the stress of half of the frames is above {LARGEST} GPa, and that of frame {frame} (counted from 0) is {largest:.0} GPa, \
             which no material withstands; {}",
            by_size(largest)
        ));
    }
    let (shear, error) = known?.shear?;
    (error < DECISIVE && (shear - 1.0).abs() > 4.0 * error && !(0.5..2.0).contains(&shear)).then(|| Finding {
        severity: Severity::Grave,
        text: format!(
            "the diagonal of the stress belongs to the energies, but the off-diagonal entries do not: their slope is {shear:.2} ± \
             {error:.2} where 1 is right; check their sign, and the order of six numbers, which is xx yy zz yz xz xy (VASP prints \
             xx yy zz xy yz zx)"
        ),
    })
}

/// Decimal places that show three digits of a slope, which is 0.0006 where kbar are read as eV/Å³.
pub(super) fn slope_digits(value: f64) -> usize {
    (2.0 - value.abs().max(1.0e-9).log10().floor()).clamp(3.0, 9.0) as usize
}

/// What to write in the input where energies are `value` times the work of the stress; nothing where no unit and no sign would make
/// such a factor.
fn remedy(value: f64, configurations: &[Configuration]) -> Option<String> {
    let sign = if value < 0.0 { "stress_sign = \"compression\"" } else { "" };
    let option = if value < 0.0 { "--stress-sign compression" } else { "" };
    let volume = median_volume(configurations);
    let distance = |factor: f64| (value.abs() / factor).ln().abs();
    let virial = std::iter::once((1.0 / volume, "eV"));
    // In a cell of 160 Å³ a virial in eV is as large as a stress in GPa, which is more common.
    let rank = |unit: &(f64, &str)| distance(unit.0) + if unit.1 == "eV" { VIRIAL } else { 0.0 };
    let nearest = UNITS.into_iter().chain(virial).min_by(|a, b| rank(a).total_cmp(&rank(b)));
    let text = match nearest.filter(|(factor, _)| distance(*factor) < FACTOR.ln())? {
        (_, "") => format!("the sign is opposite: write {sign} in [data], or {option}"),
        (factor, unit) => {
            let both = if sign.is_empty() { String::new() } else { format!(" and {sign}") };
            let opposite = if sign.is_empty() { "" } else { ", with the opposite sign" };
            format!(
                "a factor of {:.1}: as if the stress were in {unit}{opposite}; write stress_unit = \"{unit}\"{both} in [data], or \
                 --stress-unit {unit} {option}",
                1.0 / factor
            )
        }
    };
    Some(text.trim_end().to_string())
}

/// What to look for where a stress is so large, in GPa, and nothing else is known.
fn by_size(largest: f64) -> String {
    // Numbers in GPa read as eV/Å³ become 160 times larger, those in kbar 1600 times.
    let unit = if largest * GIGAPASCAL > 10.0 { "kbar" } else { "GPa" };
    format!(
        "perhaps it is in {unit}: write stress_unit = \"{unit}\" in [data], or --stress-unit {unit}, and check its sign (`stress_sign`)"
    )
}

/// The median over the frames of the largest entry of the stress in GPa, with the frame.
fn largest(configurations: &[Configuration]) -> Option<(usize, f64)> {
    let mut sizes: Vec<(f64, usize)> = Vec::new();
    for (frame, one) in configurations.iter().enumerate() {
        if let (Some(virial), Some(volume)) = (&one.virial, one.cell.and_then(|cell| cell.volume())) {
            let size = virial.as_flattened().iter().fold(0.0, |size: f64, x| size.max(x.abs()));
            sizes.push((size / (volume * GIGAPASCAL), frame));
        }
    }
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    sizes.get(sizes.len() / 2).map(|&(size, frame)| (frame, size))
}

/// Median volume of the frames with a stress, in Å³.
fn median_volume(configurations: &[Configuration]) -> f64 {
    let cells = configurations.iter().filter(|one| one.virial.is_some()).filter_map(|one| one.cell);
    median(cells.filter_map(|cell| cell.volume()))
}

/// The middle one, of an even number the upper of the two; NaN of none.
pub(super) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
