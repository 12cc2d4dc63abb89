"""Compiles the kernels that the emitter writes in CUDA C, for generations of cards since Turing, and refuses more than a few spilled registers.

Needs no graphics processor: NVRTC makes PTX and ptxas machine code. `tests/graphics/cuda` installs both from PyPI.
"""

import ctypes
import pathlib
import re
import subprocess
import sys

import nvidia

PACKAGES = pathlib.Path(list(nvidia.__path__)[0])
ARCHITECTURES = ["75", "80", "86", "89", "90", "100", "120"] if "full" in sys.argv else ["75", "90", "120"]
# Bytes of spilled registers of a thread that cost nothing worth mentioning.
FEW = 64
library = ctypes.CDLL(str(next((PACKAGES / "cuda_nvrtc" / "lib").glob("libnvrtc.so.*"))))
ptxas = PACKAGES / "cuda_nvcc" / "bin" / "ptxas"


def ptx(source: str, architecture: str) -> bytes:
    """PTX of a kernel; ends with the messages of the compiler if there is none."""
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    assert library.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"kernel.cu", 0, None, None) == 0
    options = (ctypes.c_char_p * 1)(f"--gpu-architecture=compute_{architecture}".encode())
    failed = library.nvrtcCompileProgram(program, 1, options)
    what = ("nvrtcGetProgramLogSize", "nvrtcGetProgramLog") if failed else ("nvrtcGetPTXSize", "nvrtcGetPTX")
    getattr(library, what[0])(program, ctypes.byref(size))
    text = ctypes.create_string_buffer(size.value)
    getattr(library, what[1])(program, text)
    if failed:
        sys.exit(text.value.decode())
    return text.raw.rstrip(b"\0")


def main(folder: pathlib.Path) -> None:
    files = sorted(folder.glob("*.cu"))
    assert files, f"there are no kernels in {folder}"
    most, spilled, worst = 0, [], 0
    for file in files:
        code = folder / "kernel.ptx"
        code.write_bytes(ptx(file.read_text(), ARCHITECTURES[0]))
        for architecture in ARCHITECTURES:
            command = [ptxas, "-v", f"-arch=sm_{architecture}", code, "-o", folder / "kernel.cubin"]
            result = subprocess.run(command, capture_output=True, text=True)
            if result.returncode:
                sys.exit(f"{file.name}, sm_{architecture}: {result.stderr}")
            most = max(most, int(re.search(r"Used (\d+) registers", result.stderr)[1]))
            bytes_spilled = int(re.search(r"(\d+) bytes spill stores", result.stderr)[1])
            worst = max(worst, bytes_spilled)
            if bytes_spilled > FEW:
                spilled.append(f"{file.name} on sm_{architecture}: {bytes_spilled} bytes")
    if spilled:
        sys.exit("registers are spilled: " + ", ".join(spilled))
    print(f"{len(files)} kernels for sm_{', sm_'.join(ARCHITECTURES)}: at most {most} registers, {worst} bytes spilled")


main(pathlib.Path(sys.argv[1]))
