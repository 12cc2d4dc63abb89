//! Which overall motion a bias leaves alone, by the actions in its input.

/// Actions that look at atoms only from one to another, at numbers only, or at nothing.
const INTERNAL: [&str; 58] = [
    "ABMD",
    "ALPHARMSD",
    "ANGLE",
    "ANGLES",
    "ANTIBETARMSD",
    "BIASVALUE",
    "CELL",
    "CENTER",
    "COM",
    "COMBINE",
    "COMMITTOR",
    "CONSTANT",
    "CONTACTMAP",
    "COORDINATION",
    "COORDINATIONNUMBER",
    "CUSTOM",
    "DIHCOR",
    "DISTANCE",
    "DISTANCES",
    "DRMSD",
    "DUMPATOMS",
    "DUMPFORCES",
    "DUMPGRID",
    "DUMPMASSCHARGE",
    "ENDPLUMED",
    "ENERGY",
    "ENSEMBLE",
    "EXTERNAL",
    "FLUSH",
    "GROUP",
    "GYRATION",
    "HISTOGRAM",
    "LOWER_WALLS",
    "MATHEVAL",
    "METAD",
    "MOLINFO",
    "MOVINGRESTRAINT",
    "OPES_EXPANDED",
    "OPES_METAD",
    "OPES_METAD_EXPLORE",
    "PARABETARMSD",
    "PBMETAD",
    "PIECEWISE",
    "PRINT",
    "PUCKERING",
    "RANDOM_EXCHANGES",
    "RESTART",
    "RESTRAINT",
    "REWEIGHT_BIAS",
    "REWEIGHT_METAD",
    "RMSD",
    "SORT",
    "TIME",
    "TORSION",
    "TORSIONS",
    "UNITS",
    "UPPER_WALLS",
    "WHOLEMOLECULES",
];

/// What forces of a bias conserve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Symmetry {
    /// Total momentum.
    pub momentum: bool,
    /// Total angular momentum, without a cell.
    pub angular_momentum: bool,
}

impl Symmetry {
    /// Of the bias that `input`, a `plumed.dat`, describes. Both are true only where every action is known to leave them alone:
    /// components of a vector and deviations without superposition feel rotations, whatever else there is may feel anything.
    ///
    /// Source: the manual of PLUMED 2. Checked by the test below.
    pub fn of(input: &str) -> Self {
        let mut symmetry = Self { momentum: true, angular_momentum: true };
        for action in actions(input) {
            let words: Vec<&str> = action.iter().map(String::as_str).collect();
            let Some(name) = words.iter().find(|word| !word.ends_with(':') && !word.starts_with("LABEL=")) else {
                continue;
            };
            let turns = words.iter().any(|word| word.ends_with("COMPONENTS") || *word == "TYPE=SIMPLE");
            let fitted = *name != "RMSD" || words.contains(&"TYPE=OPTIMAL");
            symmetry.momentum &= INTERNAL.contains(name);
            symmetry.angular_momentum &= symmetry.momentum && !turns && fitted && *name != "CELL";
        }
        symmetry
    }
}

/// The words of every action: a line, or lines between `...`, without comments.
fn actions(input: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut open = false;
    for line in input.lines() {
        let mut words: Vec<&str> = line.split('#').next().unwrap_or_default().split_whitespace().collect();
        let dots = words.contains(&"...");
        words.retain(|word| *word != "...");
        let words = words.into_iter().map(str::to_string);
        match found.last_mut() {
            // The closing line may repeat the name or the label.
            Some(last) if open => last.extend(words),
            _ => found.push(words.collect()),
        }
        open ^= dots;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Symmetry;

    // Catches: degrees of freedom taken away under a bias that holds an atom in space, or left in under one that does not.
    #[test]
    fn a_bias_is_known_by_its_actions() {
        let of = |input: &str| {
            let Symmetry { momentum, angular_momentum } = Symmetry::of(input);
            [momentum, angular_momentum]
        };
        assert_eq!(of("# nothing\n\nd: DISTANCE ATOMS=1,2\nRESTRAINT ARG=d AT=0.1 KAPPA=100 LABEL=r\n"), [true, true]);
        assert_eq!(of("METAD ...\n LABEL=m ARG=phi\n SIGMA=0.3\n... METAD\nphi: TORSION ATOMS=1,2,3,4"), [true, true]);
        assert_eq!(of("d: DISTANCE ATOMS=1,2 COMPONENTS\n"), [true, false]);
        assert_eq!(of("RMSD REFERENCE=a.pdb\n"), [true, false]);
        assert_eq!(of("RMSD REFERENCE=a.pdb TYPE=OPTIMAL\n"), [true, true]);
        assert_eq!(of("p: POSITION ATOM=1\nRESTRAINT ARG=p.x AT=0 KAPPA=1\n"), [false, false]);
        assert_eq!(of("INCLUDE FILE=other.dat\n"), [false, false]);
    }
}
