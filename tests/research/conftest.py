"""A home of its own for each test."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Return the home that this test's programs use."""
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
