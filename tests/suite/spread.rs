//! Spread of a committee against its true error: statistics of numbers whose answer is known, and the command.

use std::fs;
use std::path::Path;

use cormorant::learn::spread::{SpreadErrors, rank_correlation};
use cormorant::noise::{Consumer, Noise};

use crate::cli::{cormorant, sample_frames, text};

/// Catches: ranks that ignore ties, a correlation of values in place of ranks, a sign.
#[test]
fn ranks_of_known_lists() {
    let rising = [1.0, 2.0, 3.0, 4.0, 5.0];
    // Any growing function has the same ranks; values would correlate by 0.79.
    let close =
        |found: Option<f64>, exact: f64| assert!((found.unwrap() - exact).abs() < 1e-12, "{found:?} is not {exact}");
    close(rank_correlation(&rising, &rising.map(|x| (3.0 * x).exp())), 1.0);
    close(rank_correlation(&rising, &rising.map(|x| -x)), -1.0);
    // 1 − 6 Σd²/(n(n² − 1)): two pairs of exchanged neighbors have Σd² = 4.
    close(rank_correlation(&rising, &[2.0, 1.0, 4.0, 3.0, 5.0]), 1.0 - 6.0 * 4.0 / 120.0);
    // Ties: ranks 0.5, 0.5, 2 against 0, 1, 2 give √3/2.
    close(rank_correlation(&[1.0, 1.0, 7.0], &[1.0, 2.0, 3.0]), 3.0_f64.sqrt() / 2.0);
    assert!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]).is_none() && rank_correlation(&[1.0], &[2.0]).is_none());
}

/// Spreads between 0.5 and 1.5 and normal errors `factor` times as large: of a number, or of each component of a vector.
fn normal(components: usize, factor: f64, count: u64) -> SpreadErrors {
    let mut all = if components == 1 { SpreadErrors::of_numbers() } else { SpreadErrors::of_vectors() };
    for index in 0..count {
        let mut stream = Noise::new(7).stream(Consumer::Test, 0, index);
        let component = 0.5 + stream.uniform();
        let error: Vec<f64> = (0..components).map(|_| factor * component * stream.normal()).collect();
        all.add(component * (components as f64).sqrt(), &error);
    }
    all
}

/// Catches: a factor of √3 between the length of a vector and its components, a variance for a deviation, an inverse factor, shares
/// of lengths in place of components.
#[test]
fn normal_errors_give_their_factor_back() {
    let count = 20_000;
    for components in [1, 3] {
        let found = normal(components, 2.5, count).statistics().unwrap();
        assert_eq!(found.count, count as usize);
        // A standard error of the root mean square of n normal numbers is 1/√(2n); spreads of different size add to it.
        let numbers = (count as usize * components) as f64;
        let error = 1.5 / (2.0 * numbers).sqrt();
        let away = (found.calibration.unwrap() / 2.5 - 1.0) / error;
        assert!(
            away.abs() < 4.0,
            "{components} components: factor {:?}, {away} standard errors away",
            found.calibration
        );
        for (share, exact) in [(found.within_one, 0.682_689), (found.within_two, 0.954_500)] {
            let away = (share.unwrap() - exact) / (exact * (1.0 - exact) / numbers).sqrt();
            assert!(away.abs() < 4.0, "{components} components: share {share:?}, {away} standard errors from {exact}");
        }
        // In each tenth the error is the spread times the factor: standard error 1/√(2n/10).
        assert_eq!(found.deciles.len(), 10);
        for (part, one) in found.deciles.iter().enumerate() {
            let away = (one.rms_error / (2.5 * one.rms_spread) - 1.0) * (2.0 * numbers / 10.0).sqrt();
            assert!(away.abs() < 4.5, "tenth {part}: {away} standard errors");
            assert!(one.count == 2000 && one.spreads[0] < one.spreads[1]);
        }
        assert!(found.deciles.windows(2).all(|two| two[0].spreads[1] <= two[1].spreads[0]));
        let rank = found.rank_correlation.unwrap();
        assert!(rank > 0.1 && rank < 0.7, "{rank}");
    }
}

/// Catches: a Bessel correction in one place and not in the other: members with independent errors have the factor 1/√(M − 1).
#[test]
fn independent_members_have_the_factor_of_their_number() {
    for members in [2_usize, 3, 5] {
        let mut all = SpreadErrors::of_numbers();
        for index in 0..30_000 {
            let mut stream = Noise::new(3).stream(Consumer::Test, members as u64, index);
            let found: Vec<f64> = (0..members).map(|_| stream.normal()).collect();
            let mean = found.iter().sum::<f64>() / members as f64;
            let spread = (found.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / members as f64).sqrt();
            all.add(spread, &[mean]);
        }
        let found = all.statistics().unwrap();
        let exact = 1.0 / (members as f64 - 1.0).sqrt();
        // Relative standard errors: of the error 1/√(2n), of the spread 1/√(2n(M − 1)).
        let error = ((1.0 + 1.0 / (members as f64 - 1.0)) / 60_000.0).sqrt();
        let away = (found.calibration.unwrap() / exact - 1.0) / error;
        assert!(away.abs() < 4.0, "{members} members: {:?}, not {exact}", found.calibration);
        // Mean and spread of normal numbers are independent.
        assert!(found.rank_correlation.unwrap().abs() < 4.0 / 30_000.0_f64.sqrt());
    }
}

/// Catches: numbers that are not finite in the sums; a division by a spread of zero; a list that is empty.
#[test]
fn nothing_and_zeros_are_no_mistake() {
    assert!(SpreadErrors::of_numbers().statistics().is_none());
    let mut all = SpreadErrors::of_vectors();
    all.add(f64::NAN, &[1.0, 1.0, 1.0]);
    all.add(1.0, &[f64::INFINITY, 1.0, 1.0]);
    assert_eq!(all.count(), 0);
    all.add(0.0, &[1.0, 2.0, 2.0]);
    let found = all.statistics().unwrap();
    assert!(found.calibration.is_none() && found.within_one.is_none() && found.rank_correlation.is_none());
    assert!((found.rms_error - 3.0_f64.sqrt()).abs() < 1e-12, "a component of a vector of length 3");
}

/// Catches: statistics of one member, units that differ between text and JSON, a page without its chart, errors of the mean that are not those
/// of the table.
#[test]
fn evaluate_says_how_far_the_spread_is_to_be_believed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    sample_frames(here, 40);
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let models = ["ethanol", "organic"].map(|name| models.join(name).to_string_lossy().into_owned());
    let evaluate = ["evaluate", "--data", "frames.xyz", "--model", &models[0]];
    let alone = cormorant(here, &[&evaluate[..], &["--json"]].concat());
    assert!(!text(&alone.stdout).contains("\"spread\""));
    let refused = cormorant(here, &[&evaluate[..], &["--report", "page.html"]].concat());
    assert!(
        refused.status.code() == Some(1) && text(&refused.stderr).contains("--report shows the spread of a committee")
    );
    let both = [&evaluate[..], &["--model", &models[1]]].concat();
    let output = cormorant(here, &[&both[..], &["--json"]].concat());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    for (kind, items, rmse) in [("energy", 40, "energy_rmse"), ("force", 360, "force_rmse")] {
        let found = &json["spread"][kind];
        assert_eq!(found["count"], items);
        let number = |name: &str| found[name].as_f64().unwrap();
        let whole = json[rmse].as_f64().unwrap();
        assert!((number("rms_error") / whole - 1.0).abs() < 1e-9, "{kind}: {} is not {whole}", number("rms_error"));
        assert!((number("calibration") - number("rms_error") / number("rms_spread")).abs() < 1e-9);
        assert_eq!(found["deciles"].as_array().unwrap().len(), 10);
    }
    let output = cormorant(here, &[&both[..], &["--report", "page.html"]].concat());
    let out = text(&output.stdout);
    let factor = format!("{:.3}", json["spread"]["force"]["calibration"].as_f64().unwrap());
    assert!(
        out.contains("force on an atom / (meV/Å)") && out.contains(&factor) && out.contains("report: page.html"),
        "{out}"
    );
    let page = fs::read_to_string(here.join("page.html")).unwrap();
    assert!(page.contains("Spread of a committee against its error") && page.contains("twice that"));
    assert!(here.join("page/spread-force.svg").exists() && here.join("page/spread-energy.csv").exists());
}
