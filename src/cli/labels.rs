//! Labeled data as the command line describes them.

use std::path::Path;

use clap::Args;

use cormorant_core::Result;
use cormorant_fit::{DataSet, LabelKeys, StressConvention, StressSign, StressUnit};
use cormorant_workflow::settings::LabelUnitsInput;

/// Units of labels, for files that do not state them, and their names in extended XYZ.
#[derive(Debug, Clone, Args)]
pub(super) struct LabelArguments {
    /// Unit of the energies, if the file does not state it (eV, kcal/mol, kJ/mol, Hartree)
    #[arg(long, requires = "length_unit")]
    pub energy_unit: Option<String>,
    /// Unit of the coordinates, if the file does not state it (Å, nm, bohr)
    #[arg(long, requires = "energy_unit")]
    pub length_unit: Option<String>,
    /// Unit of the forces, e.g. Hartree/bohr [default: energy / length]
    #[arg(long, requires = "energy_unit", value_name = "UNIT")]
    pub force_unit: Option<String>,
    /// Name of the energy in the comments of extended XYZ, e.g. REF_energy [default: energy]
    #[arg(long, value_name = "NAME")]
    pub energy_key: Option<String>,
    /// Name of the forces among the columns of extended XYZ [default: forces]
    #[arg(long, value_name = "NAME")]
    pub forces_key: Option<String>,
    /// Name of the stress in the comments of extended XYZ [default: stress, if present]
    #[arg(long, value_name = "NAME")]
    pub stress_key: Option<String>,
    /// Name of the virial in the comments of extended XYZ [default: virial, if present]
    #[arg(long, value_name = "NAME")]
    pub virial_key: Option<String>,
    /// Name of the total charge in the comments of extended XYZ [default: charge, total_charge and the like, if present]
    #[arg(long, value_name = "NAME")]
    pub charge_key: Option<String>,
    /// Name of the multiplicity in the comments of extended XYZ [default: multiplicity, spin and the like, if present]
    #[arg(long, value_name = "NAME")]
    pub multiplicity_key: Option<String>,
    /// Unit of the stress: eV/Å^3, GPa, MPa, kbar, bar, or eV if it is multiplied by the volume [default: energy / length³]
    #[arg(long, value_name = "UNIT")]
    pub stress_unit: Option<StressUnit>,
    /// Sign of the stress: positive under tension (ASE) or compression (VASP's OUTCAR) [default: tension]
    #[arg(long, value_name = "WORD")]
    pub stress_sign: Option<StressSign>,
}

impl LabelArguments {
    /// The units, if they were given.
    pub fn units(&self) -> Result<Option<LabelUnitsInput>> {
        let given = self.energy_unit.as_deref().zip(self.length_unit.as_deref());
        given.map(|(energy, length)| LabelUnitsInput::parse(energy, length, self.force_unit.as_deref())).transpose()
    }

    /// The names of the labels.
    pub fn keys(&self) -> LabelKeys {
        LabelKeys {
            energy: self.energy_key.clone(),
            forces: self.forces_key.clone(),
            stress: self.stress_key.clone(),
            virial: self.virial_key.clone(),
            charge: self.charge_key.clone(),
            multiplicity: self.multiplicity_key.clone(),
            stress_convention: StressConvention { unit: self.stress_unit, sign: self.stress_sign.unwrap_or_default() },
            dipoles: true,
            groups: Vec::new(),
        }
    }

    /// The labeled data at `path`.
    pub fn read(&self, path: &Path) -> Result<DataSet> {
        self.read_with(path, Vec::new())
    }

    /// The same with what `groups` of the comments say.
    pub fn read_with(&self, path: &Path, groups: Vec<String>) -> Result<DataSet> {
        DataSet::read_labels(path, self.units()?.map(|given| given.units), &LabelKeys { groups, ..self.keys() })
    }
}
