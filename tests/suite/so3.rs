//! The algebra of rotations: each test is a theorem.

use cormorant::noise::{Consumer, Noise};
use cormorant::so3::{
    clebsch_gordan, complex_clebsch_gordan, harmonics, quadrupole_basis, rotation_about_x, rotation_about_y,
    rotation_about_z, row, wigner, wigner_generator,
};
use nalgebra::{Matrix3, Vector3};

fn random_rotation(seed: u64) -> Matrix3<f64> {
    let mut random = Noise::new(seed).stream(Consumer::Test, 0, 0);
    let mut angle = || std::f64::consts::TAU * random.uniform();
    rotation_about_z(angle()) * rotation_about_y(angle()) * rotation_about_x(angle())
}

fn random_direction(seed: u64) -> Vector3<f64> {
    let mut random = Noise::new(seed).stream(Consumer::Test, 1, 0);
    Vector3::from(random.normal_vector()).normalize()
}

/// Catches: a wrong sign, factorial or range in Racah's formula (an independent implementation disagrees).
#[test]
fn racah_against_another_implementation() {
    for l1 in 0..=4isize {
        for l2 in 0..=4isize {
            for l in (l1 - l2).abs()..=l1 + l2 {
                for m1 in -l1..=l1 {
                    for m2 in -l2..=l2 {
                        let m = m1 + m2;
                        if m.abs() > l {
                            continue;
                        }
                        let ours = complex_clebsch_gordan(l1, m1, l2, m2, l, m);
                        let theirs =
                            wigners::clebsch_gordan(l1 as u32, m1 as i32, l2 as u32, m2 as i32, l as u32, m as i32);
                        assert!((ours - theirs).abs() < 1e-13, "{l1} {m1} {l2} {m2} {l} {m}: {ours} {theirs}");
                    }
                }
            }
        }
    }
}

/// Catches: real blocks that are not orthogonal, so that products change size with the path.
#[test]
fn orthogonality() {
    for l1 in 0..=3usize {
        for l2 in 0..=6usize {
            for l in l1.abs_diff(l2)..=l1 + l2 {
                for m in -(l as isize)..=l as isize {
                    for k in -(l as isize)..=l as isize {
                        let mut sum = 0.0;
                        for a in -(l1 as isize)..=l1 as isize {
                            for b in -(l2 as isize)..=l2 as isize {
                                sum += clebsch_gordan(l1, a, l2, b, l, m) * clebsch_gordan(l1, a, l2, b, l, k);
                            }
                        }
                        let expected = f64::from(u8::from(m == k));
                        assert!((sum - expected).abs() < 1e-12, "({l1} {l2}) -> {l}, {m} {k}: {sum}");
                    }
                }
            }
        }
    }
}

/// Catches: a product that does not rotate with its factors: C (D x ⊗ D y) ≠ D C (x ⊗ y).
#[test]
fn equivariance() {
    let d = wigner(4, &random_rotation(3));
    for (l1, l2, l) in [(1, 1, 1), (1, 2, 3), (2, 2, 2), (3, 3, 2), (3, 1, 4), (2, 3, 3)] {
        for m in 0..2 * l + 1 {
            for a in 0..2 * l1 + 1 {
                for b in 0..2 * l2 + 1 {
                    let c = |m: usize, a: usize, b: usize| {
                        let shift = |k: usize, l: usize| k as isize - l as isize;
                        clebsch_gordan(l1, shift(a, l1), l2, shift(b, l2), l, shift(m, l))
                    };
                    let mut left = 0.0;
                    for i in 0..2 * l1 + 1 {
                        for j in 0..2 * l2 + 1 {
                            left += c(m, i, j) * d[l1][(i, a)] * d[l2][(j, b)];
                        }
                    }
                    let right: f64 = (0..2 * l + 1).map(|k| d[l][(m, k)] * c(k, a, b)).sum();
                    assert!((left - right).abs() < 1e-12, "({l1} {l2}) -> {l}: {left} {right}");
                }
            }
        }
    }
}

/// Catches: harmonics in another order, with another sign or norm than the polynomials of degree 2 and 3.
#[test]
fn explicit_polynomials() {
    let u = random_direction(5);
    let (x, y, z) = (u.x, u.y, u.z);
    let values = harmonics(3, [x, y, z]);
    let second = [
        15f64.sqrt() * x * y,
        15f64.sqrt() * y * z,
        5f64.sqrt() / 2.0 * (3.0 * z * z - 1.0),
        15f64.sqrt() * x * z,
        15f64.sqrt() / 2.0 * (x * x - y * y),
    ];
    let third = [
        (35.0f64 / 8.0).sqrt() * y * (3.0 * x * x - y * y),
        105f64.sqrt() * x * y * z,
        (21.0f64 / 8.0).sqrt() * y * (5.0 * z * z - 1.0),
        7f64.sqrt() / 2.0 * z * (5.0 * z * z - 3.0),
        (21.0f64 / 8.0).sqrt() * x * (5.0 * z * z - 1.0),
        105f64.sqrt() / 2.0 * z * (x * x - y * y),
        (35.0f64 / 8.0).sqrt() * x * (x * x - 3.0 * y * y),
    ];
    for (m, expected) in (-2..=2).zip(second) {
        assert!((values[row(2, m)] - expected).abs() < 1e-13, "l 2 m {m}");
    }
    for (m, expected) in (-3..=3).zip(third) {
        assert!((values[row(3, m)] - expected).abs() < 1e-13, "l 3 m {m}");
    }
}

/// Catches: harmonics whose sum over m depends on the direction: Σ_m Y_m(a) Y_m(b) = (2l+1) P_l(cos γ).
#[test]
fn addition_theorem() {
    let (a, b) = (random_direction(7), random_direction(8));
    let (at_a, at_b) = (harmonics(6, a.into()), harmonics(6, b.into()));
    let x = a.dot(&b);
    let (mut before, mut legendre) = (1.0, x);
    for l in 1..=6usize {
        let sum: f64 = (l * l..(l + 1) * (l + 1)).map(|k| at_a[k] * at_b[k]).sum();
        assert!((sum - (2 * l + 1) as f64 * legendre).abs() < 1e-11, "l {l}");
        let next = ((2 * l + 1) as f64 * x * legendre - l as f64 * before) / (l + 1) as f64;
        (before, legendre) = (legendre, next);
    }
}

/// Catches: rotation matrices of another convention than the harmonics: Y(R u) ≠ D(R) Y(u), or parity wrong.
#[test]
fn harmonics_rotate() {
    let (rotation, u) = (random_rotation(11), random_direction(12));
    let d = wigner(4, &rotation);
    let (before, after) = (harmonics(4, u.into()), harmonics(4, (rotation * u).into()));
    let inverted = harmonics(4, (-u).into());
    for l in 0..=4usize {
        for m in 0..2 * l + 1 {
            let rotated: f64 = (0..2 * l + 1).map(|k| d[l][(m, k)] * before[l * l + k]).sum();
            assert!((rotated - after[l * l + m]).abs() < 1e-12, "l {l} m {m}");
            let sign = if l % 2 == 0 { 1.0 } else { -1.0 };
            assert!((inverted[l * l + m] - sign * before[l * l + m]).abs() < 1e-12, "parity of l {l}");
        }
    }
}

/// Catches: matrices that are no representation: D(A B) ≠ D(A) D(B).
#[test]
fn representation() {
    let (a, b) = (random_rotation(13), random_rotation(14));
    let (of_a, of_b, of_product) = (wigner(4, &a), wigner(4, &b), wigner(4, &(a * b)));
    for l in 0..=4 {
        assert!((&of_a[l] * &of_b[l] - &of_product[l]).amax() < 1e-12, "l {l}");
    }
}

/// Catches: infinitesimal rotations with a wrong sign or factor, which would turn forces.
#[test]
fn generators() {
    let step = 1e-5;
    let generator = Matrix3::new(0.0, 0.0, 1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0); // about y
    let exact = wigner_generator(4, &generator);
    let (plus, minus) = (wigner(4, &rotation_about_y(step)), wigner(4, &rotation_about_y(-step)));
    for l in 0..=4 {
        let difference = (&plus[l] - &minus[l]) / (2.0 * step);
        assert!((difference - &exact[l]).amax() < 1e-8, "l {l}");
    }
}

/// Catches: a basis of traceless tensors that is scaled, mixed or turned against the components of degree 2.
#[test]
fn cartesian_tensors() {
    let basis = quadrupole_basis().map(|matrix| Matrix3::from_fn(|a, b| matrix[a][b]));
    for (m, one) in basis.iter().enumerate() {
        assert!(one.trace().abs() < 1e-14 && (one - one.transpose()).norm() < 1e-14);
        for (n, other) in basis.iter().enumerate() {
            let expected = if m == n { 1.0 } else { 0.0 };
            assert!((one.dot(other) - expected).abs() < 1e-14);
        }
    }
    let rotation = random_rotation(31);
    let turned = &wigner(2, &rotation)[2];
    for (m, one) in basis.iter().enumerate() {
        let expected: Matrix3<f64> = (0..5).map(|n| basis[n] * turned[(n, m)]).sum();
        assert!((rotation * one * rotation.transpose() - expected).norm() < 1e-13, "component {m}");
    }
}
