//! Errors against labels.

use cormorant::fit::{Configuration, GroupMetrics, Metrics};
use cormorant::system::Element;

#[test]
fn errors_are_those_of_a_hand_calculation() {
    // Catches eV for meV, vectors for components, sums for means.
    let [carbon, hydrogen] = ["C", "H"].map(|symbol| Element::from_symbol(symbol).unwrap());
    let label = Configuration {
        elements: vec![carbon, hydrogen],
        positions: vec![[0.0; 3]; 2],
        cell: None,
        energy: Some(-10.0),
        forces: vec![[0.0; 3], [1.0, 0.0, 0.0]],
        virial: Some([[0.0; 3]; 3]),
        ..Configuration::default()
    };
    let mut metrics = Metrics::default();
    metrics.add(
        &label,
        -9.998,
        &[[0.003, 0.0, 0.0], [1.0, -0.006, 0.0]],
        Some(&[[0.018, 0.0, 0.0], [0.0; 3], [0.0; 3]]),
    );
    metrics.add(&label, -10.004, &label.forces, Some(&[[0.0; 3]; 3]));
    let errors = metrics.errors();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b, "{a} {b}");
    close(errors.energy_mae, 3.0);
    close(errors.energy_rmse, 10_f64.sqrt());
    close(errors.energy_mae_per_atom, 1.5);
    close(errors.energy_rmse_per_atom, 10_f64.sqrt() / 2.0);
    close(errors.force_mae, 9.0 / 12.0);
    close(errors.force_rmse, (45.0_f64 / 12.0).sqrt());
    close(errors.force_largest, 6.0);
    close(errors.virial_mae_per_atom.unwrap(), 0.5);
    assert_eq!((errors.frames, errors.atoms), (2, 4));
    assert_eq!(errors.elements[0].element, "H", "by atomic number");
    close(errors.elements[0].force_mae, 1.0);
    close(errors.elements[1].force_mae, 0.5);
    assert_eq!(errors.elements[1].atoms, 2);
}

/// Catches: one constant for all formulas, a constant of a formula that has one frame alone (its error would be zero), eV for meV.
#[test]
fn what_is_left_beyond_constants() {
    let frame = |symbols: &[&str]| Configuration {
        elements: symbols.iter().map(|symbol| Element::from_symbol(symbol).unwrap()).collect(),
        positions: vec![[0.0; 3]; symbols.len()],
        energy: Some(1.0),
        ..Configuration::default()
    };
    let mut metrics = GroupMetrics::default();
    for (symbols, error) in
        [(["C", "H"], 3.0), (["H", "C"], 3.002), (["O", "H"], -7.0), (["O", "H"], -7.004), (["N", "H"], 50.0)]
    {
        metrics.add(&frame(&symbols), 1.0 + error, &[]);
    }
    let left = metrics.beyond_constants().unwrap();
    assert_eq!((left.groups, left.frames), (2, 4));
    assert!((left.energy[0] - 1.5).abs() < 1e-9, "{left:?}");
    assert!((left.energy[1] - 2.5_f64.sqrt()).abs() < 1e-9, "{left:?}");
}
