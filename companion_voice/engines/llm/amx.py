"""How llama.cpp is kept from the tile registers of processors that have AMX.

Compiled by gcc 12, its AMX kernels load an empty tile configuration and crash (ggml-org/llama.cpp#20824, #26954).
Its only switch, `use_extra_bufts`, takes the kernels for repacked weights away as well, and with them a third of the
speed at which prompts are taken in. Linux gives tile registers only to a process that asks for them, and refuses
where the stack of any signal handler is too small to hold them; llama.cpp asks once, when it first loads a model, and
does without when it is refused. Knows no model.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import llama_cpp

_SYS_ARCH_PRCTL = 158
_ARCH_REQ_XCOMP_PERM = 0x1023
_TILE_DATA = 18
_TOO_SMALL = 4096
"""Bytes: more than the kernel's smallest signal stack, and half of what the tile registers alone take."""


class _SignalStack(ctypes.Structure):
    _fields_ = (("place", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t))


@contextmanager
def refused() -> Iterator[bool]:
    """Have the kernel refuse AMX to this process; yield whether it does, or whether there is no AMX to refuse.

    A process that was given AMX before (by another library) keeps it.
    """
    if b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info():
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
