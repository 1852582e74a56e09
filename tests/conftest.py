"""Models of our own making, made once for the whole run and only when a test asks for them."""

from pathlib import Path

import pytest

from tests.pulse import own_pulse, pulse

__all__ = ["own_pulse", "pulse"]


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
