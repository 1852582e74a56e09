"""Keys, on a real pseudo-terminal."""

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from companion_voice.cli.keys import TALK, Keys
from companion_voice.errors import UsageError


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Return both ends of a terminal: the one that is typed at, and the one a program reads."""
    person, program = pty.openpty()
    yield person, program
    for end in (person, program):
        try:
            os.close(end)
        except OSError:
            """The test hung up."""


def test_a_key_is_read_without_enter_and_without_echo(terminal):
    person, program = terminal
    with Keys(program) as keys:
        os.write(person, b"x")
        assert keys.read() == "x"
        flags = termios.tcgetattr(program)[3]
        assert not flags & (termios.ICANON | termios.ECHO)
        assert flags & termios.ISIG, "Ctrl-C must go on working"


def test_keys_typed_at_once_are_read_one_by_one(terminal):
    person, program = terminal
    with Keys(program) as keys:
        os.write(person, b"  q")
        assert [keys.read() for _ in range(3)] == [TALK, TALK, "q"]


@pytest.mark.parametrize("sequence", [b"\x1b[A", b"\x1bOP", b"\x1b[15~", b"\x1b[1;5C", b"\x1bf", b"\xff"])
def test_what_is_no_character_is_no_key(terminal, sequence):
    person, program = terminal
    with Keys(program) as keys:
        os.write(person, sequence + b" ")
        assert keys.read() == TALK


def test_a_letter_of_several_bytes_is_one_key_even_in_two_halves(terminal):
    person, program = terminal
    with Keys(program) as keys:
        first, second = "é".encode()[:1], "é".encode()[1:]
        os.write(person, first)
        with ThreadPoolExecutor(1) as pool:
            key = pool.submit(keys.read)
            os.write(person, second)
            assert key.result(timeout=10) == "é"


def test_the_terminal_is_given_back_after_use(terminal):
    _, program = terminal
    before = termios.tcgetattr(program)
    with Keys(program):
        assert termios.tcgetattr(program) != before
    assert termios.tcgetattr(program) == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_the_terminal_is_given_back_when_something_goes_wrong(terminal, error):
    _, program = terminal
    before = termios.tcgetattr(program)
    with pytest.raises(error), Keys(program):
        raise error
    assert termios.tcgetattr(program) == before


def test_after_a_rest_in_the_background_keys_are_read_again(terminal):
    person, program = terminal
    before, handler = termios.tcgetattr(program), signal.getsignal(signal.SIGCONT)
    with Keys(program) as keys:
        termios.tcsetattr(program, termios.TCSANOW, before)  # what a shell does after Ctrl-Z
        signal.raise_signal(signal.SIGCONT)
        os.write(person, b" ")
        assert keys.read() == TALK
    assert signal.getsignal(signal.SIGCONT) == handler
    assert termios.tcgetattr(program) == before


def test_giving_the_terminal_back_wakes_whoever_waits_for_a_key(terminal):
    _, program = terminal
    with ThreadPoolExecutor(1) as pool:
        with Keys(program) as keys:
            waiting = pool.submit(keys.read)
        assert waiting.result(timeout=10) is None


def test_a_terminal_that_is_hung_up_is_the_end_of_keys(terminal):
    person, program = terminal
    keys = Keys(program)
    with keys:
        os.close(person)
        assert keys.read() is None


def test_a_pipe_is_no_keyboard():
    reading, writing = os.pipe()
    with pytest.raises(UsageError, match="terminal"):
        Keys(reading)
    os.close(reading)
    os.close(writing)


WAITS = """
import signal, sys
from companion_voice.cli.keys import Keys
signal.signal(signal.SIGTERM, signal.default_int_handler)
with Keys(0) as keys:
    print("ready", flush=True)
    keys.read()
"""


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_program_that_is_told_to_end_leaves_the_terminal_as_it_was(terminal, ending):
    _, program = terminal
    before = termios.tcgetattr(program)
    child = subprocess.Popen(
        [sys.executable, "-c", WAITS], stdin=program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with child:
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(ending)
        child.wait(timeout=10)
    assert termios.tcgetattr(program) == before
