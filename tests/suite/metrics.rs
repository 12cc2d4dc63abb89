//! Errors against labels.

use cormorant::fit::{Configuration, Metrics};
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
