//! Where published data lie and how they are recognized.

/// How a file is known to be the published one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    /// MD5 as listed by the repository that publishes the file.
    Md5(&'static str),
    /// SHA-256.
    Sha256(&'static str),
    /// The publisher lists none: the SHA-256 of the first download is recorded beside the file.
    Unpublished,
}

/// A file that can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// What the user types, e.g. `rmd17:ethanol`.
    pub name: &'static str,
    /// Name of the file on disk.
    pub file: &'static str,
    /// Address.
    pub url: &'static str,
    /// How it is recognized.
    pub checksum: Checksum,
    /// An archive that also holds it, for when its own file is gone.
    pub archive: Option<&'static Entry>,
}

/// All ten molecules of rMD17 in one archive: 1,066,301,513 bytes, figshare article 12672038 version 3 and Materials Cloud
/// record pfffs-fff86. Fetched only where a molecule's own file is gone.
pub(super) static RMD17_ARCHIVE: Entry = Entry {
    name: "rmd17",
    file: "rmd17.tar.bz2",
    url: "https://archive.materialscloud.org/records/pfffs-fff86/files/rmd17.tar.bz2",
    checksum: Checksum::Sha256("cddeea2ec2c4b22a9de16a9a65a3eeedac5b29da9c99c20bbff0153912bf922b"),
    archive: None,
};

macro_rules! figshare {
    ($molecule:literal, $number:literal, $md5:literal) => {
        Entry {
            name: concat!("rmd17:", $molecule),
            file: concat!("rmd17_", $molecule, ".npz"),
            url: concat!("https://ndownloader.figshare.com/files/", $number),
            checksum: Checksum::Md5($md5),
            archive: Some(&RMD17_ARCHIVE),
        }
    };
}

macro_rules! quantum_machine {
    ($molecule:literal, $file:literal) => {
        Entry {
            name: concat!("md17:", $molecule),
            file: $file,
            url: concat!("http://www.quantum-machine.org/gdml/data/npz/", $file),
            checksum: Checksum::Unpublished,
            archive: None,
        }
    };
}

macro_rules! qm9 {
    ($name:literal, $file:literal, $number:literal, $md5:literal) => {
        Entry {
            name: $name,
            file: $file,
            url: concat!("https://ndownloader.figshare.com/files/", $number),
            checksum: Checksum::Md5($md5),
            archive: None,
        }
    };
}

/// rMD17: A. S. Christensen and O. A. von Lilienfeld 2020, doi:10.1088/2632-2153/abba6f; figshare article 12672038 (CC0).
/// MD-17: S. Chmiela and others 2017, doi:10.1126/sciadv.1603015.
/// QM9: R. Ramakrishnan and others 2014, doi:10.1038/sdata.2014.22; figshare collection 978904 (CC0).
pub(super) const ENTRIES: [Entry; 20] = [
    figshare!("aspirin", "62265757", "17fd6fb69066888613f7e16b358a7553"),
    figshare!("azobenzene", "62265754", "be79df918468eb3579aa73a0becf7390"),
    figshare!("benzene", "62265739", "18c9242bc90fbf28215f6dd81e650f16"),
    figshare!("ethanol", "62265733", "eb837fb8deb27d4e0d52f71a03aff776"),
    figshare!("malonaldehyde", "62265736", "cdc1d70c0c34062ddde6e5071eb6fe21"),
    figshare!("naphthalene", "62265751", "0efba19c9907e3852318b1e6008b3b9e"),
    figshare!("paracetamol", "62265760", "ba10784f7b67635427085f6d7ec2dd97"),
    figshare!("salicylic", "62265748", "900fedf242da438400fa4293348d7dd1"),
    figshare!("toluene", "62265742", "0f2913d51f8149c90ab28d697a076f64"),
    figshare!("uracil", "62265745", "992a4479c28a07e0cce6da964805be31"),
    quantum_machine!("aspirin", "md17_aspirin.npz"),
    quantum_machine!("benzene", "md17_benzene2017.npz"),
    quantum_machine!("ethanol", "md17_ethanol.npz"),
    quantum_machine!("malonaldehyde", "md17_malonaldehyde.npz"),
    quantum_machine!("naphthalene", "md17_naphthalene.npz"),
    quantum_machine!("salicylic", "md17_salicylic.npz"),
    quantum_machine!("toluene", "md17_toluene.npz"),
    quantum_machine!("uracil", "md17_uracil.npz"),
    qm9!("qm9", "dsgdb9nsd.xyz.tar.bz2", "3195389", "ad1ebd51ee7f5b3a6e32e974e5d54012"),
    qm9!("qm9:uncharacterized", "uncharacterized.txt", "3195404", "a361887bacb427b8a0ce7903d92a53b4"),
];
