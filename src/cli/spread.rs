//! How far the spread of a committee tells its error, for `evaluate`.

use cormorant_learn::spread::SpreadStatistics;
use cormorant_workflow::workflow::SpreadComparison;

/// Print the numbers and the tables.
pub(super) fn print(found: &SpreadComparison) {
    println!("spread of the committee against the error of its mean:");
    let heads = ["number", "rank corr.", "RMS error", "RMS spread", "factor", "within 1", "within 2"];
    println!("{:<28}{}", "", heads.map(|head| format!("{head:>12}")).concat());
    let kinds = [("energy of a frame / meV", &found.energy), ("force on an atom / (meV/Å)", &found.force)];
    for (name, found) in kinds.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?))) {
        let share = |share: Option<f64>| share.map_or_else(|| "-".into(), |share| format!("{:.1} %", 100.0 * share));
        let number = |number: Option<f64>| number.map_or_else(|| "-".into(), |number| format!("{number:.3}"));
        let columns = [
            found.count.to_string(),
            number(found.rank_correlation),
            number(Some(found.rms_error)),
            number(Some(found.rms_spread)),
            number(found.calibration),
            share(found.within_one),
            share(found.within_two),
        ];
        println!("{name:<28}{}", columns.map(|column| format!("{column:>12}")).concat());
    }
    println!(
        "(an error bar is the spread times the factor; 68.3 % of normal errors are within 1 of it and 95.4 % within 2; \
         root mean squares of components)"
    );
    for (name, found) in kinds.into_iter().filter_map(|(name, found)| Some((name, found.as_ref()?))) {
        deciles(name, found);
    }
}

/// Errors by tenths of the spread.
fn deciles(name: &str, found: &SpreadStatistics) {
    println!("{name}, by size of the spread:");
    println!("{:>6}{:>10}{:>24}{:>16}{:>16}", "tenth", "number", "spread", "RMS × factor", "RMS error");
    let factor = found.calibration.unwrap_or(f64::NAN);
    for (part, one) in found.deciles.iter().enumerate() {
        let [low, high] = one.spreads;
        let spread = format!("{low:.3} to {high:.3}");
        let bar = factor * one.rms_spread;
        println!("{:>6}{:>10}{spread:>24}{bar:>16.3}{:>16.3}", part + 1, one.count, one.rms_error);
    }
}
