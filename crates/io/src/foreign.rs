//! Files of other programs that are often met and not read, told by their first bytes.

/// Why a file that begins with `start` (8 bytes are enough) is not read as a structure, a trajectory or labeled data, and what to
/// do; none if nothing is known against it.
#[must_use]
pub fn foreign(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("is compressed; unpack it first: gunzip FILE.gz"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("is compressed; unpack it first: unxz FILE.xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("is compressed; unpack it first: bunzip2 FILE.bz2"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("is compressed; unpack it first: unzstd FILE.zst"),
        [b'-', b' ', b'o', b'f', b' ', b'U', b'l', b'm', ..] => {
            Some("is a trajectory in ASE's own format; write it as extended XYZ: ase convert FILE.traj FILE.extxyz")
        }
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => {
            Some("is a database, of ASE perhaps; write it as extended XYZ: ase convert FILE.db FILE.extxyz")
        }
        _ => None,
    }
}

/// The same for labeled data, which are read from fewer formats than structures.
#[must_use]
pub fn foreign_data(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x89, b'H', b'D', b'F', ..] => Some(
            "is HDF5, which every data set lays out in its own way; write its frames as extended XYZ with energy and forces",
        ),
        [b'<', b'?', b'x', b'm', b'l', ..] => {
            Some("is XML, of VASP perhaps; write it as extended XYZ: ase convert vasprun.xml FILE.extxyz")
        }
        [b' ', b'v', b'a', b's', b'p', b'.', ..] => {
            Some("is the OUTCAR of VASP; write it as extended XYZ: ase convert -i vasp-out OUTCAR FILE.extxyz")
        }
        _ => foreign(start),
    }
}

/// Formats that are not read, told by the name (in lower case) or the first lines of the file: how to convert it.
#[must_use]
pub fn advice(name: &str, text: &str) -> Option<String> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let starts = |word: &str| text.trim_start().to_ascii_lowercase().starts_with(word);
    let ase = |format: &str, what: &str| {
        Some(format!(
            "is {what}, which is not supported; write it as extended XYZ: ase convert -i {format} FILE structure.extxyz"
        ))
    };
    let obabel = |format: &str, what: &str| {
        Some(format!("is {what}, which is not supported; convert it: obabel -i{format} FILE -opdb -O structure.pdb"))
    };
    let contains = |word: &str| text.contains(word);
    match ending {
        "pdbqt" => return obabel("pdbqt", "PDBQT, whose last column are types of AutoDock and not elements"),
        "pqr" => return obabel("pqr", "PQR"),
        "smi" | "smiles" => {
            return Some("holds no positions of atoms; build a structure first: obabel -ismi FILE --gen3d -osdf -O structure.sdf".into());
        }
        "xsf" => return ase("xsf", "XSF"),
        "gen" => return ase("gen", "a structure of DFTB+"),
        "res" if contains("CELL") => return ase("res", "a SHELX file"),
        "castep" => return ase("castep-castep", "an output of CASTEP"),
        "cell" if contains("%BLOCK") || contains("%block") => return ase("castep-cell", "a cell of CASTEP"),
        "gjf" | "com" => return ase("gaussian-in", "an input of Gaussian"),
        "g96" => {
            return Some(
                "is a structure of GROMOS, which is not supported; convert it: gmx editconf -f FILE.g96 -o structure.gro"
                    .into(),
            );
        }
        "top" | "itp" if !text.starts_with('%') => {
            return Some("is a topology of GROMACS without coordinates; name the GRO file that belongs to it".into());
        }
        "in" if contains("atom_frac ") || contains("lattice_vector ") => return ase("aims", "a geometry of FHI-aims"),
        "in" | "lmp" | "lammps" if contains("pair_style") && !contains("xlo xhi") => {
            return Some("is an input of LAMMPS and not a data file; write one: write_data FILE.data in LAMMPS".into());
        }
        _ => (),
    }
    if name.starts_with("xdatcar") {
        return ase("vasp-xdatcar", "a trajectory of VASP");
    }
    if name.starts_with("outcar") || text.starts_with(" vasp.") {
        return ase("vasp-out", "the OUTCAR of VASP");
    }
    if starts("<?xml") && contains("<modeling>") {
        return ase("vasp-xml", "the vasprun.xml of VASP");
    }
    if starts("&control") || starts("&system") {
        return ase("espresso-in", "an input of Quantum ESPRESSO");
    }
    if contains("Program PWSCF") {
        return ase("espresso-out", "an output of Quantum ESPRESSO");
    }
    if contains("&FORCE_EVAL") || contains("&GLOBAL") {
        return Some(
            "is an input or restart file of CP2K, which is not supported; use the XYZ that CP2K writes (PROJECT-pos-1.xyz), or convert it: ase \
             convert -i cp2k-restart FILE structure.extxyz"
                .into(),
        );
    }
    if starts("$coord") {
        return ase("turbomole", "a structure of Turbomole");
    }
    if contains("Entering Gaussian System") {
        return ase("gaussian-out", "an output of Gaussian");
    }
    if starts("{") {
        return Some(
            "is JSON, of pymatgen or ASE perhaps; write it as extended XYZ: ase convert FILE structure.extxyz, or with pymatgen: \
             Structure.from_file(FILE).to(filename=\"POSCAR\")"
                .into(),
        );
    }
    None
}
