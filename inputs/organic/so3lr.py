"""SO3LR energies and forces of many molecules at once, on one thread.

The network, its weights and its physical terms are those of the package so3krates-torch (MIT license); only the way in
and the way out are ours:

* a batch of molecules is one graph, built with numpy: every pair within 4.5 Å for the network, every pair of a molecule
  for electrostatics and dispersion, whose cutoff is 1000 Å (molecules in vacuum);
* the filters of the network depend on the distance of a pair and on the invariants of a difference, which are the same in both
  directions: they are computed once for a pair, as are its electrostatics and dispersion. A frame of 28 atoms takes 12 ms instead of 16;
* the network adds -163.6 eV to each atom, whatever its element. In single precision this costs the last digits of the
  energy. Here it is left out, and the energies of the atoms are added up in double precision.
"""
import contextlib
import importlib.resources
import io
import os
import warnings

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import numpy as np
import torch

ELEMENTS = {1: "H", 6: "C", 7: "N", 8: "O", 9: "F", 15: "P", 16: "S", 17: "Cl"}
# In Å. It enters the electrostatic energy as a constant of the pair of charges, so it has to stay the same for all labels.
LONG_RANGE_CUTOFF = 1000.0
# Atoms in one call of the network. Larger batches are no faster and cost memory.
ATOMS_PER_BATCH = 500


class OncePerPair(torch.nn.Module):
    """A part of the network that gives the same for both directions of a pair; the second half of the edges is the first, reversed."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, *arguments):
        half = arguments[0].shape[0] // 2
        once = self.inner(*(argument[:half] for argument in arguments))
        return torch.cat((once, once))


def load(dtype="float32"):
    """The network with the weights inside the wheel, ready for `evaluate`."""
    torch.set_num_threads(1)
    torch.set_default_dtype(getattr(torch, dtype))
    warnings.filterwarnings("ignore")
    with contextlib.redirect_stdout(io.StringIO()):
        with importlib.resources.path("so3krates_torch.pretrained.so3lr", "so3lr.model") as path:
            model = torch.load(path, map_location="cpu", weights_only=False)
    model = model.double() if dtype == "float64" else model.float()
    model.r_max_lr = LONG_RANGE_CUTOFF
    model.dispersion_energy_cutoff_lr_damping = 2.0
    for parameter in model.parameters():
        parameter.requires_grad = False
    for layer in model.euclidean_transformers:
        block = layer.euclidean_attention_block
        block.filter_net_inv, block.filter_net_ev = OncePerPair(block.filter_net_inv), OncePerPair(block.filter_net_ev)
        block.so3_conv_invariants = OncePerPair(block.so3_conv_invariants)
    model.electrostatic_potential.neighborlist_format_lr = "ordered_sparse"
    model.dispersion_potential.c = 1.0
    shifts = model.atomic_energy_output_block.energy_shifts
    if float(shifts.max() - shifts.min()) != 0.0:
        raise RuntimeError("this version of SO3LR has a shift for each element; the energies would mean something else")
    model.shift_per_atom = float(shifts[0])
    shifts.zero_()
    return model


def _graph(structures, cutoff, dtype):
    """Pairs and atoms of several molecules as the tensors that the network reads."""
    offset, numbers, positions, batch, near, far, start = 0, [], [], [], [], [], [0]
    for index, (number, position) in enumerate(structures):
        count = len(number)
        i, j = np.triu_indices(count, 1)
        distance = np.linalg.norm(position[j] - position[i], axis=1)
        pairs = np.stack((i, j)) + offset
        far.append(pairs)
        near.append(pairs[:, distance <= cutoff])
        numbers.append(number)
        positions.append(position)
        batch.append(np.full(count, index))
        offset += count
        start.append(offset)
    numbers = np.concatenate(numbers)
    one_hot = np.zeros((offset, 118), dtype=np.float32)
    one_hot[np.arange(offset), numbers - 1] = 1.0
    near, far = np.concatenate(near, axis=1), np.concatenate(far, axis=1)
    near = np.concatenate((near, near[::-1]), axis=1)
    integer = lambda array: torch.from_numpy(np.ascontiguousarray(array, dtype=np.int64))
    return {
        "positions": torch.tensor(np.concatenate(positions), dtype=dtype),
        "atomic_numbers": integer(numbers),
        "node_attrs": torch.from_numpy(one_hot).to(dtype),
        "edge_index": integer(near),
        "edge_index_lr": integer(far),
        "shifts": torch.zeros(near.shape[1], 3, dtype=dtype),
        "shifts_lr": torch.zeros(far.shape[1], 3, dtype=dtype),
        "unit_shifts": torch.zeros(near.shape[1], 3, dtype=dtype),
        "unit_shifts_lr": torch.zeros(far.shape[1], 3, dtype=dtype),
        "cell": torch.zeros(len(structures), 3, 3, dtype=dtype),
        "batch": integer(np.concatenate(batch)),
        "ptr": integer(start),
        "head": torch.zeros(len(structures), dtype=torch.int64),
    }


def _call(model, structures, charges):
    """One call of the network: (energy, forces, dipole, partial charges, Hirshfeld ratios) of each molecule."""
    dtype = next(model.parameters()).dtype
    data = _graph(structures, float(model.r_max), dtype)
    data["total_charge"] = torch.tensor(charges, dtype=dtype)
    data["total_spin"] = torch.zeros(len(structures), dtype=dtype)
    out = model(data)
    node = out["node_energy"].detach().double().numpy().reshape(-1)
    forces, dipole = out["forces"].detach().numpy(), out["dipole"].detach().numpy()
    partial, hirshfeld = out["partial_charges"].detach().numpy().reshape(-1), out["hirshfeld_ratios"].detach().numpy().reshape(-1)
    results = []
    for index, (a, b) in enumerate(zip(data["ptr"][:-1].tolist(), data["ptr"][1:].tolist())):
        results.append((float(node[a:b].sum()), forces[a:b], dipole[index], partial[a:b], hirshfeld[a:b]))
    return results


def evaluate(model, structures, charges, atoms_per_batch=None):
    """Energy (eV, without the constant of each atom), forces (eV/Å), dipole (e Å), partial charges (e), Hirshfeld ratios.

    `structures` is a list of (atomic numbers, positions in Å). Molecules of similar size share a call. The results come in
    the order of the list. The same list gives the same bits.
    """
    limit = atoms_per_batch or ATOMS_PER_BATCH
    order = sorted(range(len(structures)), key=lambda k: (len(structures[k][0]), k))
    results, group, atoms = [None] * len(structures), [], 0

    def flush():
        for k, result in zip(group, _call(model, [structures[k] for k in group], [charges[k] for k in group])):
            results[k] = result

    for k in order:
        count = len(structures[k][0])
        if group and atoms + count > limit:
            flush()
            group, atoms = [], 0
        group.append(k)
        atoms += count
    if group:
        flush()
    return results
