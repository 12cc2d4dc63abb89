"""Geometries of molecules, dimers and clusters. Every function takes a random generator and gives a list of frames.

Conformers are ETKDG's. They are moved by Langevin dynamics on MMFF94 (UFF where MMFF94 has no parameters), by torsions, by
displacements and by pushing atoms together. Nothing here depends on time or on the order of the calls: the same generator
gives the same frames.
"""
from dataclasses import dataclass, field

import numpy as np
from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem
from rdkit.Chem import rdMolTransforms
from rdkit.Geometry import Point3D

RDLogger.DisableLog("rdApp.*")

# Gas constant in u Å²/fs² per K and kcal/mol in u Å²/fs² (per molecule).
BOLTZMANN = 8.314462618e-7
KCAL = 4.184e-4
MASS = {1: 1.008, 6: 12.011, 7: 14.007, 8: 15.999, 9: 18.998, 15: 30.974, 16: 32.06, 17: 35.45}
# Bondi's radii in Å: 10.1021/j100785a001, hydrogen 10.1021/j100881a503.
RADIUS = {1: 1.10, 6: 1.70, 7: 1.55, 8: 1.52, 9: 1.47, 15: 1.80, 16: 1.80, 17: 1.75}
ROTATABLE = Chem.MolFromSmarts("[!$([D1]);!$(C#*);!$(*#*)]-!@[!$([D1]);!$(C#*);!$(*#*)]")
CLOSEST = 0.45


@dataclass
class Frame:
    numbers: np.ndarray
    positions: np.ndarray
    group: str
    molecule: str
    split: str
    charge: int = 0
    temperature: float = 0.0
    scan: str = ""
    # Atoms and charge of each molecule, where there are several.
    parts: tuple = ()


@dataclass
class Molecule:
    """A line of molecules.json with its three-dimensional RDKit molecule."""

    smiles: str
    charge: int
    split: str
    rd: Chem.Mol = field(repr=False, default=None)

    @property
    def numbers(self):
        return np.array([atom.GetAtomicNum() for atom in self.rd.GetAtoms()], dtype=np.int64)

    @property
    def positions(self):
        return np.array(self.rd.GetConformer().GetPositions())

    def frame(self, positions, group, **more):
        return Frame(self.numbers, np.array(positions), group, self.smiles, self.split, self.charge, **more)


def embed(entry, rng):
    """The molecule of an entry with one conformer, or None."""
    smiles, _, _, charge, split = entry
    rd = Chem.AddHs(Chem.MolFromSmiles(smiles))
    parameters = AllChem.ETKDGv3()
    parameters.randomSeed = int(rng.integers(1, 2**31 - 1))
    parameters.maxIterations = 10
    if AllChem.EmbedMolecule(rd, parameters) < 0:
        parameters.useRandomCoords = True
        if AllChem.EmbedMolecule(rd, parameters) < 0:
            return None
    return Molecule(smiles, charge, split, rd)


def force_field(rd, between=False):
    """MMFF94 or else UFF on the first conformer; `between` adds the forces between molecules. None without parameters."""
    properties = AllChem.MMFFGetMoleculeProperties(rd)
    if properties is not None:
        field_ = AllChem.MMFFGetMoleculeForceField(rd, properties, ignoreInterfragInteractions=not between)
    elif AllChem.UFFHasAllMoleculeParams(rd):
        field_ = AllChem.UFFGetMoleculeForceField(rd, ignoreInterfragInteractions=not between)
    else:
        return None
    if field_ is not None:
        field_.Initialize()
    return field_


def _gradient(field_, positions):
    flat = positions.ravel().tolist()
    # RDKit keeps the distances of the last energy: without this call the gradient is that of other positions.
    field_.CalcEnergy(flat)
    return np.array(field_.CalcGrad(flat)).reshape(-1, 3) * KCAL


def langevin(field_, numbers, positions, temperature, steps, rng, time_step=1.0, friction=0.02):
    """Positions after some steps (BAOAB; time step in fs, friction in 1/fs), or None when they left the bounds."""
    mass = np.array([MASS[number] for number in numbers])[:, None]
    velocity = rng.normal(size=positions.shape) * np.sqrt(BOLTZMANN * temperature / mass)
    keep = np.exp(-friction * time_step)
    kick = np.sqrt((1.0 - keep * keep) * BOLTZMANN * temperature / mass)
    noise = rng.normal(size=(steps,) + positions.shape)
    positions = positions.copy()
    gradient = _gradient(field_, positions)
    for step in range(steps):
        velocity -= 0.5 * time_step * gradient / mass
        positions += 0.5 * time_step * velocity
        velocity = keep * velocity + kick * noise[step]
        positions += 0.5 * time_step * velocity
        gradient = _gradient(field_, positions)
        velocity -= 0.5 * time_step * gradient / mass
    return positions if np.isfinite(positions).all() and np.abs(positions).max() < 100.0 else None


def closest(positions):
    if len(positions) < 2:
        return np.inf
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=-1)
    return distance[np.triu_indices(len(positions), 1)].min()


def rotation(rng):
    q = rng.normal(size=4)
    w, x, y, z = q / np.linalg.norm(q)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])


def direction(rng):
    vector = rng.normal(size=3)
    return vector / np.linalg.norm(vector)


def turn_onto(source, target):
    """The rotation that takes the unit vector `source` to `target`."""
    axis, cosine = np.cross(source, target), float(source @ target)
    if cosine < -0.999999:
        other = np.eye(3)[np.argmin(np.abs(source))]
        axis = np.cross(source, other)
        axis /= np.linalg.norm(axis)
        return 2.0 * np.outer(axis, axis) - np.eye(3)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + cross + cross @ cross / (1.0 + cosine)


# Single molecules


def dynamics(entry, rng, group, temperatures, frames, steps, time_step=1.0):
    """Frames along a trajectory whose temperature changes from frame to frame."""
    molecule = embed(entry, rng)
    if molecule is None:
        return []
    field_ = force_field(molecule.rd)
    if field_ is None:
        return displaced(entry, rng, group, 1, (0.03, 0.08))
    field_.Minimize(maxIts=int(rng.integers(20, 120)))
    positions, out = np.array(field_.Positions()).reshape(-1, 3), []
    for _ in range(frames):
        temperature = float(rng.choice(temperatures))
        positions = langevin(field_, molecule.numbers, positions, temperature, int(rng.integers(*steps)), rng, time_step)
        if positions is None:
            break
        out.append(molecule.frame(positions, group, temperature=temperature))
    return out


def torsions(rd):
    """One (i, j, k, l) for each rotatable bond."""
    out = []
    for j, k in rd.GetSubstructMatches(ROTATABLE):
        first = [a.GetIdx() for a in rd.GetAtomWithIdx(j).GetNeighbors() if a.GetIdx() != k]
        last = [a.GetIdx() for a in rd.GetAtomWithIdx(k).GetNeighbors() if a.GetIdx() != j]
        if first and last:
            out.append((first[0], j, k, last[0]))
    return out


def random_torsions(entry, rng, group, temperatures):
    """Two frames with torsions at random, relaxed for a moment and then warmed for a moment."""
    out = []
    for _ in range(2):
        molecule = embed(entry, rng)
        if molecule is None:
            return out
        bonds = torsions(molecule.rd)
        if not bonds:
            return out
        conformer = molecule.rd.GetConformer()
        for quadruple in bonds:
            if rng.random() < 0.7:
                rdMolTransforms.SetDihedralDeg(conformer, *quadruple, float(rng.uniform(-180.0, 180.0)))
        field_ = force_field(molecule.rd)
        if field_ is None or closest(molecule.positions) < 0.8:
            continue
        field_.Minimize(maxIts=int(rng.integers(8, 25)))
        temperature = float(rng.choice(temperatures))
        positions = langevin(field_, molecule.numbers, np.array(field_.Positions()).reshape(-1, 3), temperature, int(rng.integers(5, 50)), rng)
        if positions is not None:
            out.append(molecule.frame(positions, group, temperature=temperature))
    return out


def torsion_scan(entry, rng, group, name, points=12):
    """A turn of one bond in equal steps, the rest relaxed with MMFF94 at each."""
    molecule = embed(entry, rng)
    if molecule is None:
        return []
    bonds = torsions(molecule.rd)
    properties = AllChem.MMFFGetMoleculeProperties(molecule.rd)
    if not bonds or properties is None:
        return []
    quadruple = bonds[int(rng.integers(len(bonds)))]
    start, out = float(rng.uniform(0.0, 360.0)), []
    AllChem.MMFFOptimizeMolecule(molecule.rd, maxIters=100)
    for point in range(points):
        angle = (start + 360.0 * point / points + 180.0) % 360.0 - 180.0
        rdMolTransforms.SetDihedralDeg(molecule.rd.GetConformer(), *quadruple, angle)
        field_ = AllChem.MMFFGetMoleculeForceField(molecule.rd, properties)
        field_.Initialize()
        field_.MMFFAddTorsionConstraint(*quadruple, False, angle, angle, 500.0)
        field_.Minimize(maxIts=150)
        out.append(molecule.frame(molecule.positions, group, scan=name))
    return out


def displaced(entry, rng, group, frames, widths):
    """Every atom moved at random by a width drawn for the frame (Å)."""
    molecule = embed(entry, rng)
    if molecule is None:
        return []
    out = []
    for _ in range(frames):
        width = float(rng.uniform(*widths))
        out.append(molecule.frame(molecule.positions + rng.normal(size=(len(molecule.numbers), 3)) * width, group))
    return out


def bond_stretch(entry, rng, group, frames=2):
    """A bond that is in no ring, from half an ångström or 0.55 of its length to 1.6 of it; both sides as they are."""
    molecule = embed(entry, rng)
    if molecule is None:
        return []
    bonds = [bond for bond in molecule.rd.GetBonds() if not bond.IsInRing()]
    if not bonds:
        return []
    out = []
    for _ in range(frames):
        bond = bonds[int(rng.integers(len(bonds)))]
        a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        side, stack = {b}, [b]
        while stack:
            for neighbor in molecule.rd.GetAtomWithIdx(stack.pop()).GetNeighbors():
                if neighbor.GetIdx() != a and neighbor.GetIdx() not in side:
                    side.add(neighbor.GetIdx())
                    stack.append(neighbor.GetIdx())
        positions = molecule.positions
        vector = positions[b] - positions[a]
        length = float(np.linalg.norm(vector))
        wanted = float(rng.uniform(max(0.5, 0.55 * length), 0.95 * length)) if rng.random() < 0.65 else length * float(rng.uniform(1.1, 1.6))
        positions[sorted(side)] += vector / length * (wanted - length)
        positions += rng.normal(size=positions.shape) * 0.02
        out.append(molecule.frame(positions, group))
    return out


# Several molecules


def _joined(molecules, positions, group, **more):
    split = "test" if any(molecule.split == "test" for molecule in molecules) else "train"
    numbers = np.concatenate([molecule.numbers for molecule in molecules])
    name = ".".join(molecule.smiles for molecule in molecules)
    parts = tuple((len(molecule.numbers), molecule.charge) for molecule in molecules)
    return Frame(numbers, np.concatenate(positions), group, name, split, sum(m.charge for m in molecules), parts=parts, **more)


def _warm(molecule, rng, temperature):
    """Positions of a molecule that is a little warm, its center at the origin."""
    field_ = force_field(molecule.rd)
    positions = molecule.positions
    if field_ is not None:
        field_.Minimize(maxIts=60)
        positions = np.array(field_.Positions()).reshape(-1, 3)
        moved = langevin(field_, molecule.numbers, positions, temperature, 60, rng)
        positions = positions if moved is None else moved
    return positions - positions.mean(axis=0)


def _contact(first, second):
    """The least distance between two molecules in units of the sum of the radii, with (numbers, positions) of each."""
    distance = np.linalg.norm(first[1][:, None] - second[1][None], axis=-1)
    radii = np.array([RADIUS[n] for n in first[0]])[:, None] + np.array([RADIUS[n] for n in second[0]])[None]
    return float((distance / radii).min()), float(distance.min())


def _site(molecule, positions, rng, polar_hydrogen):
    """An atom, and the direction in which it looks out of its molecule."""
    numbers = molecule.numbers
    wanted = []
    if polar_hydrogen and rng.random() < 0.6:
        wanted = [a.GetIdx() for a in molecule.rd.GetAtoms() if a.GetAtomicNum() == 1 and any(n.GetAtomicNum() in (7, 8, 9, 16, 17) for n in a.GetNeighbors())]
    elif rng.random() < 0.6:
        wanted = [k for k, n in enumerate(numbers) if n not in (1, 6)]
    site = int(rng.choice(wanted)) if wanted else int(rng.integers(len(numbers)))
    neighbors = [n.GetIdx() for n in molecule.rd.GetAtomWithIdx(site).GetNeighbors()]
    away = positions[site] - (positions[neighbors].mean(axis=0) if neighbors else positions.mean(axis=0))
    if np.linalg.norm(away) < 0.2:
        away = positions[site] - positions.mean(axis=0)
    if np.linalg.norm(away) < 0.2:
        return site, direction(rng)
    away = away / np.linalg.norm(away) + 0.4 * rng.normal(size=3)
    return site, away / np.linalg.norm(away)


def dimer_scan(first, second, rng, group, name):
    """Two rigid molecules, from deep in the wall to far outside of every cutoff, along one line."""
    molecules = [embed(first, rng), embed(second, rng)]
    if None in molecules:
        return []
    one, other = [_warm(molecule, rng, float(rng.choice([100.0, 300.0]))) for molecule in molecules]
    site, axis = _site(molecules[0], one, rng, True)
    end, away = _site(molecules[1], other, rng, False)
    other = (other - other[end]) @ turn_onto(away, -axis).T
    one = one - one[site]
    numbers = [molecule.numbers for molecule in molecules]
    # Contact in units of the radii against the distance along the line; the molecules may be long, so it is searched.
    grid = np.arange(0.0, 30.0, 0.05)
    measured = [_contact((numbers[0], one), (numbers[1], other + axis * t)) for t in grid]
    contact, nearest = np.array([m[0] for m in measured]), np.array([m[1] for m in measured])
    scales = np.array([0.52, 0.60, 0.67, 0.74, 0.82, 0.90, 1.0, 1.15, 1.4]) * float(rng.uniform(0.96, 1.04))
    places = []
    for scale in scales:
        inside = np.nonzero(contact < scale)[0]
        places.append(float(grid[inside[-1] + 1]) if len(inside) and inside[-1] + 1 < len(grid) else 0.0)
    for far in (float(rng.uniform(5.0, 7.0)), float(rng.uniform(8.0, 12.0))):
        inside = np.nonzero(nearest < far)[0]
        places.append(float(grid[inside[-1]] + 0.05) if len(inside) else far)
    return [_joined(molecules, [one, other + axis * place], group, scan=name) for place in places]


def pushed_pair(first, second, elements, rng, group):
    """Two molecules with an atom of the one close to an atom of the other (0.5 to 1.7 Å), the rest further away."""
    molecules = [embed(first, rng), embed(second, rng)]
    if None in molecules:
        return []
    one, other = (molecule.positions for molecule in molecules)
    left = np.nonzero(molecules[0].numbers == elements[0])[0]
    right = np.nonzero(molecules[1].numbers == elements[1])[0]
    if not len(left) or not len(right):
        return []
    distance, best = float(rng.uniform(0.5, 1.7)), None
    for _ in range(30):
        i, j = int(rng.choice(left)), int(rng.choice(right))
        turned = (other - other[j]) @ rotation(rng).T + one[i] + direction(rng) * distance
        between = np.linalg.norm(one[:, None] - turned[None], axis=-1)
        between[i, j] = np.inf
        rest = float(between.min())
        if best is None or rest > best[0]:
            best = (rest, turned)
    return [_joined(molecules, [one, best[1]], group)]


def cluster(entries, rng, group, temperatures, relaxed=True, frames=2):
    """Molecules put next to each other one by one, then moved by MMFF94 with the forces between them."""
    molecules = [embed(entry, rng) for entry in entries]
    if None in molecules:
        return []
    placed = []
    for molecule in molecules:
        positions = (molecule.positions - molecule.positions.mean(axis=0)) @ rotation(rng).T
        if placed:
            before, line = np.concatenate(placed), direction(rng)
            gap = float(rng.uniform(1.6, 3.0)) if rng.random() < 0.85 else float(rng.uniform(3.0, 5.0))
            for shift in np.arange(0.0, 40.0, 0.1):
                if np.linalg.norm((positions + line * shift)[:, None] - before[None], axis=-1).min() >= gap:
                    break
            positions = positions + line * shift
        placed.append(positions)
    if not relaxed:
        return [_joined(molecules, [p + rng.normal(size=p.shape) * 0.03 for p in placed], group)]
    whole = molecules[0].rd
    for molecule in molecules[1:]:
        whole = Chem.CombineMols(whole, molecule.rd)
    whole = Chem.Mol(whole)
    Chem.SanitizeMol(whole)
    whole.RemoveAllConformers()
    conformer = Chem.Conformer(whole.GetNumAtoms())
    for index, point in enumerate(np.concatenate(placed)):
        conformer.SetAtomPosition(index, Point3D(*map(float, point)))
    whole.AddConformer(conformer)
    field_ = force_field(whole, between=True)
    if field_ is None:
        return []
    field_.Minimize(maxIts=int(rng.integers(10, 80)))
    positions, out = np.array(field_.Positions()).reshape(-1, 3), []
    numbers = np.concatenate([molecule.numbers for molecule in molecules])
    for _ in range(frames):
        temperature = float(rng.choice(temperatures))
        positions = langevin(field_, numbers, positions, temperature, int(rng.integers(80, 220)), rng)
        if positions is None:
            break
        out.append(_joined(molecules, [positions], group, temperature=temperature))
    return out
