"""Compares structures that we read with what ASE and MDAnalysis read of the same files: formula, cell, coordinates, velocities.

    check_structures.py list FOLDER      writes FOLDER/list: file, topology and where our frame is to go, for the test
                                         `structures::structures_for_readers`, which reads them (CORMORANT_STRUCTURES)
    check_structures.py compare FOLDER   compares

The files are the test data of MDAnalysisTests and ASE, and, where those have fewer than ten of a kind, what ASE writes.
"""

import io
import sys
import warnings
from pathlib import Path

import ase.build
import ase.io
import MDAnalysis
import MDAnalysisTests
import numpy as np

warnings.simplefilter("ignore")
MDA = Path(MDAnalysisTests.__file__).parent / "data"
ASE = Path(ase.io.__file__).parent.parent / "test" / "testdata"

# Files that we refuse, and a part of the message that says why.
REFUSED = {
    "CONECT2TER.pdb": "C or Ca",  # alpha carbons in the columns of calcium, in a residue nobody knows
    "SINGLECONECT.pdb": "C or Ca",
    "nucl_res.pdb": "C or Ca",
    "RANDOM_WALK_TOPO.pdb": "X of SYST",
    "dppc_vesicle_hg.gro": "PO4 of DPPC",  # beads of a coarse-grained model
    "grovels.gro": "GL1 of DOPC",
    "martini_dppc_chol_bilayer.gro": "GL1 of DPPC",
    "empty_atom.gro": "expected the first atom",
    "make_whole.gro": "A of SOL",
    "missing_atomname.gro": "does not state",
    "plength.gro": "Ca13 of PA",
    "dummy.gro": "T1 of TEST",
    "dummy_2021.gro": "T1 of TEST",
    "two_water_gro_nonames.gro": "A of SOL",
    "BrokenMolecule.mol2": "line 9",
    "chain_initial.data": "mass 1",  # reduced units
    "image_vf.data": "mass 1",
    "deletedatoms.data": "mass 0.012",  # kg/mol
    "mini.data": "mass 0.001",
    "lammpsdata_input.data": "mass 56",  # four beads
    "additional_columns.lammpstrj": "does not state",
    "chain_dump_1.lammpstrj": "type 1",
    "chain_dump_2.lammpstrj": "type 1",
    "image_vf.lammpstrj": "type 1",
    "nomass_elemx.lammpstrj": "virtual site",
    "POSCAR_example_1": "elements = [",
}
# Files that we read otherwise, and why.
OTHERWISE = {
    "model_then_cryst.pdb": "CRYST1 after a model holds for the models that follow it",
}


def files():
    """Kind, file, topology."""
    for ending in ["pdb", "gro", "mol2"]:
        for path in sorted(MDA.rglob(f"*.{ending}")):
            if path.stat().st_size < 1_000_000:
                yield ending, path, None
    for path in sorted(MDA.glob("lammps/*.data")):
        if path.stat().st_size < 1_000_000:
            yield "data", path, None
    yield "data", ASE / "lammpsdata_input.data", None
    for path in sorted(MDA.glob("lammps/*.lammpstrj")):
        yield "lammpstrj", path, None
    for path in sorted(ASE.rglob("*.cif")) + sorted(MDA.rglob("*.cif")):
        yield "cif", path, None
    for path in sorted(MDA.rglob("*.nc")):
        for topology in [path.with_suffix(".prmtop"), path.with_suffix(".parm7")]:
            if topology.exists():
                yield "nc", path, topology
    for name, topology in [("bala.ncdf", "bala.prmtop"), ("posfor.ncdf", "posfor.top")]:
        yield "nc", MDA / "Amber" / name, MDA / "Amber" / topology
    yield "rst7", MDA / "Amber/parmed_ala2_solv.rst7", MDA / "Amber/parmed_ala2_solv.parm7"
    yield "POSCAR", ASE / "vasp/POSCAR_example_1", None


def written(folder):
    """What ASE writes of crystals, surfaces and molecules."""
    makers = {
        "si": ase.build.bulk("Si"),
        "nacl": ase.build.bulk("NaCl", "rocksalt", a=5.64),
        "cu": ase.build.fcc111("Cu", (2, 2, 3), vacuum=6),
        "fe": ase.build.bulk("Fe", cubic=True),
        "ti": ase.build.bulk("Ti"),
        "ethanol": ase.build.molecule("CH3CH2OH", vacuum=5),
        "hcl": ase.build.molecule("HCl", vacuum=5),
        "graphene": ase.build.graphene(vacuum=5),
        "gaas": ase.build.bulk("GaAs", "zincblende", a=5.65) * (2, 1, 1),
        "mos2": ase.build.mx2(vacuum=5),
    }
    for name, atoms in makers.items():
        if not atoms.cell.rank == 3:
            atoms.center(vacuum=5)
        atoms.pbc = True
        for kind, file, options in [
            ("POSCAR", f"POSCAR.{name}", {"format": "vasp", "direct": name in {"si", "ti"}}),
            ("data", f"{name}.data", {"format": "lammps-data", "masses": True}),
            ("cif", f"{name}.cif", {"format": "cif"}),
            ("gro", f"{name}.gro", {"format": "gromacs"}),
            ("pdb", f"{name}.pdb", {"format": "proteindatabank"}),
        ]:
            if kind == "gro" and name not in {"ethanol"}:
                continue  # GRO does not name elements
            if kind == "data" and name == "mos2":
                continue
            path = folder / file
            if kind in {"cif", "pdb"}:
                # These formats turn the cell: what ASE reads back counts.
                ase.io.write(path, atoms, **options)
                yield kind, path, None, None
                continue
            ase.io.write(path, atoms, **options)
            yield kind, path, None, atoms


def netcdf(folder):
    """What MDAnalysis writes of its own files, beside the file itself as topology."""
    for name in ["adk_open.pdb", "1hvr.pdb", "aaqaa.gro", "sample_velocity_file.gro", "residwrap.gro", "water.pdb"]:
        source = next(MDA.rglob(name))
        universe = MDAnalysis.Universe(str(source))
        path = folder / f"{source.stem}.nc"
        with MDAnalysis.Writer(str(path), n_atoms=len(universe.atoms), format="NCDF") as writer:
            writer.write(universe.atoms)
        yield "nc", path, source, None


def jobs(folder):
    made = list(written(folder)) + list(netcdf(folder))
    everything = [(kind, path, topology, None) for kind, path, topology in files()] + made
    for number, (kind, path, topology, atoms) in enumerate(everything):
        yield kind, path, topology, atoms, folder / f"{number:04}.xyz"


def formula(symbols):
    counts = {}
    for symbol in symbols:
        counts[symbol] = counts.get(symbol, 0) + 1
    return "".join(f"{symbol}{counts[symbol]}" for symbol in sorted(counts))


def reference(kind, path, topology):
    """Symbols (or None), positions, cell (lengths and angles, or None), velocities (Å/ps, or None) by other programs."""
    if (kind in {"cif", "POSCAR"} and "mmcif" not in str(path)) or (kind == "pdb" and MDA not in path.parents):
        names = {"POSCAR": "vasp", "cif": "cif", "pdb": "proteindatabank"}
        atoms = ase.io.read(path, format=names.get(kind))
        return atoms.get_chemical_symbols(), atoms.positions, atoms.cell.cellpar(), None
    if kind == "cif":
        return None
    if kind == "data" and path.parent == ASE:
        atoms = ase.io.read(path, format="lammps-data")
        return None, atoms.positions, atoms.cell.cellpar(), None
    universe = MDAnalysis.Universe(str(topology or path), str(path), format={"lammpstrj": "LAMMPSDUMP", "nc": "NCDF", "rst7": "INPCRD"}.get(kind))
    atoms = universe.atoms
    symbols = None
    if hasattr(atoms, "elements") and all(atoms.elements):
        symbols = [str(element).capitalize() for element in atoms.elements]
    velocities = universe.trajectory.ts.velocities if universe.trajectory.ts.has_velocities else None
    box = universe.dimensions
    return symbols, atoms.positions, None if box is None or not np.any(box[:3]) else box, velocities


def same_sites(symbols, positions, cell, others, other_positions, other_cell):
    """Whether each atom has one of its element at the same place in the cell."""
    one = np.linalg.solve(cell.T, positions.T).T
    two = np.linalg.solve(other_cell.T, other_positions.T).T
    for symbol, place in zip(symbols, one):
        apart = two - place
        apart -= np.round(apart)
        near = np.linalg.norm(apart @ cell, axis=1) < 5e-3
        if sum(bool(close) and other == symbol for close, other in zip(near, others)) != 1:
            return False
    return True


def compare(kind, path, topology, atoms, out):
    """What differs."""
    error = Path(f"{out}.error")
    if error.exists():
        text = error.read_text()
        if path.name in REFUSED and REFUSED[path.name] in text:
            return "refused", text
        return "REFUSED", text
    ours = ase.io.read(io.StringIO(out.read_text()), format="extxyz")
    notes = Path(f"{out}.notes").read_text()
    symbols = ours.get_chemical_symbols()
    try:
        found = (atoms.get_chemical_symbols(), atoms.positions, atoms.cell.cellpar(), None) if atoms else reference(kind, path, topology)
    except Exception as failure:  # noqa: BLE001
        return "no reference", f"{formula(symbols)} ({type(failure).__name__}: {str(failure)[:80]})"
    if found is None:
        return "no reference", formula(symbols)
    theirs, positions, box, velocities = found
    differences = []
    if len(symbols) != len(positions):
        if "skipped" in notes:
            return "alternatives", f"{formula(symbols)}, {notes}"
        differences.append(f"{len(symbols)} atoms, not {len(positions)}")
    elif kind in {"cif", "data"}:
        # The cell may be turned, and atoms may be in another image or order.
        theirs_cell = np.array(atoms.cell if atoms else ase.cell.Cell.fromcellpar(box))
        names = symbols if theirs is None else theirs
        if not same_sites(symbols, ours.positions, np.array(ours.cell), names, positions, theirs_cell):
            differences.append("sites")
    elif not np.allclose(ours.positions, positions, atol=6e-3 if kind == "gro" else 2e-3):
        differences.append(f"positions by up to {np.abs(ours.positions - positions).max()} Å")
    if theirs is not None and formula(symbols) != formula(theirs):
        differences.append(f"{formula(symbols)} not {formula(theirs)}")
    if kind == "rst7":
        box = ours.cell.cellpar()  # MDAnalysis does not read it
    cell = ours.cell.cellpar() if ours.cell.rank == 3 else None
    unit = box is not None and np.allclose(box, [1, 1, 1, 90, 90, 90])
    if (cell is None) != (box is None or unit):
        differences.append(f"cell {cell} not {box}")
    elif cell is not None and not np.allclose(cell, box, atol=1e-2):
        differences.append(f"cell {cell} not {box}")
    if "velo" in ours.arrays and velocities is not None and not np.allclose(ours.arrays["velo"], velocities, rtol=1e-4, atol=1e-3):
        differences.append("velocities")
    if differences and path.name in OTHERWISE:
        return "otherwise", OTHERWISE[path.name]
    return ("differs", "; ".join(differences)) if differences else ("same", formula(symbols))


def main():
    task, folder = sys.argv[1], Path(sys.argv[2])
    if task == "list":
        lines = [f"{path}\t{topology or ''}\t{out}\n" for _, path, topology, _, out in jobs(folder)]
        (folder / "list").write_text("".join(lines))
        return
    wrong = 0
    counts = {}
    for kind, path, topology, atoms, out in jobs(folder):
        verdict, text = compare(kind, path, topology, atoms, out)
        counts[(kind, verdict)] = counts.get((kind, verdict), 0) + 1
        wrong += verdict in {"differs", "REFUSED"}
        print(f"{verdict:<13} {kind:<9} {path.name}: {text.strip()[:200]}")
    for (kind, verdict), count in sorted(counts.items()):
        print(f"{kind}: {count} {verdict}")
    sys.exit(1 if wrong else 0)


main()
