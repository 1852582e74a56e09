"""What every test may ask for: models of our own making, made once and only when asked for, and sound cards."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.pulse import own_pulse, pulse

__all__ = ["own_pulse", "pulse"]

# How long an example takes is the machine's affair; what is slow is seen in benchmarks.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def micro_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a CTranslate2 folder that hears `synthetic_models.SENTENCE` in any sound."""
    from tests import synthetic_models

    return synthetic_models.whisper(tmp_path_factory.mktemp("whisper"))


@pytest.fixture(scope="session")
def micro_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a GGUF that answers `synthetic_models.REPLY` to any chatml prompt."""
    from tests import synthetic_models

    return synthetic_models.llama(tmp_path_factory.mktemp("llama") / "llama.gguf")


@pytest.fixture(scope="session")
def micro_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Piper voice of tones."""
    from tests import synthetic_voice

    return synthetic_voice.voice(tmp_path_factory.mktemp("voice") / "voice.onnx")
