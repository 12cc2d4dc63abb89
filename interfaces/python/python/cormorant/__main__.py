"""The program `cormorant`: `python -m cormorant run input.toml` is `cormorant run input.toml`."""

import signal
import sys

from cormorant._native import program


def main() -> None:
    """Run the program with the arguments of this process and exit with its status."""
    # Python's own handler would raise KeyboardInterrupt after the program has saved its state and ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(program(["cormorant", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
