"""Keys of the molecules of torsion benchmarks, so that they stay out of the data: excluded_keys.txt.

usage: exclude.py FILE.xyz... > excluded_keys.txt

The files are extended XYZ with smiles="..." in the comments. A key is a hash of the molecule without stereo, tautomers and
charge (molecules.py); the list is committed, so this script is only needed again when a benchmark is added.
"""
import re
import sys

from molecules import key

PATTERN = re.compile(r'smiles="([^"]+)"')


def main():
    smiles = set()
    for name in sys.argv[1:]:
        with open(name) as file:
            for line in file:
                found = PATTERN.search(line) if "smiles=" in line else None
                if found:
                    smiles.add(found.group(1))
    print("# Keys of molecules.py: TorsionNet500 and the torsion scans that go with it.")
    for identity in sorted({key(text) for text in smiles}):
        print(identity)


if __name__ == "__main__":
    main()
