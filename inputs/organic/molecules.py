"""The list of molecules: molecules.json from the data files of qm9pack and RDKit, and from what is written here.

usage: molecules.py OUT.json

An entry is [SMILES, source, atoms, charge, split]. Sources:

    small        inorganic and small organic molecules, written here
    solvent      solvents and other partners of the dimers and clusters, written here (never held out)
    qm9          molecules of up to 9 heavy atoms (qm9pack)
    drug         screening compounds, NCI's first 5000, ChEMBL actives (files inside RDKit)
    brics        BRICS fragments of these, open ends closed by hydrogen
    substituted  scaffolds with substituents, so that F, P, S and Cl occur in many surroundings, written here
    peptide      capped amino acids, dipeptides and some tripeptides
    ion          singly charged molecules, made from the neutral ones by one proton; kept apart

Left out: the molecules in EXCLUDED with all their tautomers and stereoisomers, and those whose key stands in
excluded_keys.txt (torsion benchmarks; see exclude.py). The list of keys has acetic acid, butane and a few more such
molecules from a set to learn from, not from TorsionNet500; as solvents and small molecules they stay. The split is a hash of the same key, so tautomers and
stereoisomers are on the same side.
"""
import csv
import hashlib
import importlib.util
import itertools
import json
import os
import random
import sys
from collections import Counter
from pathlib import Path

import rdkit
from rdkit import Chem, RDLogger
from rdkit.Chem import BRICS, rdMolHash
from rdkit.Chem.MolStandardize import rdMolStandardize

RDLogger.DisableLog("rdApp.*")
csv.field_size_limit(10**9)
SEED = 20261128
ELEMENTS = {1, 6, 7, 8, 9, 15, 16, 17}
ONE_IN_HELD_OUT = 25
QM9_COUNT = 14000

# Molecules that judge the potential: no frame of them is labeled.
EXCLUDED = {
    "aspirin": "CC(=O)Oc1ccccc1C(=O)O",
    "azobenzene": "c1ccc(cc1)N=Nc1ccccc1",
    "benzene": "c1ccccc1",
    "ethanol": "CCO",
    "malonaldehyde": "O=CCC=O",
    "malonaldehyde, enol": "O=CC=CO",
    "naphthalene": "c1ccc2ccccc2c1",
    "paracetamol": "CC(=O)Nc1ccc(O)cc1",
    "salicylic acid": "OC(=O)c1ccccc1O",
    "toluene": "Cc1ccccc1",
    "uracil": "O=c1cc[nH]c(=O)[nH]1",
    "3-(benzyloxy)pyridin-2-amine": "Nc1ncccc1OCc1ccccc1",
    "acetylacetone": "CC(=O)CC(C)=O",
    "acetylacetone, enol": "CC(=O)C=C(C)O",
}

# Known molecules that are always held out for the test.
HELD_OUT = {
    "ibuprofen": "CC(C)Cc1ccc(cc1)C(C)C(=O)O",
    "caffeine": "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "nicotine": "CN1CCCC1c1cccnc1",
    "lidocaine": "CCN(CC)CC(=O)Nc1c(C)cccc1C",
    "naproxen": "COc1ccc2cc(ccc2c1)C(C)C(=O)O",
    "mefenamic acid": "Cc1cccc(Nc2ccccc2C(=O)O)c1C",
    "sulfanilamide": "Nc1ccc(cc1)S(N)(=O)=O",
    "diazepam": "CN1C(=O)CN=C(c2ccccc2)c2cc(Cl)ccc12",
    "carbamazepine": "NC(=O)N1c2ccccc2C=Cc2ccccc12",
    "fluconazole": "OC(Cn1cncn1)(Cn1cncn1)c1ccc(F)cc1F",
    "trimethoprim": "COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC",
    "metronidazole": "Cc1ncc([N+](=O)[O-])n1CCO",
    "alanine dipeptide": "CC(=O)NC(C)C(=O)NC",
}

SOLVENTS = """O N S P Cl F C CO CCCO CC(C)O OCCO CC(C)=O CC#N CC(N)=O NC=O CN(C)C=O CC(=O)O OC=O CC(=O)OCC COC CCOCC
C1CCOC1 C1COCCO1 CS(C)=O CSC CS ClCCl ClC(Cl)Cl ClCCCl FC(F)F FCF CF CCl CNC CN CN(C)C c1ccncc1 c1c[nH]cn1 c1cc[nH]c1
c1ccoc1 c1ccsc1 c1ccccc1F c1ccccc1Cl Cc1ccc(C)cc1 Oc1ccccc1 Nc1ccccc1 N#Cc1ccccc1 C=O CC=O CNC(C)=O CCC CCCC CCCCCC C1CCCCC1
C=C C#C C[N+](=O)[O-] O=C=O NC(N)=O CP(C)C COP(=O)(OC)OC CS(C)(=O)=O OC(F)(F)C(F)(F)F OCC(F)(F)F FC(F)(F)c1ccccc1 CC(F)F
C#N OO NN N#N O=S=O CCN(CC)CC CC1CCCO1 CN1CCCC1=O O=C1CCCN1 CCCl CCS CCN CSSC""".split()

SMALL = """N#N O=C=O O=C=S S=C=S C#N N=C=O N=C=S OO NN NO SS ClCl FCl FF OF OCl NCl NF ClN(Cl)Cl FN(F)F FS SCl ClSCl FSF O=S=O
O=S(=O)=O OS(O)(=O)=O OS(O)=O OS(=O)(=O)F OS(=O)(=O)Cl O=S(Cl)Cl O=S(F)F O=S(=O)(Cl)Cl O=S(=O)(F)F FS(F)(F)(F)(F)F FS(F)(F)F
O[N+](=O)[O-] ON=O N#[N+][O-] O=NCl O=NF [N-]=[N+]=N C=[N+]=[N-] PP P FP(F)F ClP(Cl)Cl O=P(Cl)(Cl)Cl O=P(F)(F)F S=P(Cl)(Cl)Cl
S=P(F)(F)F FP(F)(F)(F)F ClP(Cl)(Cl)(Cl)Cl O=P(O)(O)O O=[PH](O)O O=[PH2]O OP(O)O NP PO PS PCl PF NP(N)N O=P(N)(N)N S=P(O)(O)O
C=P CP C#P N=P O=PO O=P N=N N=O C=S CC=S SO NS N=S=N O=S=N S=S=O OSO OOO FC(F)(F)F ClC(Cl)(Cl)Cl FC(Cl)(Cl)Cl FC(F)(Cl)Cl FC(F)=O
ClC(Cl)=O FC(Cl)=O O=CF O=CCl ClC=C FC=C FC(F)=C(F)F ClC(Cl)=C(Cl)Cl FC#C ClC#C FC#N ClC#N C#CC#N N#CC#N C=C=O C=C=C C=C=S O=C=C=C=O
C1CC1 C1=CC1 C1CO1 C1CN1 C1CS1 C1CP1 C1CCC1 C1CCO1 C1CCS1 C1CCN1 C1=CCC1 C1=CC=C1 CC CCC C=CC C#CC C=CC=C CC#CC COO COC=O CNC=O CN=C=O
CN=C=S CSC#N CC#N C[N+]#[C-] CON=O CO[N+](=O)[O-] CN=NC CN=[N+]=[N-] CNN CON COS(C)(=O)=O CS(=O)(=O)N CS(=O)O CS(=O)(=O)O CS(=O)(=O)Cl
CS(=O)(=O)F CSO CSCl CSF CSN CSP CP(C)C CP(C)(C)=O CP(C)(C)=S COP COP(=O)(OC)OC COP(OC)OC COP(C)(=O)OC CP(O)(O)=O CP(=O)(Cl)Cl CP(Cl)Cl CP(F)F
CN(C)P(=O)(N(C)C)N(C)C CNP(C)C COP(=S)(OC)OC COP(=S)(OC)SC CSP(=O)(OC)OC FCP ClCP SCP OCP NCP CCP C=CP C#CP c1ccccc1P c1ccpcc1 C1CCPC1
O=C(O)C(=O)O O=CC=O NC(=N)N NC(N)=S CC(=S)N CC(=O)S O=C(O)O NC(=O)O OCO OCC=O NCC(=O)O OCC(=O)O SCC(=O)O C1=CCC=CC1""".split()

SCAFFOLDS = """C[*] CC[*] CC(C)[*] CC(C)(C)[*] C=C[*] CC=C[*] C#C[*] C1CC1[*] C1CCC1[*] C1CCCCC1[*] C1CCCC1[*] c1ccccc1[*] c1ccc(C)cc1[*] c1ccncc1[*] c1cccnc1[*]
c1ccnc(c1)[*] c1ccoc1[*] c1ccsc1[*] c1csc([*])n1 c1cnc([*])nc1 c1c[nH]nc1[*] Cn1ccnc1[*] c1ccc2ccccc2c1[*] c1ccc2[nH]ccc2c1[*] C1CCOC1[*] C1CCNCC1[*] C1COCCN1[*]
O=C(C)C[*] NC(=O)C[*] COC(=O)C[*] OCC[*] NCC[*] FC(F)C[*] ClCC[*] CSC[*] COC[*] N#CC[*] C=CC[*] c1ccccc1C[*] c1ccccc1CC[*] c1ccc(F)cc1[*] c1ccc(Cl)cc1[*] c1cc(Cl)ccc1[*]
COc1ccc([*])cc1 Nc1ccc([*])cc1 N#Cc1ccc([*])cc1 CC(=O)c1ccc([*])cc1 c1ccc(-c2ccccc2)cc1[*] CC(=O)[*] O=C(c1ccccc1)[*] CNC(=O)[*] CN(C)C[*] O=C1CCCN1C[*] CC(=O)NC[*]""".split()

SUBSTITUENTS = """F Cl C(F)(F)F C(F)F CF CCl C(Cl)(Cl)Cl OC(F)(F)F SC(F)(F)F S SC S(C)=O S(C)(=O)=O S(N)(=O)=O S(=O)(=O)NC S(=O)(=O)N(C)C NS(C)(=O)=O S(=O)(=O)O S(=O)(=O)F
S(=O)(=O)Cl SCC SC=C SC#N N=C=S C(N)=S NC(N)=S NC(C)=S C(=S)NC SSC OS(C)(=O)=O P P(C)C P(C)(C)=O P(C)(C)=S P(O)(O)=O P(=O)(OC)OC OP(O)(O)=O OP(=O)(OC)OC OP(=S)(OC)OC
SP(=O)(OC)OC NP(=O)(OC)OC P(Cl)Cl P(F)F P(OC)OC P(=O)(N(C)C)N(C)C OP(C)(C)=O NP(C)C C(=O)Cl C(=O)F C(=O)C(F)(F)F NC(=O)C(F)(F)F C(=O)CCl OCF OCCF OCCCl C(F)=C C(Cl)=C
N=NC N=[N+]=[N-] [N+](=O)[O-] ON=O NN NO ONC C=NO C(=O)NO C#N N=C=O C(=O)O C(=O)OC OC(C)=O C(N)=O NC(C)=O NC(N)=O OC(N)=O C(=O)C(C)=O C=O N(C)C OC O N C#C C=C""".split()

SIDE_CHAINS = {
    "G": "C", "A": "C(C)", "V": "C(C(C)C)", "L": "C(CC(C)C)", "I": "C(C(C)CC)", "S": "C(CO)", "T": "C(C(C)O)", "C": "C(CS)", "M": "C(CCSC)",
    "N": "C(CC(N)=O)", "Q": "C(CCC(N)=O)", "D": "C(CC(=O)O)", "E": "C(CCC(=O)O)", "K": "C(CCCCN)", "R": "C(CCCN=C(N)N)", "F": "C(Cc9ccccc9)",
    "Y": "C(Cc9ccc(O)cc9)", "H": "C(Cc9c[nH]cn9)", "W": "C(Cc9c[nH]c8ccccc89)",
}


def parent(molecule):
    """The largest part, without stereo and without charges that a proton can take away."""
    parts = Chem.GetMolFrags(molecule, asMols=True)
    molecule = Chem.Mol(max(parts, key=lambda part: (part.GetNumAtoms(), Chem.MolToSmiles(part))))
    Chem.RemoveStereochemistry(molecule)
    return rdMolStandardize.Uncharger().uncharge(molecule)


def key(smiles):
    """A hash that all tautomers, stereoisomers and protonation states of a molecule share."""
    molecule = parent(Chem.MolFromSmiles(smiles))
    text = rdMolHash.MolHash(Chem.RemoveHs(molecule), rdMolHash.HashFunction.HetAtomTautomerv2)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def clean(smiles, heavy, atoms):
    """Canonical SMILES of a neutral molecule of our elements, or None."""
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return None
    parts = Chem.GetMolFrags(molecule, asMols=True)
    molecule = max(parts, key=lambda part: part.GetNumAtoms())
    molecule = rdMolStandardize.Uncharger().uncharge(molecule)
    for atom in molecule.GetAtoms():
        atom.SetIsotope(0)
        if atom.GetAtomicNum() not in ELEMENTS or atom.GetNumRadicalElectrons():
            return None
        # Charges next to each other (nitro, N-oxide, azide) stay; zwitterions do not.
        charge = atom.GetFormalCharge()
        if charge and not any(n.GetFormalCharge() * charge < 0 for n in atom.GetNeighbors()):
            return None
    if Chem.GetFormalCharge(molecule) or not 1 <= molecule.GetNumHeavyAtoms() <= heavy:
        return None
    if Chem.AddHs(molecule).GetNumAtoms() > atoms:
        return None
    smiles = Chem.MolToSmiles(molecule)
    return smiles if Chem.MolFromSmiles(smiles) is not None else None


def capped(sequence):
    text = "CC(=O)" + "".join(f"N1CCCC1C(=O)" if letter == "P" else f"N{SIDE_CHAINS[letter]}C(=O)" for letter in sequence)
    return text + "NC"


def qm9():
    # The package imports pkg_resources, which setuptools no longer has; only its files are needed.
    folder = Path(importlib.util.find_spec("qm9pack").origin).parent / "data"
    for part in (1, 2, 3):
        with open(folder / f"qm9_part{part}.csv", newline="") as file:
            yield from (row["SMILES"] for row in csv.DictReader(file))


def rdkit_files():
    """SMILES of the drug-like molecules in RDKit's own data files."""
    root = Path(rdkit.__file__).parent
    for row in csv.reader(open(root / "Data/Pains/test_data/wehi_mols.csv")):
        yield row[0]
    for name in ("Data/NCI/first_5K.smi", "Contrib/FreeWilson/data/CHEMBL2321810.smi", "Contrib/fraggle/data/ChEMBL_11265_actives.smi"):
        for line in open(root / name):
            if line.strip():
                yield line.split()[0]
    for line in open(root / "Contrib/Fastcluster/cdk2.smi"):
        if line.strip():
            yield line.split()[1]
    for line in open(root / "Data/Pains/test_data/test_set3.txt"):
        if not line.startswith("#") and line.count("\t") >= 3:
            yield line.split("\t")[2]
    for line in open(root / "Contrib/SA_Score/data/zim.100.txt").readlines()[1:]:
        yield line.split("\t")[0]


def fragments(pool):
    """BRICS fragments, open ends closed by hydrogen."""
    found = set()
    for smiles in pool:
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is None or not 12 <= molecule.GetNumHeavyAtoms() <= 32:
            continue
        for piece in BRICS.BRICSDecompose(molecule, minFragmentSize=3):
            piece = Chem.RWMol(Chem.MolFromSmiles(piece))
            for atom in piece.GetAtoms():
                if atom.GetAtomicNum() == 0:
                    atom.SetAtomicNum(1)
                    atom.SetIsotope(0)
            try:
                found.add(Chem.MolToSmiles(Chem.RemoveHs(piece)))
            except Exception:
                continue
    return sorted(found)


def substituted():
    for scaffold, substituent in itertools.product(SCAFFOLDS, SUBSTITUENTS):
        left = Chem.MolFromSmiles(scaffold)
        right = Chem.MolFromSmiles("[*]" + substituent)
        joined = Chem.molzip(_labeled(left), _labeled(right))
        if joined is not None:
            yield Chem.MolToSmiles(joined)


def _labeled(molecule):
    for atom in molecule.GetAtoms():
        if atom.GetAtomicNum() == 0:
            atom.SetAtomMapNum(1)
    return molecule


def ions(neutral):
    """One proton more (amines, azines, imidazoles, guanidines) or less (acids, thiols, phenols, sulfonamides, imides, azoles)."""
    plus = Chem.MolFromSmarts("[$([NX3;!$(N-[C,S,P]=[O,S,N]);!$(N-a);!$(N-N);!$(N-[O,F,Cl,S,P]);!$(N-C#N);!$(N-C=C)]),$([nX2;r6]),$([nX2;r5]:c:[nX3]),$([NX2]=C(N)N)]")
    minus = Chem.MolFromSmarts("[$([OX2H]-[C,S,P]=O),$([OX2H]-c),$([SX2H]),$([NX3H2]S(=O)=O),$([NX3H1](C)S(=O)=O),$([NX3H1](C=O)C=O),$([nH]1nnnc1),$([nH]1cncc1),$([nH]1nccc1)]")
    for smiles in neutral:
        molecule = Chem.MolFromSmiles(smiles)
        for pattern, charge in ((plus, 1), (minus, -1)):
            for (index,) in molecule.GetSubstructMatches(pattern)[:1]:
                copy = Chem.RWMol(molecule)
                atom = copy.GetAtomWithIdx(index)
                hydrogens = atom.GetTotalNumHs() + charge
                atom.SetFormalCharge(charge)
                atom.SetNoImplicit(True)
                atom.SetNumExplicitHs(hydrogens)
                try:
                    Chem.SanitizeMol(copy)
                except Exception:
                    continue
                smiles = Chem.MolToSmiles(copy)
                if Chem.MolFromSmiles(smiles) is not None:
                    yield smiles, charge


def main():
    random.seed(SEED)
    excluded = {key(smiles) for smiles in EXCLUDED.values()}
    listed = Path(__file__).with_name("excluded_keys.txt")
    benchmark = {line.strip() for line in open(listed) if line.strip() and not line.startswith("#")}
    held_out = {key(smiles) for smiles in HELD_OUT.values()}
    table, left_out = {}, Counter()

    def add(smiles, source, heavy, atoms):
        smiles = clean(smiles, heavy, atoms)
        if smiles is None or smiles in table:
            return False
        identity = key(smiles)
        if identity in excluded or source not in ("solvent", "small") and identity in benchmark:
            left_out[source] += 1
            return False
        test = identity in held_out or int(identity, 16) % ONE_IN_HELD_OUT == 0
        split = "test" if test and source != "solvent" else "train"
        count = Chem.AddHs(Chem.MolFromSmiles(smiles)).GetNumAtoms()
        table[smiles] = [smiles, source, count, 0, split]
        return True

    for smiles in SOLVENTS:
        add(smiles, "solvent", 12, 30)
    for smiles in SMALL:
        add(smiles, "small", 12, 30)
    table["[H][H]"] = ["[H][H]", "small", 2, 0, "train"]
    letters = list(SIDE_CHAINS) + ["P"]
    for length in (1, 2):
        for sequence in itertools.product(letters, repeat=length):
            add(capped(sequence), "peptide", 40, 64)
    for sequence in itertools.product("GASPVN", repeat=3):
        add(capped(sequence), "peptide", 40, 64)
    for smiles in HELD_OUT.values():
        add(smiles, "drug", 40, 60)
    pool = list(rdkit_files())
    random.shuffle(pool)
    for smiles in pool:
        add(smiles, "drug", 36, 58)
    pieces = fragments(pool)
    random.shuffle(pieces)
    for smiles in pieces:
        add(smiles, "brics", 20, 40)
    made = sorted(set(substituted()))
    random.shuffle(made)
    for smiles in made:
        add(smiles, "substituted", 20, 36)
    everything = list(qm9())
    random.shuffle(everything)
    # A stable sort: all molecules of up to 6 heavy atoms come first (counting capitals and aromatic letters).
    everything.sort(key=lambda smiles: sum(letter in "CNOFcno" for letter in smiles) > 6)
    count = 0
    for smiles in everything:
        count += add(smiles, "qm9", 9, 30)
        if count >= QM9_COUNT:
            break
    neutral = [entry for entry in table.values()]
    charged = {}
    for smiles, charge in ions([entry[0] for entry in neutral if entry[2] <= 44]):
        identity = key(smiles)
        if identity in excluded or identity in benchmark or smiles in charged:
            continue
        split = "test" if identity in held_out or int(identity, 16) % ONE_IN_HELD_OUT == 0 else "train"
        charged[smiles] = [smiles, "ion", Chem.AddHs(Chem.MolFromSmiles(smiles)).GetNumAtoms(), charge, split]
    entries = sorted(neutral + list(charged.values()), key=lambda entry: (entry[1], entry[0]))
    temporary = sys.argv[1] + ".part"
    with open(temporary, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
    os.replace(temporary, sys.argv[1])
    print("entries", Counter(entry[1] for entry in entries))
    print("held out", Counter(entry[1] for entry in entries if entry[4] == "test"))
    print("left out because they judge", dict(left_out))


if __name__ == "__main__":
    main()
