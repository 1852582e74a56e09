"""llama.cpp is kept from AMX."""

import subprocess
import sys
from pathlib import Path

import llama_cpp
import pytest

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


@pytest.mark.skipif(b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info(), reason="this processor has no AMX")
def test_a_process_that_loaded_a_model_has_fast_kernels_and_no_tile_registers(micro_llama: Path) -> None:
    code = [sys.executable, "-c", LOADED, str(micro_llama)]
    assert subprocess.run(code, check=True, capture_output=True, text=True).stdout.split() == ["0", "True"]
