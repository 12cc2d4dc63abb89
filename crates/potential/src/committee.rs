//! Several models of the same thing as one.

use super::{Evaluation, Potential, RequestedProperties, Spread};
use cormorant_core::system::vector::{difference, dot};
use cormorant_core::system::{Element, System};
use cormorant_core::{Error, Result};
use cormorant_network::join_remarks;

/// The mean of several potentials, with their spread as a sign of where they guess.
///
///   E = ⟨E_m⟩      F = ⟨F_m⟩      σ_E = ⟨(E_m − E)²⟩^½      σ_i = ⟨|F_mi − F_i|²⟩^½
///
/// | symbol | here                  | unit |
/// |--------|-----------------------|------|
/// | ⟨ ⟩    | mean over the members m |    |
/// | σ_E    | [`Spread::energy`]    | eV   |
/// | σ_i    | [`Spread::forces`]    | eV/Å |
///
/// Charges and dipoles are means too; there are none as soon as one member has no charges.
///
/// The spread is that of the members at hand (no Bessel correction), as in the source: Zhang et al. 2019,
/// doi:10.1103/PhysRevMaterials.3.023804, eq. 4. The mean of gradients is the gradient of the mean, so energy is conserved.
/// Checked by `suite::committee`.
pub struct Committee {
    members: Vec<Box<dyn Potential>>,
    found: Vec<Evaluation>,
    note: Option<String>,
}

impl Committee {
    /// The committee of `members`.
    ///
    /// # Errors
    /// When there are fewer than two: one has no spread.
    pub fn new(members: Vec<Box<dyn Potential>>) -> Result<Self> {
        if members.len() < 2 {
            return Err(Error::Invalid(format!("a committee needs two members or more, not {}", members.len())));
        }
        let found = members.iter().map(|_| Evaluation::default()).collect();
        Ok(Self { members, found, note: None })
    }

    /// The same with something that its user should know, which [`Potential::check_state`] gives along.
    #[must_use]
    pub fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }

    /// Means of the charges (e) and dipoles (e·Å) of `atoms` atoms; a member with charges alone has dipoles of zero.
    fn charges(&self, atoms: usize) -> (Vec<f64>, Vec<[f64; 3]>) {
        let share = 1.0 / self.found.len() as f64;
        let mean = |read: &dyn Fn(&Evaluation) -> f64| self.found.iter().map(read).sum::<f64>() * share;
        let dipole =
            |one: &Evaluation, atom: usize, axis: usize| one.dipoles.get(atom).map_or(0.0, |dipole| dipole[axis]);
        let dipolar = self.found.iter().any(|one| !one.dipoles.is_empty());
        (
            (0..atoms).map(|atom| mean(&|one| one.charges[atom])).collect(),
            (0..if dipolar { atoms } else { 0 })
                .map(|atom| [0, 1, 2].map(|axis| mean(&|one| dipole(one, atom, axis))))
                .collect(),
        )
    }

    /// The first remark of a member, and that on the members.
    fn remark(&self, of: impl Fn(&dyn Potential) -> Result<Option<String>>) -> Result<Option<String>> {
        let remarks = self.members.iter().map(|member| of(member.as_ref())).collect::<Result<Vec<_>>>()?;
        Ok(join_remarks(remarks.into_iter().flatten().next(), self.note.clone()))
    }
}

impl Potential for Committee {
    fn name(&self) -> String {
        let names: Vec<String> = self.members.iter().map(|member| member.name()).collect();
        format!("committee of {}", names.join(", "))
    }

    fn instruction_set(&self) -> Option<&'static str> {
        self.members.iter().find_map(|member| member.instruction_set())
    }

    fn device(&self) -> Option<&str> {
        self.members.iter().find_map(|member| member.device())
    }

    /// The largest of the ranges; `None` as soon as one member couples every pair.
    fn cutoff(&self) -> Option<f64> {
        self.members
            .iter()
            .map(|member| member.cutoff())
            .try_fold(0.0_f64, |largest, cutoff| Some(largest.max(cutoff?)))
    }

    fn accepts(&self, element: Element) -> bool {
        self.members.iter().all(|member| member.accepts(element))
    }

    /// The elements that every member knows, where members name them.
    fn elements(&self) -> Vec<Element> {
        let mut lists = self.members.iter().map(|member| member.elements()).filter(|list| !list.is_empty());
        let first = lists.next().unwrap_or_default();
        lists.fold(first, |known, list| known.into_iter().filter(|element| list.contains(element)).collect())
    }

    fn is_external(&self) -> bool {
        self.members.iter().any(|member| member.is_external())
    }

    fn keeps_momentum(&self) -> bool {
        self.members.iter().all(|member| member.keeps_momentum())
    }

    fn keeps_angular_momentum(&self) -> bool {
        self.members.iter().all(|member| member.keeps_angular_momentum())
    }

    /// What the first says that has something to say, and the note.
    fn check_state(&self, system: &System) -> Result<Option<String>> {
        self.remark(|member| member.check_state(system))
    }

    fn check_structure(&self, system: &System) -> Result<Option<String>> {
        self.remark(|member| member.check_structure(system))
    }

    fn evaluate(&mut self, system: &System, want: RequestedProperties, into: &mut Evaluation) -> Result<()> {
        for (member, found) in self.members.iter_mut().zip(&mut self.found) {
            member.evaluate(system, want, found)?;
        }
        let atoms = system.atom_count();
        let share = 1.0 / self.found.len() as f64;
        let mean = |read: &dyn Fn(&Evaluation) -> f64| self.found.iter().map(read).sum::<f64>() * share;
        into.energy = mean(&|one| one.energy);
        into.forces.clear();
        into.forces.extend((0..atoms).map(|atom| [0, 1, 2].map(|axis| mean(&|one| one.forces[atom][axis]))));
        into.atom_energies.clear();
        if want.atom_energies {
            into.atom_energies.extend((0..atoms).map(|atom| mean(&|one| one.atom_energies[atom])));
        }
        let virial = |row: usize, column: usize| mean(&|one| one.virial.map_or(f64::NAN, |virial| virial[row][column]));
        let virials = want.virial && self.found.iter().all(|one| one.virial.is_some());
        into.virial = virials.then(|| [0, 1, 2].map(|row| [0, 1, 2].map(|column| virial(row, column))));
        let charged = self.found.iter().all(|one| one.charges.len() == atoms);
        let (charges, dipoles) = if charged { self.charges(atoms) } else { Default::default() };
        (into.charges, into.dipoles) = (charges, dipoles);
        let square = |atom: usize| {
            let away = |one: &Evaluation| difference(one.forces[atom], into.forces[atom]);
            mean(&|one| dot(away(one), away(one)))
        };
        into.spread = Some(Spread {
            energy: mean(&|one| (one.energy - into.energy).powi(2)).sqrt(),
            forces: (0..atoms).map(|atom| square(atom).sqrt()).collect(),
        });
        Ok(())
    }
}
