"""Chunks of labeled frames on disk: one compressed .npz a chunk and a line in manifest.jsonl once it is safe.

A chunk is written under another name, flushed to the disk, renamed, and only then named in the manifest. A process that is
killed at any instant leaves at most a file that no line of the manifest names, or an unfinished last line; both are
ignored and the chunk is made again.
"""
import hashlib
import json
import os
from pathlib import Path

import numpy as np

# Positions are stored as integers: 1e-5 Å.
UNITS_PER_ANGSTROM = 100000.0


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def manifest(folder):
    """The lines of the manifest as a dictionary by chunk; a last line that is cut off does not count."""
    path, out = Path(folder) / "manifest.jsonl", {}
    if path.exists():
        for line in path.read_text().split("\n"):
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict) and (Path(folder) / entry["file"]).exists():
                out[entry["chunk"]] = entry
    return dict(sorted(out.items()))


def save(folder, chunk, arrays, frames, facts):
    """`arrays` by name; `frames` a list of dictionaries of text, one for each frame; `facts` go into the manifest."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    text = np.frombuffer(json.dumps(frames, separators=(",", ":")).encode(), dtype=np.uint8)
    name = f"chunk-{chunk:05d}.npz"
    temporary = folder / f".{name}.{os.getpid()}.part"
    with open(temporary, "wb") as file:
        np.savez_compressed(file, frames=text, **arrays)
        file.flush()
        os.fsync(file.fileno())
    digest = hashlib.sha256(temporary.read_bytes()).hexdigest()
    os.replace(temporary, folder / name)
    _sync_folder(folder)
    entry = {"chunk": chunk, "file": name, "sha256": digest, **facts}
    path = folder / "manifest.jsonl"
    cut_off = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    with open(path, "a") as file:
        file.write(("\n" if cut_off else "") + json.dumps(entry, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(folder, chunk_or_entry):
    """The frames of a chunk as dictionaries: numbers, positions, energy, forces, ... and the texts."""
    entry = manifest(folder)[chunk_or_entry] if isinstance(chunk_or_entry, int) else chunk_or_entry
    with np.load(Path(folder) / entry["file"]) as data:
        arrays = {name: data[name] for name in data.files}
    texts = json.loads(bytes(arrays.pop("frames")))
    arrays["positions"] = arrays["positions"] / UNITS_PER_ANGSTROM
    start = np.concatenate([[0], np.cumsum(arrays.pop("atoms"))]).astype(int)
    per_atom = {"numbers", "positions", "forces", "partial_charges", "hirshfeld_ratios"}
    for index, text in enumerate(texts):
        a, b = start[index], start[index + 1]
        values = {name: (array[a:b] if name in per_atom else array[index]) for name, array in arrays.items()}
        yield {**text, **values}
