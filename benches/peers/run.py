"""Speed of other potentials beside ours: the same atoms, the same core, in turn.

    benches/peers/install /somewhere/peers
    python3 benches/peers/run.py /somewhere/peers --models models/fast models/local --structure water.xyz --repeat 2

Each peer is a process of its own that waits for its turn (`worker.py`). Ours are runs at constant energy on one thread, steps of 0.5 fs:
the time of a step is the difference between a long run and a short one, so that it includes integrator and neighbor list. Times are those for
which a process had the core, which other work on the machine changes least. A round asks each once; the table has the median over
rounds, from the lowest to the highest quarter, and the median of the ratios to the first of our models in the same round.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ["nep", "ace", "mace-64x0e", "mace-128x1o", "nequip-s", "so3lr", "gfn2"]


def pin(core):
    """Puts a process on one core, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        return lambda: os.sched_setaffinity(0, {core})
    return None


class Peer:
    """A worker that answers."""

    def __init__(self, name, folder, structure, repeat, core):
        self.name = name
        environment = dict(os.environ, OMP_NUM_THREADS="1")
        if name.startswith("mace"):
            environment["PYTHONPATH"] = str(folder / "mace")
        command = [folder / "venv/bin/python", HERE / "worker.py", name, structure, str(repeat)]
        self.log = open(folder / f"{name}.worker.log", "w")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment, preexec_fn=pin(core)
        )
        words = self.process.stdout.readline().split(maxsplit=2)
        if len(words) < 3 or words[0] != "ready":
            raise RuntimeError(f"{name}: does not start, see {self.log.name}")
        self.atoms, self.about = int(words[1]), words[2].strip()

    def seconds(self):
        print(file=self.process.stdin, flush=True)
        return float(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


class Ours:
    """Runs of a model: constant energy, one thread."""

    def __init__(self, program, model, folder, structure, atoms, core):
        self.program, self.core, self.atoms = program, core, atoms
        self.name, self.about = pathlib.Path(model).name, f"`{self.described(model)}`"
        self.inputs, self.counts = [], (4, 4 + max(8, 40_000 // atoms))
        for steps in self.counts:
            file = folder / f"{self.name}-{steps}.toml"
            file.write_text(
                f'version = 1\nname = "{self.name}-{steps}"\n[output]\nfolder = "{folder / "runs" / self.name}-{steps}"\n'
                f'[structure]\nfile = "{pathlib.Path(structure).resolve()}"\n[potential]\nmodel = "{pathlib.Path(model).resolve()}"\n'
                f'[velocities]\ntemperature = "300 K"\n[[stage]]\nduration = "{0.5 * steps} fs"\ntime_step = "0.5 fs"\n'
            )
            self.inputs.append(file)

    def described(self, model):
        lines = subprocess.run([self.program, "describe", model], capture_output=True, text=True, check=True).stdout.splitlines()
        return next((line.removeprefix("network: ") for line in lines if line.startswith("network: ")), "ours")

    def on_core(self, file):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([self.program, "run", "--force", file], capture_output=True, check=True, preexec_fn=pin(self.core))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def seconds(self):
        short, long = [self.on_core(file) for file in self.inputs]
        return (long - short) / (self.counts[1] - self.counts[0])

    def end(self):
        pass


def repeated(folder, structure, repeat):
    """The structure as a file with as many cells as asked."""
    if repeat == 1:
        return structure
    out = folder / f"{pathlib.Path(structure).stem}-{repeat}.xyz"
    code = f"from ase.io import read, write; a = read({str(structure)!r}); a.calc = None; write({str(out)!r}, a.repeat({repeat}))"
    subprocess.run([folder / "venv/bin/python", "-c", code], check=True)
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="where `install` put the peers")
    parser.add_argument("--models", nargs="+", required=True, help="folders of our models")
    parser.add_argument("--structure", required=True)
    parser.add_argument("--repeat", type=int, default=1, help="cells along each axis")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS)
    parser.add_argument("--core", type=int, default=0, help="the core on which all of them run")
    parser.add_argument("--program", default=HERE.parents[1] / "target/release/cormorant")
    options = parser.parse_args()
    structure = repeated(options.folder, options.structure, options.repeat)
    atoms = int(pathlib.Path(structure).read_text().split()[0])
    all_of_them = [Ours(options.program, model, options.folder, structure, atoms, options.core) for model in options.models]
    failed = []
    for name in options.peers:
        try:
            all_of_them.append(Peer(name, options.folder, options.structure, options.repeat, options.core))
        except RuntimeError as error:
            failed.append(str(error))
    times = {one.name: [] for one in all_of_them}
    for _ in range(options.rounds):
        for one in all_of_them:
            times[one.name].append(one.seconds() * 1e6 / one.atoms)
    first = times[all_of_them[0].name]
    print(f"{all_of_them[0].atoms} atoms, {options.rounds} rounds, one core\n")
    print("| potential | µs per atom and step | quarters | ratio | what |")
    print("|---|---|---|---|---|")
    for one in all_of_them:
        own = times[one.name]
        low, middle, high = statistics.quantiles(own, n=4) if len(own) > 1 else own * 3
        ratio = statistics.median(a / b for a, b in zip(own, first))
        print(f"| {one.name} | {middle:.3g} | {low:.3g} to {high:.3g} | {ratio:.2g} | {one.about} |")
        one.end()
    missing = options.folder / "missing"
    failed += [f"{name}: not installed" for name in (missing.read_text().split() if missing.exists() else [])]
    for line in failed:
        print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
