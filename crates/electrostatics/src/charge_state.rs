//! From numbers of the atoms to charges that add up, and to the energy of holding them.
//!
//!   q_i = q̃_i + f_i/F (Q − Σ_j q̃_j),        s_i = g_i/G n,
//!   E = Σ_i χ_i q_i + ½ J_i q_i² + ν_i s_i + ½ κ_i s_i²
//!
//! | symbol   | number     | unit | meaning                                                               |
//! |----------|------------|------|-----------------------------------------------------------------------|
//! | q̃_i     | 0          | [`CHARGE`] | charge before all add up                                         |
//! | f_i, F   | 1          |      | share in what is left over, the soft plus of the number; their sum     |
//! | χ_i, J_i | 2, 3       | energy/e, energy/e² | electronegativity and hardness                          |
//! | g_i, G   | 4          |      | share in the unpaired electrons, the soft plus of the number; their sum |
//! | ν_i, κ_i | 5, 6       | energy | energy of an unpaired electron, and of its square                     |
//! | Q, n     | `charge`, `unpaired` | e | total charge, number of unpaired electrons                       |
//!
//! With E one geometry has an energy for each total charge and spin: a polynomial of second degree in each. Source of the shift:
//! PhysNet (Unke, Meuwly 2019, doi:10.1021/acs.jctc.9b00181), equation 14, weighted as in Zubatyuk et al. 2021
//! (doi:10.1038/s41467-021-24904-0). Of χ and J: charge equilibration (Rappé, Goddard 1991, doi:10.1021/j100161a070), where they
//! define the charges; here these come from the network. Checked by: `suite::charge_state::charges_add_up`.

/// Numbers of an atom.
pub const NUMBERS: usize = 7;
/// What one unit of a number that is a charge stands for, in e; also of dipoles in e·Å and quadrupoles in e·Å².
pub const CHARGE: f64 = 0.3;

/// The numbers that are shares: in the charge that is left over, and in the unpaired electrons.
const SHARES: [usize; 2] = [1, 4];

/// Charges and spins of atoms, and the energy of holding them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChargeState {
    /// Charges in e.
    pub charges: Vec<f64>,
    /// Unpaired electrons of each atom.
    pub spins: Vec<f64>,
    /// Energy of holding them, in the unit of the numbers.
    pub energy: f64,
    /// Q − Σ q̃.
    rest: f64,
    /// f_i/F and g_i/G.
    shares: [Vec<f64>; 2],
    /// F and G.
    sums: [f64; 2],
    unpaired: f64,
}

impl ChargeState {
    /// Distributes `charge` (e) and `unpaired` electrons over atoms with these `numbers`, [`NUMBERS`] at the start of every `width`.
    pub fn distribute(&mut self, numbers: &[f64], width: usize, charge: f64, unpaired: f64) {
        let atoms = || numbers.chunks_exact(width);
        self.rest = charge - atoms().map(|one| CHARGE * one[0]).sum::<f64>();
        self.unpaired = unpaired;
        for (place, number) in SHARES.into_iter().enumerate() {
            let shares = &mut self.shares[place];
            shares.clear();
            shares.extend(atoms().map(|one| soft_plus(one[number])));
            let sum = shares.iter().sum::<f64>();
            self.sums[place] = sum;
            for share in shares.iter_mut() {
                *share /= sum;
            }
        }
        self.charges.clear();
        self.charges.extend(atoms().zip(&self.shares[0]).map(|(one, share)| CHARGE * one[0] + share * self.rest));
        self.spins.clear();
        self.spins.extend(self.shares[1].iter().map(|share| share * unpaired));
        let energy = self.atom_energies(numbers, width).sum();
        self.energy = energy;
    }

    /// The energy of holding charge and spin of each atom, in the unit of the numbers.
    pub fn atom_energies<'a>(&'a self, numbers: &'a [f64], width: usize) -> impl Iterator<Item = f64> + 'a {
        let held = numbers.chunks_exact(width).zip(self.charges.iter().zip(&self.spins));
        held.map(|(one, (q, s))| q * (one[2] + 0.5 * q * one[3]) + s * (one[5] + 0.5 * s * one[6]))
    }

    /// The gradient of the energy of holding them, plus that of an energy with derivatives `by_charge`, with respect to the numbers,
    /// written to `into`, all in the unit of the numbers.
    pub fn pull_back(&self, numbers: &[f64], width: usize, by_charge: &[f64], into: &mut [f64]) {
        let (charges, spins) = (&self.charges, &self.spins);
        self.share_back((0, self.rest), numbers, width, into, |i, one| by_charge[i] + one[2] + charges[i] * one[3]);
        self.share_back((1, self.unpaired), numbers, width, into, |i, one| one[5] + spins[i] * one[6]);
        for (into, (q, s)) in into.chunks_exact_mut(width).zip(charges.iter().zip(spins)) {
            (into[2], into[3]) = (*q, 0.5 * q * q);
            (into[5], into[6]) = (*s, 0.5 * s * s);
        }
    }

    /// The gradient of a function of the charges alone, with derivatives `by_charge`, with respect to the numbers; the others of `into`
    /// stay as they are.
    pub fn pull_back_charges(&self, numbers: &[f64], width: usize, by_charge: &[f64], into: &mut [f64]) {
        self.share_back((0, self.rest), numbers, width, into, |i, _| by_charge[i]);
    }

    /// Of charges (0, which also have a part of their own) or spins (1), of which `left` was shared out: from derivatives `by` with respect
    /// to them to those with respect to the numbers that make them.
    fn share_back(
        &self,
        (what, left): (usize, f64),
        numbers: &[f64],
        width: usize,
        into: &mut [f64],
        by: impl Fn(usize, &[f64]) -> f64,
    ) {
        let (shares, share) = (&self.shares[what], SHARES[what]);
        let atoms = || numbers.chunks_exact(width).enumerate();
        // One that takes more leaves less to all.
        let mean: f64 = atoms().map(|(i, one)| by(i, one) * shares[i]).sum();
        for ((i, one), into) in atoms().zip(into.chunks_exact_mut(width)) {
            let by = by(i, one) - mean;
            into[share] = left / self.sums[what] * by * logistic(one[share]);
            if what == 0 {
                into[0] = CHARGE * by;
            }
        }
    }
}

/// ln(1 + eˣ), without overflow.
pub(crate) fn soft_plus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The derivative of the soft plus.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
