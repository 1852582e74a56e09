"""What can go wrong with a memory, in sentences. Knows no SQL.

CompanionError
└── StoreError             1   the memory cannot be used
    ├── MemoryBusyError          1   another program writes it
    ├── MemoryNewerError        78   a newer version wrote it
    ├── MemoryDamagedError       1   the file was damaged and has been put aside
    ├── MemoryFullError          1   no room on the disk; what was said is kept in RAM
    ├── MemoryUnknownError       1   nothing has that name
    └── ImportRefusedError       1   a file that cannot be imported; the line is named
"""

from companion_voice.errors import CompanionError


class StoreError(CompanionError):
    """The memory cannot be used."""

    code = "memory"


class MemoryBusyError(StoreError):
    """Another program writes this memory."""

    code = "memory-busy"


class MemoryNewerError(StoreError):
    """A newer version of the program wrote this memory."""

    code = "memory-newer"
    exit_code = 78


class MemoryDamagedError(StoreError):
    """The memory file is damaged."""

    code = "memory-damaged"


class MemoryFullError(StoreError):
    """The disk is full; what was said is kept in RAM and written when there is room."""

    code = "memory-full"


class MemoryUnknownError(StoreError):
    """Nothing in memory has that name."""

    code = "memory-unknown"


class ImportRefusedError(StoreError):
    """A file that cannot be imported. Nothing of it was."""

    code = "import"
