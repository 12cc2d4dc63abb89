//! Errors of groups of frames, as `cormorant evaluate` prints them.

use cormorant_fit::{GroupErrors, RelativeErrors};

/// More groups of one key than this are not printed one by one.
const MOST_GROUPS: usize = 30;

/// Print the errors of each group, and those relative to the means of the groups; where there are too many, that `elsewhere` has them.
pub(super) fn print(groups: &[GroupErrors], relative: &[RelativeErrors], elsewhere: &str) {
    for of_key in groups.chunk_by(|a, b| a.key == b.key) {
        let key = &of_key[0].key;
        if of_key.len() > MOST_GROUPS {
            println!("{} groups named by `{key}`: too many to print, {elsewhere} has them", of_key.len());
        } else {
            table(key, of_key);
        }
    }
    for relative in relative {
        let [mae, rmse] = relative.energy;
        println!(
            "energy relative to the mean of each `{}` ({} groups, {} frames): MAE {mae:.3} meV, RMSE {rmse:.3} meV",
            relative.key, relative.groups, relative.frames
        );
    }
}

fn table(key: &str, groups: &[GroupErrors]) {
    println!(
        "{key:<28}{:>8}{:>16}{:>24}{:>20}",
        "frames", "energy MAE/meV", "relative energy MAE/meV", "force MAE/(meV/Å)"
    );
    let number = |errors: Option<[f64; 2]>| errors.map_or_else(|| "-".to_string(), |[mae, _]| format!("{mae:.3}"));
    for GroupErrors { name, frames, energy, relative_energy, force, .. } in groups {
        println!("{name:<28}{frames:>8}{:>16}{:>24}{:>20}", number(*energy), number(*relative_energy), number(*force));
    }
}
