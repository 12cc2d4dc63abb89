"""A molecule in three dimensions: a request as JSON on standard input, the answer as JSON on the last line of standard output."""

import json
import sys


def answer(**what):
    print(json.dumps(what))
    sys.exit(0)


request = json.load(sys.stdin)
try:
    from rdkit import Chem, rdBase
    from rdkit.Chem import AllChem
except ImportError as error:
    answer(missing=str(error))

if "smiles" in request:
    molecule = Chem.MolFromSmiles(request["smiles"])
    placed = False
else:
    molecule = Chem.MolFromMolBlock(request["block"], removeHs=False)
    placed = molecule is not None and molecule.GetConformer().Is3D() and not request["embed"]
if molecule is None:
    answer(refused="RDKit cannot read it")
molecule = Chem.AddHs(molecule, addCoords=placed)
if molecule.GetNumAtoms() == 0:
    answer(refused="it has no atoms")
if any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()):
    answer(refused="it has an atom without an element (*)")



def embed(count):
    settings = AllChem.ETKDGv3()
    settings.randomSeed = request["seed"]
    found = list(AllChem.EmbedMultipleConfs(molecule, count, settings))
    if not found:
        settings.useRandomCoords = True
        found = list(AllChem.EmbedMultipleConfs(molecule, count, settings))
    if not found:
        answer(refused="RDKit finds no geometry for it")


def unstated():
    """Centers and double bonds whose configuration is not said, by their atoms counted from 1."""
    names = []
    for one in Chem.FindPotentialStereo(molecule):
        if one.specified != Chem.StereoSpecified.Specified:
            if str(one.type).startswith("Bond"):
                bond = molecule.GetBondWithIdx(one.centeredOn)
                atoms = [bond.GetBeginAtom(), bond.GetEndAtom()]
            else:
                atoms = [molecule.GetAtomWithIdx(one.centeredOn)]
            names.append("-".join(f"{atom.GetSymbol()}{atom.GetIdx() + 1}" for atom in atoms))
    return names


chosen = []
if not placed:
    chosen = unstated()
    if chosen:
        # Without a choice every conformer would be another stereoisomer by chance.
        embed(1)
        Chem.AssignStereochemistryFrom3D(molecule)
    embed(request["conformers"])

# Energies in kcal/mol; interactions between separate molecules count.
field, energies = None, [None] * molecule.GetNumConformers()
if not placed:
    result = None
    if AllChem.MMFFHasAllMoleculeParams(molecule):
        field = "MMFF94"
        result = AllChem.MMFFOptimizeMoleculeConfs(
            molecule, numThreads=1, maxIters=5000, ignoreInterfragInteractions=False
        )
    elif AllChem.UFFHasAllMoleculeParams(molecule):
        field = "UFF"
        result = AllChem.UFFOptimizeMoleculeConfs(
            molecule, numThreads=1, maxIters=5000, ignoreInterfragInteractions=False
        )
    if result is not None:
        energies = [energy for _, energy in result]

answer(
    version=rdBase.rdkitVersion,
    smiles=Chem.MolToSmiles(Chem.RemoveHs(molecule)),
    charge=Chem.GetFormalCharge(molecule),
    elements=[atom.GetSymbol() for atom in molecule.GetAtoms()],
    field=field,
    chosen=chosen,
    conformers=[
        {"energy": energy, "positions": conformer.GetPositions().reshape(-1, 3).tolist()}
        for energy, conformer in zip(energies, molecule.GetConformers())
    ],
)
