//! Files of other programs that are often met and not read, told by their first bytes.

/// Why a file that begins with `start` (8 bytes are enough) is not read as a structure, a trajectory or labelled data, and what to
/// do; none if nothing is known against it.
#[must_use]
pub(crate) fn foreign(start: &[u8]) -> Option<&'static str> {
    match start {
        [b'-', b' ', b'o', b'f', b' ', b'U', b'l', b'm', ..] => {
            Some("is a trajectory in ASE's own format; write it as extended XYZ: ase convert FILE.traj FILE.extxyz")
        }
        [b'S', b'Q', b'L', b'i', b't', b'e', ..] => {
            Some("is a database, of ASE perhaps; write it as extended XYZ: ase convert FILE.db FILE.extxyz")
        }
        _ => None,
    }
}

/// The same for labelled data, which are read from fewer formats than structures.
#[must_use]
pub(crate) fn foreign_data(start: &[u8]) -> Option<&'static str> {
    match start {
        [0x1f, 0x8b, ..] => Some("is compressed; unpack it first: gunzip FILE.gz"),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some("is compressed; unpack it first: unxz FILE.xz"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("is compressed; unpack it first: bunzip2 FILE.bz2"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("is compressed; unpack it first: unzstd FILE.zst"),
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
