//! The analyses against MDAnalysis and MDTraj (`tests/data/make_analysis.py`).

use cormorant::analysis::{
    Analysis, Findings, FrameSelection, FrameStream, Internal, MeanSquaredDisplacement, RadialDistribution,
    RootMeanSquareDeviation,
};
use cormorant::units::PICOSECOND;

/// What MDAnalysis and MDTraj found.
fn expected() -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string("tests/data/analysis.json").unwrap()).unwrap()
}

fn stream() -> FrameStream {
    let selection = FrameSelection { spacing: Some(PICOSECOND), ..FrameSelection::default() };
    FrameStream::open("tests/data/analysis.xyz".as_ref(), selection).unwrap()
}

fn found(mut analysis: impl Analysis) -> Findings {
    let mut stream = stream();
    while let Some(sample) = stream.next_sample().unwrap() {
        analysis.add(&sample).unwrap();
    }
    analysis.findings().unwrap()
}

fn assert_near(what: &str, values: &[f64], expected: &serde_json::Value, tolerance: f64) {
    let expected: Vec<f64> = expected.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    assert!(values.len() >= expected.len(), "{what}: {} values", values.len());
    for (at, (value, expected)) in values.iter().zip(&expected).enumerate() {
        assert!((value - expected).abs() < tolerance, "{what} at {at}: {value} instead of {expected}");
    }
}

#[test]
fn the_values_are_those_of_other_programs() {
    // Catches: any other convention: normalization, sign of dihedral angles, images, lags, superposition.
    let expected = expected();
    let distances = found(RadialDistribution::new(3.0, 0.1).unwrap());
    for curve in &distances.curves[0].curves {
        // Their volume is in single precision.
        assert_near(&curve.label, &curve.values, &expected["rdf"][&curve.label], 1e-5);
    }
    let motion = found(MeanSquaredDisplacement::new(None, true).unwrap());
    for curve in &motion.curves[0].curves {
        assert_near(&curve.label, &curve.values, &expected["msd"][&curve.label], 2e-4);
    }
    let deviation = found(RootMeanSquareDeviation::new(None, true).unwrap());
    assert_near("deviation", &deviation.curves[0].curves[0].values, &expected["rmsd"], 1e-5);
    for (text, values) in expected["internals"].as_object().unwrap() {
        let internal = Internal::parse(text).unwrap();
        let mut stream = stream();
        let mut mine = Vec::new();
        while let Some(sample) = stream.next_sample().unwrap() {
            mine.push(internal.value(&sample).unwrap());
        }
        assert_near(text, &mine, values, 5e-3);
    }
}
