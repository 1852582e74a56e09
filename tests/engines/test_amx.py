"""llama.cpp is kept from AMX unless it was compiled so that AMX works."""

import subprocess
import sys
from pathlib import Path

import llama_cpp
import pytest

from companion_voice.engines.llm import amx

LOADED = """
import ctypes, sys
from companion_voice.engines.llm.llama_cpp import load
from companion_voice.engines.protocols import EngineOptions

model = load(EngineOptions(model=sys.argv[1], threads=1))
permitted = ctypes.c_uint64()
ARCH_PRCTL, GET_PERMITTED, TILE_DATA = 158, 0x1022, 18
assert ctypes.CDLL(None).syscall(ARCH_PRCTL, GET_PERMITTED, ctypes.byref(permitted)) == 0
print(permitted.value >> TILE_DATA & 1, model._model.model_params.use_extra_bufts)
"""


WITH_AMX = pytest.mark.skipif(
    b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info(), reason="this processor has no AMX"
)


@WITH_AMX
def test_only_a_library_that_is_trusted_gets_the_tile_registers_and_both_keep_the_fast_kernels(
    micro_llama: Path,
) -> None:
    code = [sys.executable, "-c", LOADED, str(micro_llama)]
    told = subprocess.run(code, check=True, capture_output=True, text=True).stdout.split()
    assert told == [str(int(amx.usable())), "True"]


@WITH_AMX
def test_a_library_without_a_record_of_how_it_was_compiled_is_refused_them(micro_llama: Path) -> None:
    distrust = "from companion_voice.engines.llm import amx; amx.usable = lambda: False"
    code = [sys.executable, "-c", distrust + LOADED, str(micro_llama)]
    assert subprocess.run(code, check=True, capture_output=True, text=True).stdout.split() == ["0", "True"]


@WITH_AMX
def test_the_record_is_looked_for_in_the_library_itself(tmp_path: Path) -> None:
    library = tmp_path / "libggml-cpu.so"
    library.write_bytes(b"\x7fELF ... -O3 ... ")
    assert not amx.usable(tmp_path)
    library.write_bytes(b"\x7fELF ... -O3 -fno-tree-dse ... ")
    assert amx.usable(tmp_path)
