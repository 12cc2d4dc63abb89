"""A molecule in three dimensions: a request as JSON on standard input, the answer as JSON on the last line of standard output."""

import json
import sys


def answer(**what):
    print(json.dumps(what))
    sys.exit(0)


request = json.load(sys.stdin)
try:
    import numpy
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
before = molecule.GetNumAtoms()
molecule = Chem.AddHs(molecule, addCoords=placed)
added = molecule.GetNumAtoms() - before
if molecule.GetNumAtoms() == 0:
    answer(refused="it has no atoms")
if any(atom.GetAtomicNum() == 0 for atom in molecule.GetAtoms()):
    answer(refused="it has an atom without an element (*)")

# Å between molecules of one SMILES before they are relaxed together.
APART = 4.0
# Attempts for each conformer that comes out with other bonds or another configuration than asked for.
ATTEMPTS = 8


def embed_one(one, seed):
    """A geometry of a connected molecule, or nothing."""
    settings = AllChem.ETKDGv3()
    settings.randomSeed = seed
    if AllChem.EmbedMolecule(one, settings) < 0:
        settings.useRandomCoords = True
        if AllChem.EmbedMolecule(one, settings) < 0:
            return None
    return one.GetConformer().GetPositions()


def turned(points, random):
    """Points about their center, turned at random."""
    axes, _ = numpy.linalg.qr(random.normal(size=(3, 3)))
    axes[:, 0] *= numpy.sign(numpy.linalg.det(axes))
    return (points - points.mean(axis=0)) @ axes.T


def embed(seed):
    """Positions of all atoms: each connected molecule by itself, several side by side."""
    parts = Chem.GetMolFrags(molecule, asMols=True, sanitizeFrags=False)
    atoms = Chem.GetMolFrags(molecule)
    if len(parts) == 1:
        return embed_one(Chem.Mol(molecule), seed)
    random = numpy.random.default_rng(seed)
    positions = numpy.zeros((molecule.GetNumAtoms(), 3))
    taken = numpy.zeros((0, 3))
    for part, own in zip(parts, atoms):
        Chem.SanitizeMol(part)
        points = embed_one(part, seed)
        if points is None:
            return None
        points = turned(points, random)
        if len(taken):
            # Along a direction at random, as near as the least distance allows.
            direction = random.normal(size=3)
            direction /= numpy.linalg.norm(direction)
            middle, step = taken.mean(axis=0), 0.0
            while numpy.linalg.norm(taken[:, None] - (points + middle + step * direction)[None], axis=2).min() < APART:
                step += 0.25
            points = points + middle + step * direction
        positions[list(own)] = points
        taken = numpy.vstack([taken, points])
    return positions


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


def relax(positions):
    """Name of the force field, energy in kcal/mol, whether it was minimized, and positions; interactions between molecules count."""
    one = Chem.Mol(molecule)
    one.RemoveAllConformers()
    conformer = Chem.Conformer(one.GetNumAtoms())
    for atom, place in enumerate(positions):
        conformer.SetAtomPosition(atom, [float(x) for x in place])
    one.AddConformer(conformer)
    if AllChem.MMFFHasAllMoleculeParams(one):
        name = "MMFF94"
        field = AllChem.MMFFGetMoleculeForceField(one, AllChem.MMFFGetMoleculeProperties(one), ignoreInterfragInteractions=False)
    elif AllChem.UFFHasAllMoleculeParams(one):
        name = "UFF"
        field = AllChem.UFFGetMoleculeForceField(one, ignoreInterfragInteractions=False)
    else:
        return None, None, True, one
    if field is None:
        return None, None, True, one
    field.Initialize()
    for _ in range(10):
        if field.Minimize(maxIts=1000) == 0:
            return name, field.CalcEnergy(), True, one
    return name, field.CalcEnergy(), False, one


def fault(one):
    """What is wrong with a geometry, if anything: bonds that are none, atoms on top of each other, another configuration."""
    positions = one.GetConformer().GetPositions()
    table = Chem.GetPeriodicTable()
    radius = [table.GetRcovalent(atom.GetAtomicNum()) for atom in one.GetAtoms()]
    name = lambda atom: f"{one.GetAtomWithIdx(atom).GetSymbol()}{atom + 1}"
    for first in range(one.GetNumAtoms()):
        for second in range(first):
            distance = numpy.linalg.norm(positions[first] - positions[second])
            share = distance / (radius[first] + radius[second])
            bonded = one.GetBondBetweenAtoms(first, second) is not None
            if bonded and share > 1.35 or not bonded and share < 1.0:
                what = "bonded" if bonded else "not bonded"
                return f"{name(first)} and {name(second)}, which are {what}, are {distance:.2f} Å apart"
    found = Chem.Mol(one)
    for atom in found.GetAtoms():
        atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
    Chem.AssignStereochemistryFrom3D(found)
    wanted = Chem.MolToSmiles(Chem.RemoveHs(molecule))
    if mixed or wanted == Chem.MolToSmiles(Chem.RemoveHs(found)) or not Chem.FindMolChiralCenters(molecule):
        return None
    return "its configuration is another than the one that is asked for"


chosen, mixed = [], False  # known to `fault`
if not placed:
    chosen = unstated()
    if chosen:
        # Without a choice every conformer would be another stereoisomer by chance.
        first = embed(request["seed"])
        if first is None:
            answer(refused="RDKit finds no geometry for it")
        one = relax(first)[3]
        Chem.AssignStereochemistryFrom3D(one)
        one.RemoveAllConformers()
        molecule = one
        # What RDKit cannot choose, as at phosphorus or in an allene, comes out one way or the other.
        mixed = bool(unstated())

field, conformers, spoiled = None, [], None
if placed:
    conformers = [{"energy": None, "positions": molecule.GetConformer().GetPositions().tolist()}]
else:
    seed = request["seed"]
    for number in range(request["conformers"]):
        for attempt in range(ATTEMPTS):
            positions = embed(seed + 1009 * number + 7919 * attempt)
            if positions is None:
                continue
            field, energy, converged, one = relax(positions)
            spoiled = fault(one) if field else None
            if not converged:
                spoiled = spoiled or f"{field} did not reach a minimum"
            if spoiled is None:
                conformers.append({"energy": energy, "positions": one.GetConformer().GetPositions().tolist()})
                break
    if not conformers:
        answer(refused=f"RDKit finds no sound geometry for it ({spoiled})" if spoiled else "RDKit finds no geometry for it")

table = Chem.GetPeriodicTable()
answer(
    version=rdBase.rdkitVersion,
    smiles=Chem.MolToSmiles(Chem.RemoveHs(molecule)),
    charge=Chem.GetFormalCharge(molecule),
    unpaired=sum(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms()),
    elements=[atom.GetSymbol() for atom in molecule.GetAtoms()],
    masses=[table.GetMassForIsotope(atom.GetAtomicNum(), atom.GetIsotope()) if atom.GetIsotope() else 0.0 for atom in molecule.GetAtoms()],
    field=field,
    placed=placed,
    added=added,
    chosen=chosen,
    mixed=mixed,
    missing_conformers=0 if placed else request["conformers"] - len(conformers),
    conformers=conformers,
)
