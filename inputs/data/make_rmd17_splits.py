"""Split lists of rMD17 from the published files of one split: rmd17_NAME_train_01.npz and rmd17_NAME_test_01.npz.

    python make_rmd17_splits.py FOLDER_OF_PUBLISHED_FILES [--join]

Writes rmd17_NAME_split_01.json for every molecule found: all 1000 test frames, and the 1000 training frames divided into
950 to train on and 50 for validation, at random with seed 1. A list that exists is kept. With --join it also writes
rmd17_NAME.npz, both files in one, which stands in for the whole published file of 100,000 frames. Needs numpy.
"""

import json
import pathlib
import sys
import textwrap

import numpy

here = pathlib.Path(__file__).parent
folder = pathlib.Path(sys.argv[1])
for train_file in sorted(folder.glob("rmd17_*_train_01.npz")):
    name = train_file.name.removeprefix("rmd17_").removesuffix("_train_01.npz")
    train, test = numpy.load(train_file), numpy.load(folder / f"rmd17_{name}_test_01.npz")
    if "--join" in sys.argv:
        per_frame = ("coords", "energies", "forces", "old_indices")
        joined = {key: numpy.concatenate([train[key], test[key]]) for key in per_frame}
        numpy.savez(here / f"rmd17_{name}.npz", nuclear_charges=train["nuclear_charges"], **joined)
    target = here / f"rmd17_{name}_split_01.json"
    if target.exists():
        continue
    chosen = numpy.random.default_rng(1).permutation(train["old_indices"])
    parts = {"train": chosen[:950], "validation": chosen[950:], "test": test["old_indices"]}
    lists = [
        f'  "{part}": [\n' + textwrap.fill(", ".join(str(i) for i in sorted(indices)), 118,
                                           initial_indent="    ", subsequent_indent="    ") + "\n  ]"
        for part, indices in parts.items()
    ]
    source = (f"rMD17 {name}, published split 01: its test frames, and its training frames divided into 950 and 50 at "
              "random with seed 1")
    text = '{\n  "source": ' + json.dumps(source) + ',\n  "numbering": "old_indices",\n' + ",\n".join(lists) + "\n}\n"
    target.write_text(text)
    assert {part: sorted(indices.tolist()) for part, indices in parts.items()} == {
        part: json.loads(text)[part] for part in parts}
    print(target.name)
