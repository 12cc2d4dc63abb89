"""What a chunk of about 1,000 frames consists of.

Every chunk has the same share of every group, so any number of chunks is a balanced set. The random generator of a job
depends on (seed, chunk, group, job) alone: a chunk comes out the same whenever and wherever it is made.
"""
import hashlib
import itertools
from collections import Counter

import numpy as np
from rdkit import Chem

import geometry
import so3lr

SEED = 27
# To be raised whenever a change of the scripts changes the frames of a chunk. It is written into the manifest. From 1 to 2: so3lr.py
# computes a pair once, which changes the last digits.
RECIPE = 2
WARM = [150.0, 200.0, 300.0, 300.0, 400.0, 500.0, 500.0, 600.0, 800.0, 1000.0]
MILD = [100.0, 200.0, 300.0, 300.0, 400.0, 500.0, 600.0]
HOT = [1200.0, 1500.0, 1800.0, 2000.0]
# Frames of a chunk. Largest force that is kept, in eV/Å: the other frames are counted and dropped.
GROUPS = {
    "drug": (220, 30.0),
    "small": (200, 30.0),
    "torsion": (60, 30.0),
    "torsion-scan": (84, 30.0),
    "peptide": (60, 30.0),
    "hot": (60, 60.0),
    "displaced": (30, 60.0),
    "bond-stretch": (30, 300.0),
    "pushed-pair": (44, 300.0),
    "dimer-scan": (110, 100.0),
    "cluster": (90, 30.0),
    "placed": (16, 60.0),
    "so3lr": (40, 30.0),
}
CHARGED = {
    "small": (330, 30.0),
    "torsion": (80, 30.0),
    "torsion-scan": (84, 30.0),
    "hot": (60, 60.0),
    "displaced": (30, 60.0),
    "bond-stretch": (30, 300.0),
    "pushed-pair": (30, 300.0),
    "dimer-scan": (176, 100.0),
    "cluster": (140, 30.0),
    "so3lr": (40, 30.0),
}
FRAMES_PER_JOB = {"drug": 3, "small": 2, "torsion": 2, "torsion-scan": 12, "peptide": 3, "hot": 2, "displaced": 2, "bond-stretch": 2, "dimer-scan": 11, "cluster": 2}
SO3LR_STEPS, SO3LR_SAVED = 30, (15, 30)
ELEMENT_PAIRS = list(itertools.combinations_with_replacement([1, 6, 7, 8, 9, 15, 16, 17], 2))


class Pools:
    """The molecules of each group in an order that the seed gives, and partners by element."""

    def __init__(self, entries, charged):
        order = lambda entry: hashlib.sha256(f"{SEED} {entry[0]}".encode()).digest()
        entries = sorted(entries, key=order)
        neutral = [e for e in entries if e[1] != "ion"]
        by = lambda *sources, atoms=999: [e for e in neutral if e[1] in sources and e[2] <= atoms]
        train = [e for e in neutral if e[4] == "train"]
        self.solvents = [e for e in neutral if e[1] == "solvent"]
        self.partners = [e for e in neutral if e[1] in ("qm9", "brics", "substituted", "small", "solvent") and 2 <= e[2] <= 18]
        self.tiny = [e for e in train if e[1] in ("small", "solvent", "substituted") and 2 <= e[2] <= 12]
        elements = {e[0]: _elements(e[0]) for e in self.tiny}
        self.with_element = {z: [e for e in self.tiny if z in elements[e[0]]] for z in geometry.MASS}
        few = by("small") + by("solvent")
        # The few small molecules come ten times while the many come once; phosphorus, which is rare, five times.
        often = lambda pool: pool + 4 * [e for e in pool if "P" in e[0] or "p" in e[0]]
        small = _shuffled(often(by("qm9", "brics", "substituted") + by("substituted")) + few * 10, SEED)
        drug = [e for e in neutral if e[1] == "drug"]
        middle = _shuffled(often(by("drug", "brics", "substituted", atoms=36)), SEED + 2)
        self.of = {
            "drug": drug,
            "small": small,
            "torsion": _shuffled(often(by("drug", "brics", "substituted", "peptide", atoms=50)), SEED + 3),
            "torsion-scan": middle,
            "peptide": by("peptide"),
            "hot": _shuffled(small[::2] + middle, SEED + 1),
            "displaced": small,
            "bond-stretch": [e for e in small if e[2] <= 26],
            "so3lr": _shuffled(often(by("drug", "brics", "substituted", "qm9", "peptide", "small", "solvent", atoms=44)), SEED + 4),
        }
        self.ions = [e for e in entries if e[1] == "ion"]
        if charged:
            self.of = {name: self.ions for name in self.of}
            self.of["torsion-scan"] = [e for e in self.ions if e[2] <= 36]


def _shuffled(pool, seed):
    return [pool[k] for k in np.random.default_rng(seed).permutation(len(pool))]


def _elements(smiles):
    return {atom.GetAtomicNum() for atom in Chem.AddHs(Chem.MolFromSmiles(smiles)).GetAtoms()}


def _cluster_entries(pools, rng, charged, atoms):
    """Molecules of a cluster: water, one solvent, a mixture, or a solute among solvents."""
    draw = lambda pool: pool[int(rng.integers(len(pool)))]
    water = next(e for e in pools.solvents if e[0] == "O")
    kind = rng.random()
    if charged:
        chosen = [draw(pools.ions)]
        solvent = water if rng.random() < 0.6 else draw(pools.solvents)
        atoms = max(atoms, chosen[0][2] + 3)
        fill = lambda: solvent if rng.random() < 0.8 else water
    elif kind < 0.2:
        chosen, fill = [water, water], lambda: water
    elif kind < 0.45:
        solvent = draw(pools.solvents)
        chosen, fill = [solvent, solvent], lambda: solvent
    elif kind < 0.7:
        chosen, fill = [draw(pools.solvents), draw(pools.solvents)], lambda: draw(pools.solvents)
    else:
        chosen = [draw(pools.partners if rng.random() < 0.7 else pools.of["torsion-scan"])]
        solvent = water if rng.random() < 0.5 else draw(pools.solvents)
        chosen, fill = chosen + [solvent], lambda: solvent
    while True:
        following = fill()
        if sum(e[2] for e in chosen) + following[2] > atoms or len(chosen) >= 16:
            return chosen
        chosen.append(following)


def _job(pools, group, chunk, job, charged):
    """The frames of one job; the number of jobs in a chunk follows from the number of frames wanted."""
    number = list(GROUPS).index(group)
    rng = np.random.default_rng([SEED, int(charged), chunk, number, job])
    draw = lambda pool: pool[int(rng.integers(len(pool)))]
    name = f"{'c' if charged else 'n'}{chunk}-{number}-{job}"
    if group in pools.of:
        pool = pools.of[group]
        jobs = -(-GROUPS[group][0] // FRAMES_PER_JOB.get(group, 1))
        entry = pool[(chunk * jobs + job) % len(pool)]
    if group == "drug":
        return geometry.dynamics(entry, rng, group, WARM, 3, (60, 160))
    if group == "small":
        return geometry.dynamics(entry, rng, group, WARM, 2, (60, 160))
    if group == "peptide":
        return geometry.dynamics(entry, rng, group, WARM, 3, (80, 200))
    if group == "hot":
        return geometry.dynamics(entry, rng, group, HOT, 2, (80, 160), time_step=0.5)
    if group == "torsion":
        return geometry.random_torsions(entry, rng, group, WARM)
    if group == "torsion-scan":
        return geometry.torsion_scan(entry, rng, group, name)
    if group == "displaced":
        return geometry.displaced(entry, rng, group, 2, (0.02, 0.15))
    if group == "bond-stretch":
        return geometry.bond_stretch(entry, rng, group)
    if group == "pushed-pair":
        # Job by job through all pairs of elements, so that each comes equally often.
        pair = ELEMENT_PAIRS[(chunk * GROUPS[group][0] + job) % len(ELEMENT_PAIRS)]
        pair = pair if rng.random() < 0.5 else pair[::-1]
        first = draw(pools.ions) if charged else draw(pools.with_element[pair[0]])
        if charged and pair[0] not in _elements(first[0]):
            return []
        return geometry.pushed_pair(first, draw(pools.with_element[pair[1]]), pair, rng, group)
    if group == "dimer-scan":
        if charged:
            return geometry.dimer_scan(draw(pools.ions), draw(pools.solvents), rng, group, name)
        first = draw(pools.solvents) if rng.random() < 0.5 else draw(pools.partners)
        return geometry.dimer_scan(first, draw(pools.solvents) if rng.random() < 0.7 else draw(pools.partners), rng, group, name)
    if group == "cluster":
        entries = _cluster_entries(pools, rng, charged, int(rng.integers(10, 64)))
        return geometry.cluster(entries, rng, group, MILD)
    if group == "placed":
        entries = _cluster_entries(pools, rng, charged, int(rng.integers(8, 40)))
        return geometry.cluster(entries, rng, group, MILD, relaxed=False)
    raise ValueError(group)


def _so3lr_langevin(pools, chunk, charged, model, wanted):
    """Short trajectories on SO3LR itself, all of a chunk in one batch: bonds and angles as the teacher has them."""
    number, group = list(GROUPS).index("so3lr"), "so3lr"
    jobs, walkers = wanted // len(SO3LR_SAVED), []
    for job in range(jobs):
        rng = np.random.default_rng([SEED, int(charged), chunk, number, job])
        pool = pools.of[group]
        start = geometry.dynamics(pool[(chunk * jobs + job) % len(pool)], rng, group, MILD, 1, (30, 60))
        if start and geometry.closest(start[0].positions) > 0.7:
            walkers.append((start[0], rng))
    if not walkers:
        return []
    # eV/Å to u Å/fs².
    unit, time_step, keep = 9.648533212e-3, 1.0, np.exp(-0.02)
    masses = [np.array([geometry.MASS[n] for n in f.numbers])[:, None] for f, _ in walkers]
    positions = [frame.positions.copy() for frame, _ in walkers]
    thermal = [geometry.BOLTZMANN * f.temperature / m for (f, _), m in zip(walkers, masses)]
    velocities = [rng.normal(size=x.shape) * np.sqrt(t) for (_, rng), x, t in zip(walkers, positions, thermal)]
    forces = lambda: [r[1] * unit for r in so3lr.evaluate(model, [(f.numbers, x) for (f, _), x in zip(walkers, positions)], [f.charge for f, _ in walkers])]
    force, out = forces(), []
    for step in range(1, SO3LR_STEPS + 1):
        for k, (_, rng) in enumerate(walkers):
            velocities[k] = velocities[k] + 0.5 * time_step * force[k] / masses[k]
            positions[k] = positions[k] + 0.5 * time_step * velocities[k]
            velocities[k] = keep * velocities[k] + np.sqrt((1 - keep**2) * thermal[k]) * rng.normal(size=positions[k].shape)
            positions[k] = positions[k] + 0.5 * time_step * velocities[k]
        force = forces()
        for k in range(len(walkers)):
            velocities[k] = velocities[k] + 0.5 * time_step * force[k] / masses[k]
        if step in SO3LR_SAVED:
            for (frame, _), x in zip(walkers, positions):
                out.append(geometry.Frame(frame.numbers, x.copy(), group, frame.molecule, frame.split, frame.charge, frame.temperature))
    return out


def chunk_frames(pools, chunk, charged, model):
    """All frames of a chunk, unlabeled, and how many jobs of each group gave nothing."""
    out, empty = [], Counter()
    for group, (wanted, _) in (CHARGED if charged else GROUPS).items():
        if group == "so3lr":
            found = _so3lr_langevin(pools, chunk, charged, model, wanted)
        else:
            found, job = [], 0
            while len(found) < wanted and job < 4 * wanted:
                frames = _job(pools, group, chunk, job, charged)
                empty[group] += not frames
                found += frames
                job += 1
        out += found
    return out, empty
