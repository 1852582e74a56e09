"""When llama.cpp may use the tile registers of processors that have AMX, and how it is kept from them otherwise.

With them a token takes about half the time. But gcc 12 takes the stores into the tile configuration for dead, so that
the kernels load an empty one and crash (ggml-org/llama.cpp#20824, #26954). `scripts/setup` compiles without dead store
elimination and has the compiler record that; a library without the record is not trusted.

Its only switch, `use_extra_bufts`, takes the kernels for repacked weights away as well. Linux gives tile registers
only to a process that asks for them, and refuses where the stack of any signal handler is too small to hold them;
llama.cpp asks once, when it first loads a model, and does without when it is refused. Knows no model.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_cpp

_SYS_ARCH_PRCTL = 158
_ARCH_REQ_XCOMP_PERM = 0x1023
_TILE_DATA = 18
_TOO_SMALL = 4096
"""Bytes: more than the kernel's smallest signal stack, and half of what the tile registers alone take."""


_RECORD = b"-fno-tree-dse"
"""What a trusted library says of how it was compiled (`-frecord-gcc-switches`)."""
_LIBRARIES = Path(llama_cpp.__file__).with_name("lib")


class _SignalStack(ctypes.Structure):
    _fields_ = (("place", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t))


def usable(libraries: Path = _LIBRARIES) -> bool:
    """Return whether this processor has AMX and the library in `libraries` was compiled so that it works."""
    return _has_kernels() and any(_RECORD in file.read_bytes() for file in libraries.glob("libggml-cpu*.so"))


def _has_kernels() -> bool:
    return b"AMX_INT8 = 1" in llama_cpp.llama_print_system_info()


@contextmanager
def refused() -> Iterator[bool]:
    """Have the kernel refuse AMX to this process; yield whether it does, or whether there is no AMX to refuse.

    A process that was given AMX before (by another library) keeps it.
    """
    if not _has_kernels():
        yield True
        return
    libc = ctypes.CDLL(None)
    memory = ctypes.create_string_buffer(_TOO_SMALL)
    small, before = _SignalStack(ctypes.addressof(memory), 0, _TOO_SMALL), _SignalStack()
    if libc.sigaltstack(ctypes.byref(small), ctypes.byref(before)):
        yield False
        return
    try:
        yield libc.syscall(_SYS_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM, _TILE_DATA) != 0
    finally:
        libc.sigaltstack(ctypes.byref(before), None)
