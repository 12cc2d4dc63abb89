//! The region that a set of points fills: centers, and a metric about them.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Most centers of one element.
const MOST_CENTERS: usize = 8;
/// Points for each center beyond the first.
const POINTS_PER_CENTER: usize = 40;
/// Rounds of moving the centers.
const ROUNDS: usize = 10;
/// Share of the mean variance that every direction has at least: a direction in which nothing was seen to move is stiff, but
/// not infinitely so.
const FLOOR: f64 = 0.02;
/// Shares of the largest variance below which an entry of the covariance is zero: the second is tried where the first leaves
/// something that is not finite.
const NEGLIGIBLE: [f64; 2] = [1.0e-100, 1.0e-16];

/// Centers and metric: the distance of a point x is min_c |P x − c|.
///
/// P = Λ^(−1/2) Uᵀ with U Λ Uᵀ the covariance of the points about their nearest centers, so this is the Mahalanobis distance
/// to the nearest center (Mahalanobis 1936, On the generalised distance in statistics). Checked by: `suite::domain`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// P by rows; `[length][length]`.
    pub projection: Vec<f64>,
    /// c by rows; `[centers][length]`.
    pub centers: Vec<f64>,
}

impl Shape {
    /// The shape of `points`, rows of `length` numbers; at least one.
    pub fn of(points: &[&[f64]], length: usize) -> Self {
        let mean = average(points.iter().copied(), length);
        // A first metric about the common mean, in which the centers are looked for.
        let first = metric(points, |_| &mean, length);
        let images: Vec<Vec<f64>> = points.iter().map(|point| apply(&first, point)).collect();
        let count = (1 + points.len() / POINTS_PER_CENTER).min(MOST_CENTERS);
        let nearest = cluster(&images, count, length);
        let groups = 1 + nearest.iter().copied().max().unwrap_or(0);
        let centers: Vec<Vec<f64>> = (0..groups)
            .map(|group| {
                let members = points.iter().zip(&nearest).filter(|(_, own)| **own == group).map(|(point, _)| *point);
                average(members, length)
            })
            .collect();
        let projection = metric(points, |point| &centers[nearest[point]], length);
        let centers = centers.iter().flat_map(|center| apply(&projection, center)).collect();
        Self { projection, centers }
    }

    /// Distance of a point to the nearest center.
    pub fn distance(&self, point: &[f64]) -> f64 {
        let image = apply(&self.projection, point);
        let squares = self.centers.chunks_exact(point.len()).map(|center| square(&image, center));
        squares.fold(f64::INFINITY, f64::min).sqrt()
    }
}

fn apply(projection: &[f64], point: &[f64]) -> Vec<f64> {
    projection.chunks_exact(point.len()).map(|row| row.iter().zip(point).map(|(p, x)| p * x).sum()).collect()
}

fn square(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn average<'p>(points: impl Iterator<Item = &'p [f64]>, length: usize) -> Vec<f64> {
    let mut mean = vec![0.0; length];
    let mut count = 0.0;
    for point in points {
        mean.iter_mut().zip(point).for_each(|(sum, x)| *sum += x);
        count += 1.0;
    }
    for sum in &mut mean {
        *sum /= f64::max(count, 1.0);
    }
    mean
}

/// Λ^(−1/2) Uᵀ of the covariance of the points about what `center` gives for each.
fn metric<'c>(points: &[&[f64]], center: impl Fn(usize) -> &'c Vec<f64>, length: usize) -> Vec<f64> {
    let mut covariance = DMatrix::<f64>::zeros(length, length);
    let mut rest = vec![0.0; length];
    for (index, point) in points.iter().enumerate() {
        rest.iter_mut().zip(point.iter().zip(center(index))).for_each(|(rest, (x, mean))| *rest = x - mean);
        for row in 0..length {
            if rest[row] != 0.0 {
                for column in 0..=row {
                    covariance[(row, column)] += rest[row] * rest[column];
                }
            }
        }
    }
    for row in 0..length {
        for column in 0..=row {
            covariance[(row, column)] /= points.len() as f64;
            covariance[(column, row)] = covariance[(row, column)];
        }
    }
    let floor = FLOOR * (covariance.trace() / length as f64).max(1.0e-6);
    let (values, vectors) = eigen(covariance);
    let mut projection = Vec::with_capacity(length * length);
    for (index, value) in values.iter().enumerate() {
        let scale = 1.0 / (value.max(0.0) + floor).sqrt();
        projection.extend(vectors.column(index).iter().map(|x| x * scale));
    }
    projection
}

/// Eigenvalues Λ and eigenvectors U, by columns, of a covariance.
///
/// A bump that a neighbor just touches has a variance of 1e-90 and less beside others of 1. The decomposition squares such
/// entries, and what it divides by becomes zero. Entries below a share of the largest variance are therefore zero from the
/// start, far below the floor that every direction is given; were the result still not finite, all that rounding hides would be.
/// Checked by: `suite::domain::a_metric_survives_variances_of_every_size`.
fn eigen(covariance: DMatrix<f64>) -> (DVector<f64>, DMatrix<f64>) {
    let length = covariance.nrows();
    let largest = covariance.diagonal().amax();
    for share in NEGLIGIBLE {
        let kept = covariance.map(|entry| if entry.abs() < share * largest { 0.0 } else { entry });
        let eigen = SymmetricEigen::new(kept);
        if eigen.eigenvalues.iter().chain(eigen.eigenvectors.iter()).all(|x| x.is_finite()) {
            return (eigen.eigenvalues, eigen.eigenvectors);
        }
    }
    // Each number for itself: a coarser metric, but one.
    (covariance.diagonal(), DMatrix::identity(length, length))
}

/// The group of each point: k-means from points that lie far apart. Groups are numbered without gaps.
///
/// Source: Lloyd 1982, doi:10.1109/TIT.1982.1056489; start: Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5.
fn cluster(points: &[Vec<f64>], count: usize, length: usize) -> Vec<usize> {
    let mut centers = vec![average(points.iter().map(Vec::as_slice), length)];
    let mut far: Vec<f64> = points.iter().map(|point| square(point, &centers[0])).collect();
    while centers.len() < count {
        let Some((next, _)) = far.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { break };
        centers.push(points[next].clone());
        for (distance, point) in far.iter_mut().zip(points) {
            *distance = distance.min(square(point, &points[next]));
        }
    }
    let mut nearest = vec![0; points.len()];
    for _ in 0..ROUNDS {
        for (own, point) in nearest.iter_mut().zip(points) {
            let distances = centers.iter().map(|center| square(point, center));
            *own = distances.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(index, _)| index);
        }
        for (group, center) in centers.iter_mut().enumerate() {
            let members = || points.iter().zip(&nearest).filter(|(_, own)| **own == group);
            if members().next().is_some() {
                *center = average(members().map(|(point, _)| point.as_slice()), length);
            }
        }
    }
    let mut used: Vec<usize> = nearest.clone();
    used.sort_unstable();
    used.dedup();
    nearest.iter().map(|own| used.binary_search(own).unwrap_or(0)).collect()
}
