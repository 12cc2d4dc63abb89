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

if not placed:
    settings = AllChem.ETKDGv3()
    settings.randomSeed = request["seed"]
    found = list(AllChem.EmbedMultipleConfs(molecule, request["conformers"], settings))
    if not found:
        settings.useRandomCoords = True
        found = list(AllChem.EmbedMultipleConfs(molecule, request["conformers"], settings))
    if not found:
        answer(refused="RDKit finds no geometry for it")

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
    conformers=[
        {"energy": energy, "positions": conformer.GetPositions().reshape(-1, 3).tolist()}
        for energy, conformer in zip(energies, molecule.GetConformers())
    ],
)
