//! Residues whose atoms are named by the rules of biochemistry, and ions.
//!
//! Sources: the chemical component dictionary of the wwPDB, and the residue names of the force fields CHARMM, AMBER, GROMOS and OPLS.

/// Residues of proteins, nucleic acids and water in which the first letter of a name is the element.
const AMINO_ACIDS: &[&str] = &[
    "ALA", "ARG", "ASN", "ASP", "CYS", "GLN", "GLU", "GLY", "HIS", "ILE", "LEU", "LYS", "MET", "PHE", "PRO", "SER",
    "THR", "TRP", "TYR", "VAL", "MSE", "SEC", "PYL", "ASX", "GLX", "SEP", "TPO", "PTR", "HYP", "NLE", "ORN", "CSO",
    "CGU", "PCA", "ABA", "AIB", "ASH", "GLH", "HID", "HIE", "HIP", "HSD", "HSE", "HSP", "LYN", "LYP", "CYX", "CYM",
    "ARN", "ASPP", "GLUP", "LSN", "LYSH", "LYSN", "CYSH", "CYS1", "CYS2", "CYSX", "ARGN", "ASPH", "GLUH", "HISA",
    "HISB", "HISD", "HISE", "HISH", "HIS1", "HIS2", "ACE", "NME", "NMA", "NAC", "NH2", "NHE", "FOR", "UNK",
];
const NUCLEOTIDES: &[&str] = &[
    "A", "C", "G", "U", "T", "I", "DA", "DC", "DG", "DT", "DU", "DI", "RA", "RC", "RG", "RU", "ADE", "CYT", "GUA",
    "THY", "URA", "ATP", "ADP", "AMP", "GTP", "GDP", "NAD", "NAP", "FAD", "FMN",
];
const WATERS: &[&str] = &[
    "HOH", "WAT", "SOL", "DOD", "H2O", "TIP", "TIP2", "TIP3", "TIP4", "TIP5", "TP3", "TP4", "TP5", "T3P", "T4P", "SPC",
    "SPCE", "SPC/E",
];
/// Residues with an iron in the middle.
const HEMES: &[&str] = &["HEM", "HEC", "HEA", "HEB", "HEME", "HEMO", "HEMR"];
/// Names that force fields give ions, and the symbol of each.
const IONS: &[(&str, &str)] = &[
    ("SOD", "Na"),
    ("CLA", "Cl"),
    ("POT", "K"),
    ("LIT", "Li"),
    ("RUB", "Rb"),
    ("CES", "Cs"),
    ("CAL", "Ca"),
    ("CAD", "Cd"),
    ("BAR", "Ba"),
    ("IOD", "I"),
    ("BRO", "Br"),
    ("FLA", "F"),
];

/// Whether the first letter of a name in this residue is its element.
pub(super) fn is_biochemical(residue: &str) -> bool {
    let residue = residue.to_ascii_uppercase();
    let known = |name: &str| AMINO_ACIDS.contains(&name) || NUCLEOTIDES.contains(&name) || WATERS.contains(&name);
    // AMBER marks the ends of chains: NALA, CALA, DA5, DC3.
    known(&residue)
        || (residue.len() == 4 && residue.starts_with(['N', 'C']) && AMINO_ACIDS.contains(&&residue[1..]))
        || (residue.len() > 1
            && residue.ends_with(['3', '5', 'N'])
            && NUCLEOTIDES.contains(&&residue[..residue.len() - 1]))
}

/// Whether this residue has an iron in the middle of a porphyrin.
pub(super) fn is_heme(residue: &str) -> bool {
    HEMES.contains(&residue.to_ascii_uppercase().as_str())
}

/// The symbol of the ion that a force field calls `name`.
pub(super) fn ion(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    IONS.iter().find(|(known, _)| *known == name).map(|(_, symbol)| *symbol)
}
