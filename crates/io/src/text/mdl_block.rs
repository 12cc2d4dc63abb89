//! One block of a file of MDL (V2000), as far as chemfiles passes over it.
//!
//! Columns as in CTfile Formats, BIOVIA 2020: the counts in line 4, then atoms, bonds, and lines `M  NAME` up to `M  END`. Lines `M  CHG`
//! or `M  RAD` replace all charges and radicals of the atoms' columns, `M  ISO` all their differences of mass.

/// A block.
#[derive(Debug, Clone, Copy)]
pub(super) struct MdlBlock<'t> {
    lines: &'t [&'t str],
    atoms: usize,
    bonds: usize,
}

/// Two atoms, counted from 0, and the order of their bond.
pub(super) type MdlBond = (usize, usize, f64);

impl<'t> MdlBlock<'t> {
    /// The block in these lines, from its title on.
    pub(super) fn of(lines: &'t [&'t str]) -> Self {
        let count = |from, to| lines.get(3).and_then(|line| number(line, from, to)).unwrap_or(0).max(0) as usize;
        Self { lines, atoms: count(0, 3), bonds: count(3, 6) }
    }

    /// Whether it is in the format V3000, whose atoms are elsewhere.
    pub(super) fn is_v3000(&self) -> bool {
        self.lines.get(3).is_some_and(|line| line.contains("V3000"))
    }

    /// Numbers other than 0 in these columns of the atoms, with the atom counted from 0.
    fn column(&self, from: usize, to: usize) -> Vec<(usize, i64)> {
        let lines = self.lines.iter().skip(4).take(self.atoms).enumerate();
        lines
            .filter_map(|(atom, line)| Some((atom, number(line, from, to)?)))
            .filter(|(_, value)| *value != 0)
            .collect()
    }

    /// Atoms, counted from 0, and values of the lines `M  NAME`; none where there is no such line.
    fn listed(&self, name: &str) -> Option<Vec<(usize, i64)>> {
        let own = self.lines.iter().skip(4 + self.atoms).take_while(|line| line.trim_end() != "M  END");
        let lines: Vec<&str> = own.filter_map(|line| line.strip_prefix("M  ")?.strip_prefix(name)).collect();
        let pairs = |line: &str| -> Vec<(usize, i64)> {
            let numbers: Vec<i64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
            numbers.chunks_exact(2).filter_map(|pair| Some((usize::try_from(pair[0] - 1).ok()?, pair[1]))).collect()
        };
        (!lines.is_empty()).then(|| lines.into_iter().flat_map(pairs).collect())
    }

    /// Formal charges of the atoms that have one.
    pub(super) fn charges(&self) -> Vec<(usize, i64)> {
        match (self.listed("CHG"), self.listed("RAD")) {
            (None, None) => {
                let codes = self.column(36, 39).into_iter().filter(|(_, code)| matches!(code, 1..=3 | 5..=7));
                codes.map(|(atom, code)| (atom, 4 - code)).collect()
            }
            (charges, _) => charges.unwrap_or_default(),
        }
    }

    /// Unpaired or missing electrons of the atoms that are radicals: 1 of a doublet, 2 of a carbene.
    pub(super) fn radicals(&self) -> Vec<(usize, i64)> {
        match (self.listed("CHG"), self.listed("RAD")) {
            (None, None) => {
                self.column(36, 39).into_iter().filter(|(_, code)| *code == 4).map(|(atom, _)| (atom, 1)).collect()
            }
            (_, radicals) => {
                let electrons = |code| if code == 2 { 1 } else { 2 };
                radicals.unwrap_or_default().into_iter().map(|(atom, code)| (atom, electrons(code))).collect()
            }
        }
    }

    /// Mass numbers of the atoms that are isotopes.
    pub(super) fn mass_numbers(&self) -> Vec<(usize, i64)> {
        self.listed("ISO").unwrap_or_default()
    }

    /// Differences of the mass number from the rounded atomic weight, in the old column of the atoms.
    pub(super) fn mass_differences(&self) -> Vec<(usize, i64)> {
        if self.listed("ISO").is_some() { Vec::new() } else { self.column(34, 36) }
    }

    /// The bonds; those of an aromatic ring count one and a half.
    pub(super) fn bonds(&self) -> Vec<MdlBond> {
        let bond = |line: &&str| {
            let atom = |from, to| usize::try_from(number(line, from, to)? - 1).ok();
            let order = match number(line, 6, 9)? {
                kind @ 1..=3 => kind as f64,
                4 => 1.5,
                _ => 1.0, // queries, coordination
            };
            Some((atom(0, 3)?, atom(3, 6)?, order))
        };
        self.lines.iter().skip(4 + self.atoms).take(self.bonds).filter_map(bond).collect()
    }
}

fn number(line: &str, from: usize, to: usize) -> Option<i64> {
    line.get(from..to.min(line.len()))?.trim().parse().ok()
}
