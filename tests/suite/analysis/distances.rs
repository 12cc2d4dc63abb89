//! Radial distribution functions.

use cormorant::analysis::{Analysis, Findings, RadialDistribution};
use cormorant::noise::{Consumer, Noise};
use cormorant::system::{Cell, System};

use super::{assert_resumes, sample, system};

/// Frames of an ideal gas of 20 He and 10 Ne in a triclinic cell whose volume changes.
fn gas(frames: u64) -> Vec<System> {
    let noise = Noise::new(4);
    let symbols: Vec<&str> = (0..30).map(|atom| if atom % 3 == 0 { "Ne" } else { "He" }).collect();
    (0..frames)
        .map(|frame| {
            let mut stream = noise.stream(Consumer::Test, frame, 0);
            let scale = 1.0 + 0.1 * stream.uniform();
            let cell =
                Cell::new([[9.0, 0.0, 0.0], [3.0, 8.0, 0.0], [-2.0, 1.5, 7.5]].map(|row| row.map(|x| x * scale)));
            let cell = cell.unwrap();
            let positions =
                (0..30).map(|_| cell.cartesian([stream.uniform(), stream.uniform(), stream.uniform()])).collect();
            system(&symbols, positions, Some(cell))
        })
        .collect()
}

fn analyze(mut analysis: impl Analysis, frames: &[System]) -> Findings {
    for (number, frame) in (0..).zip(frames) {
        analysis.add(&sample(frame, number)).unwrap();
    }
    analysis.findings().unwrap()
}

#[test]
fn an_ideal_gas_is_uniform() {
    // Catches: pairs counted once or twice, N instead of N − 1, shells of wrong volume, images lost in slanted cells,
    // the volume of one frame used for all.
    let frames = gas(800);
    let reach = frames.iter().map(RadialDistribution::suitable_cutoff).fold(10.0, f64::min);
    let findings = analyze(RadialDistribution::new(reach, reach / 8.0).unwrap(), &frames);
    let g = &findings.curves[0];
    let labels: Vec<&str> = g.curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["He-He", "He-Ne", "Ne-Ne"]);
    let mut chi_square = 0.0;
    let mut points = 0.0;
    for curve in &g.curves {
        let errors = curve.errors.as_ref().unwrap();
        for (bin, (value, error)) in curve.values.iter().zip(errors).enumerate().skip(1) {
            let sigmas = (value - 1.0) / error;
            assert!(sigmas.abs() < 5.0 && *error < 0.1, "{} bin {bin}: {value} ± {error}", curve.label);
            chi_square += sigmas * sigmas;
            points += 1.0;
        }
    }
    // Errors from 12 blocks: the sum of t² has mean n·11/9. Errors that are off by a factor of 1.7 would show.
    assert!((0.4..2.5).contains(&(chi_square / points)), "chi-square {chi_square} of {points} points");
}

#[test]
fn fcc_has_its_shells() {
    // Catches: bins shifted by half their width, coordination numbers counted per pair, atoms of small cells that do not
    // see their own images.
    let edge = 4.05;
    let half = edge / 2.0;
    let shells = [(1.0, 12.0), (2.0, 6.0), (3.0, 24.0), (4.0, 12.0), (5.0, 24.0)];
    let primitive = Cell::new([[0.0, half, half], [half, 0.0, half], [half, half, 0.0]]).unwrap();
    let cubic: Vec<[f64; 3]> = vec![[0.0; 3], [0.0, half, half], [half, 0.0, half], [half, half, 0.0]];
    for frame in [
        system(&["Al"], vec![[0.3, 0.1, -0.2]], Some(primitive)),
        system(&["Al"; 4], cubic, Some(Cell::cubic(edge).unwrap())),
    ] {
        let atoms = frame.atom_count() as f64;
        let density = atoms / frame.cell.as_ref().unwrap().measure();
        let findings = analyze(RadialDistribution::new(6.6, 0.01).unwrap(), &[frame]);
        let (g, running) = (&findings.curves[0], &findings.curves[1]);
        let mut expected_running = 0.0;
        for (square, count) in shells {
            let distance = edge * f64::sqrt(square / 2.0);
            let bin = (distance / 0.01) as usize;
            let (inner, outer) = (0.01 * bin as f64, 0.01 * (bin + 1) as f64);
            let shell = 4.0 / 3.0 * std::f64::consts::PI * (outer.powi(3) - inner.powi(3));
            let value = g.curves[0].values[bin] * density * shell;
            assert!((value - count).abs() < 1e-9 * count, "shell at {distance} Å: {value} atoms");
            assert!((g.points[bin] - distance).abs() <= 0.005 + 1e-9);
            expected_running += count;
            assert!((running.curves[0].values[bin] - expected_running).abs() < 1e-9);
        }
        assert_eq!(g.curves[0].values.iter().filter(|value| **value > 0.0).count(), shells.len());
    }
}

#[test]
fn distances_of_a_molecule_are_a_density() {
    // Catches: a molecule treated as a gas in a box, distances weighted by 4πr², a pair with itself.
    let water = system(&["O", "H", "H"], vec![[0.0; 3], [0.96, 0.0, 0.0], [0.0, 0.96, 0.0]], None);
    let findings = analyze(RadialDistribution::new(2.0, 0.1).unwrap(), &[water]);
    let p = &findings.curves[0];
    assert_eq!(p.unit, "1/Å");
    let labels: Vec<&str> = p.curves.iter().map(|curve| curve.label.as_str()).collect();
    assert_eq!(labels, ["H-H", "H-O"], "there is one oxygen, which has no distance to itself");
    for (curve, bin) in p.curves.iter().zip([13, 9]) {
        assert!((curve.values[bin] - 10.0).abs() < 1e-12 && curve.values.iter().sum::<f64>() < 10.0 + 1e-12);
    }
    let running: Vec<f64> = findings.curves[1].curves.iter().map(|curve| *curve.values.last().unwrap()).collect();
    assert_eq!(running, [1.0, 1.0, 2.0], "H about H, O about H, H about O");
}

#[test]
fn distances_resume_with_the_same_bits() {
    // Catches: state that is forgotten or rounded when a run is stopped.
    assert_resumes(|| Box::new(RadialDistribution::new(4.0, 0.5).unwrap()), &gas(41));
}

#[test]
fn impossible_bins_and_strange_frames_are_refused() {
    // Catches: a division by zero, a panic on a changed composition.
    for (reach, bin) in [(0.0, 0.1), (-1.0, 0.1), (1.0, 0.0), (f64::NAN, 0.1), (1.0, 1e-9), (f64::INFINITY, 1.0)] {
        assert!(RadialDistribution::new(reach, bin).is_err(), "{reach} {bin}");
    }
    let mut analysis = RadialDistribution::new(3.0, 0.1).unwrap();
    assert!(analysis.findings().is_err());
    analysis.add(&sample(&system(&["H"; 2], vec![[0.0; 3], [1.0; 3]], None), 0)).unwrap();
    let error = analysis.add(&sample(&system(&["H", "O"], vec![[0.0; 3], [1.0; 3]], None), 1)).unwrap_err();
    assert!(error.to_string().contains("frame 1: it holds O"), "{error}");
}
