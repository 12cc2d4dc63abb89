//! The distribution of the kinetic energy, and where series come to rest.

use cormorant::analysis::{Analysis, Equilibrium, KineticDistribution, running_mean};
use cormorant::noise::{Consumer, Noise};
use cormorant::units::BOLTZMANN;

/// Kinetic energies (eV) of `freedom` momenta at `temperature`, each remembering `memory` of its last value.
fn energies(count: u64, freedom: usize, temperature: f64, memory: f64) -> impl Iterator<Item = f64> {
    let mut stream = Noise::new(11).stream(Consumer::Test, 0, 0);
    let mut momenta: Vec<f64> = (0..freedom).map(|_| stream.normal()).collect();
    (0..count).map(move |_| {
        for momentum in &mut momenta {
            *momentum = memory * *momentum + (1.0 - memory * memory).sqrt() * stream.normal();
        }
        0.5 * BOLTZMANN * temperature * momenta.iter().map(|momentum| momentum * momentum).sum::<f64>()
    })
}

fn tested(freedom: usize, energies: impl Iterator<Item = f64>) -> KineticDistribution {
    let mut analysis = KineticDistribution::new(300.0, freedom).unwrap();
    energies.for_each(|energy| analysis.add_energy(energy));
    analysis
}

#[test]
fn canonical_energies_pass_and_others_do_not() {
    // Catches: a distribution for one degree of freedom too many, correlated samples taken for independent ones, a
    // thermostat that is off by one percent, one that keeps the energy too narrow (Berendsen).
    for (freedom, memory) in [(3, 0.0), (21, 0.0), (21, 0.9), (60, 0.97)] {
        let analysis = tested(freedom, energies(60_000, freedom, 300.0, memory));
        let (reduced, probability) = analysis.chi_square().unwrap();
        assert!(probability > 1e-3 && reduced > 0.05, "{freedom} {memory}: {reduced} {probability}");
        // K of a squared process forgets with memory²: g = (1 + m²) / (1 − m²).
        let exact = (1.0 + memory * memory) / (1.0 - memory * memory);
        let found = analysis.inefficiency().unwrap();
        assert!((0.7..1.6).contains(&(found / exact)), "{freedom} {memory}: {found} instead of {exact}");
    }
    let wrong = [
        ("21 for 20", tested(21, energies(60_000, 20, 300.0, 0.0))),
        ("303 K", tested(60, energies(60_000, 60, 303.0, 0.0))),
        ("narrow", tested(21, energies(60_000, 84, 75.0, 0.0))),
    ];
    for (what, analysis) in wrong {
        assert!(analysis.chi_square().unwrap().1 < 1e-6, "{what}: {:?}", analysis.chi_square());
    }
    assert!(tested(3, energies(90, 3, 300.0, 0.0)).chi_square().is_none(), "90 samples say nothing");
    let findings = tested(21, energies(60_000, 21, 300.0, 0.5)).findings().unwrap();
    let [found, exact] = findings.curves[0].curves.as_slice() else { panic!("{findings:?}") };
    let width = findings.curves[0].points[1] - findings.curves[0].points[0];
    for curve in [found, exact] {
        let integral = width * curve.values.iter().sum::<f64>();
        assert!((integral - 0.9998).abs() < 5e-4, "{}: {integral}", curve.label);
    }
    assert!(KineticDistribution::new(0.0, 3).is_err() && KineticDistribution::new(300.0, 0).is_err());
    let mut again = KineticDistribution::new(300.0, 21).unwrap();
    let whole = tested(21, energies(500, 21, 300.0, 0.5));
    again.restore(&whole.state()).unwrap();
    assert_eq!(again.findings().unwrap(), whole.findings().unwrap());
}

#[test]
fn a_series_is_cut_where_it_comes_to_rest() {
    // Catches: a mean over the warm-up, a series at rest that is cut for nothing, errors without correlation.
    let mut stream = Noise::new(2).stream(Consumer::Test, 0, 0);
    let mut value = 0.0;
    let mut noise = |_| {
        value = 0.8 * value + stream.normal();
        value
    };
    let settling: Vec<f64> = (0..20_000).map(|step| noise(step) + 40.0 * (-f64::from(step) / 600.0).exp()).collect();
    let found = Equilibrium::of(&settling).unwrap();
    assert!((2000..8000).contains(&found.start), "{found:?}");
    assert!(found.mean.abs() < 4.0 * found.error + 0.1, "{found:?}");
    // Exact: σ² g / n of a process with memory 0.8, g = 1.8 / 0.2.
    assert!((0.5..2.0).contains(&(found.inefficiency / 9.0)), "{found:?}");
    let resting: Vec<f64> = (0..20_000).map(&mut noise).collect();
    assert!(Equilibrium::of(&resting).unwrap().start < 8000);
    assert!(Equilibrium::of(&[1.0; 1000]).is_none() && Equilibrium::of(&[]).is_none());
    assert_eq!(running_mean(&[1.0, 3.0, 8.0]), [1.0, 2.0, 4.0]);
}
