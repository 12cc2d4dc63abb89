"""One peer, ready to be timed: answers each line on standard input with the seconds of one energy with forces.

Run by `run.py` with the Python of the folder that `install` made. Atoms move a little before each evaluation, so that nothing is
remembered. Time is that for which the process had the core during the call through ASE, neighbor list included: what a user of the package
pays. One thread.
"""

import os
import random
import sys
import tempfile
import time
import warnings

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
warnings.filterwarnings("ignore")


def nep(atoms):
    """NEP4 with the sizes of its manual: cutoffs 6 and 4 Å, 30 neurons. Random weights."""
    from calorine.calculators import CPUNEP

    generator, symbols = random.Random(1), sorted(set(atoms.get_chemical_symbols()))
    kinds, functions, basis, neurons = len(symbols), 5, 9, 30
    descriptor = functions + functions * 5
    numbers = [generator.gauss(0, 0.1) for _ in range((descriptor + 2) * neurons * kinds + 1)]
    numbers += [generator.gauss(0, 0.1) for _ in range(kinds * kinds * 2 * functions * basis)]
    numbers += [0.1] * descriptor
    head = f"nep4 {kinds} {' '.join(symbols)}\ncutoff 6 4 500 500\nn_max 4 4\nbasis_size 8 8\nl_max 4 2 0\nANN {neurons} 0\n"
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(head + "".join(f"{number:.7e}\n" for number in numbers))
    if not atoms.cell:
        # It wants a cell; one that is wider than the molecule by twice its cutoff has no images to meet.
        atoms.center(vacuum=6.5)
    return CPUNEP(file.name)


def ace(atoms):
    """ML-PACE: 6 Å, functions up to correlation order 4 for each element and pair, as `pacemaker` proposes. Random weights."""
    from pyace import ACEBBasisSet, PyACECalculator, create_multispecies_basis_config

    settings = {
        "deltaSplineBins": 0.001,
        "elements": sorted(set(atoms.get_chemical_symbols())),
        "embeddings": {"ALL": {"npot": "FinnisSinclairShiftedScaled", "fs_parameters": [1, 1, 1, 0.5], "ndensity": 2}},
        "bonds": {"ALL": {"radbase": "SBessel", "radparameters": [5.25], "rcut": 6.0, "dcut": 0.01, "NameOfCutoffFunction": "cos"}},
        "functions": {
            "UNARY": {"nradmax_by_orders": [15, 3, 2, 1], "lmax_by_orders": [0, 3, 2, 1]},
            "BINARY": {"nradmax_by_orders": [15, 2, 2, 1], "lmax_by_orders": [0, 2, 2, 1]},
            "TERNARY": {"nradmax_by_orders": [15, 2, 1], "lmax_by_orders": [0, 2, 1]},
        },
    }
    basis = ACEBBasisSet(create_multispecies_basis_config(settings, func_coefs_initializer="random"))
    return PyACECalculator(basis.to_ACECTildeBasisSet())


def one_thread():
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    # The constants that an older e3nn brings along are its own.
    torch.serialization.add_safe_globals([slice])
    return torch


def mace(atoms, irreps):
    torch = one_thread()
    from e3nn import o3
    from mace import modules
    from mace.calculators import MACECalculator

    torch.set_default_dtype(torch.float32)
    numbers = sorted(set(atoms.numbers.tolist()))
    block = modules.interaction_classes
    model = modules.ScaleShiftMACE(
        r_max=5.0,
        num_bessel=8,
        num_polynomial_cutoff=5,
        max_ell=3,
        interaction_cls=block["RealAgnosticResidualInteractionBlock"],
        interaction_cls_first=block["RealAgnosticInteractionBlock"],
        num_interactions=2,
        num_elements=len(numbers),
        hidden_irreps=o3.Irreps(irreps),
        MLP_irreps=o3.Irreps("16x0e"),
        atomic_energies=torch.zeros(len(numbers)).numpy(),
        avg_num_neighbors=50.0,
        atomic_numbers=numbers,
        correlation=3,
        gate=torch.nn.functional.silu,
        atomic_inter_scale=1.0,
        atomic_inter_shift=0.0,
    )
    return MACECalculator(models=[model], device="cpu", default_dtype="float32")


def mace_invariant(atoms):
    """MACE, 64x0e, l = 3, correlation 3, two layers, 5 Å, float32. Random weights."""
    return mace(atoms, "64x0e")


def mace_vector(atoms):
    """MACE, 128x0e + 128x1o, l = 3, correlation 3, two layers, 5 Å, float32. Random weights."""
    return mace(atoms, "128x0e + 128x1o")


def nequip(atoms):
    """NequIP, its preset S (two layers, l = 1, 128 and 64 features), 5 Å, float32, not compiled. Random weights."""
    from nequip.data.transforms import ChemicalSpeciesToAtomTypeMapper, NeighborListTransform
    from nequip.integrations.ase import NequIPCalculator
    from nequip.model import PresetNequIPGNNModel
    from nequip.utils.global_state import set_global_state

    one_thread()
    set_global_state()
    symbols = sorted(set(atoms.get_chemical_symbols()))
    model = PresetNequIPGNNModel(
        preset="S",
        seed=1,
        model_dtype="float32",
        r_max=5.0,
        type_names=symbols,
        avg_num_neighbors=50.0,
        compile_mode="eager",
    )
    transforms = [ChemicalSpeciesToAtomTypeMapper(symbols), NeighborListTransform(r_max=5.0)]
    return NequIPCalculator(model=model.eval(), device="cpu", transforms=transforms)


def so3lr(atoms):
    """SO3LR, the published weights, long range within 12 Å, float32."""
    from so3krates_torch.calculator.so3 import SO3LRCalculator

    one_thread()
    return SO3LRCalculator(device="cpu", default_dtype="float32", r_max_lr=12.0)


def gfn2(atoms):
    """GFN2-xTB by tblite."""
    from tblite.ase import TBLite

    return TBLite(method="GFN2-xTB", verbosity=0)


PEERS = {
    "nep": nep,
    "ace": ace,
    "mace-64x0e": mace_invariant,
    "mace-128x1o": mace_vector,
    "nequip-s": nequip,
    "so3lr": so3lr,
    "gfn2": gfn2,
}


def main():
    peer, structure, repeat = sys.argv[1], sys.argv[2], int(sys.argv[3])
    from ase.io import read

    atoms = read(structure)
    if repeat > 1:
        atoms = atoms.repeat(repeat)
    atoms.calc = None
    # What a package prints must not be taken for an answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    atoms.calc = PEERS[peer](atoms)
    # Compilers that work while the program runs do so in the first calls.
    for number in range(3):
        atoms.rattle(0.002, seed=number + 1000)
        atoms.get_forces()
    print(f"ready {len(atoms)} {' '.join(PEERS[peer].__doc__.split())}", file=answers, flush=True)
    for number, _ in enumerate(sys.stdin):
        atoms.rattle(0.002, seed=number)
        start = time.process_time()
        atoms.get_potential_energy()
        atoms.get_forces()
        print(time.process_time() - start, file=answers, flush=True)


if __name__ == "__main__":
    main()
