//! Symmetric tensors among labels.

/// Relative difference below which two statements of the virial agree, and a tensor is symmetric.
const AGREEMENT: f64 = 1.0e-3;

/// The tensor with what is left of its antisymmetric part removed; `None` if that part is not small.
pub(super) fn symmetric(tensor: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let mut transposed = tensor;
    for i in 0..3 {
        for j in 0..3 {
            transposed[i][j] = tensor[j][i];
        }
    }
    agree(&tensor, &transposed).then(|| {
        let mut mean = tensor;
        for i in 0..3 {
            for j in 0..3 {
                mean[i][j] = 0.5 * (tensor[i][j] + transposed[i][j]);
            }
        }
        mean
    })
}

/// Whether two tensors agree relative to their size; what is not finite is left for later checks.
pub(super) fn agree(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> bool {
    let size = a.iter().flatten().fold(0.0_f64, |size, x| size.max(x.abs()));
    let differs = |(x, y): (&f64, &f64)| (x - y).abs() > AGREEMENT * size + 1.0e-9;
    !a.iter().flatten().zip(b.iter().flatten()).any(differs)
}
