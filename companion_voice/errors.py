"""Every way the program says no, drawn once.

    CompanionError                  1   something went wrong that the person can act on
    ├── UsageError                  2   the command was typed wrong
    ├── ConfigurationError         78   a settings file, persona or phrase file that cannot be used
    │   ├── DocumentError          78   a YAML file that is not what it should be (path and nearest key named)
    │   ├── PersonaError           78   a persona that does not exist
    │   │   └── EvolutionError     78   a change that no persona can undergo
    │   ├── CardError              78   a character card that cannot be read or written
    │   ├── BoundaryError          78   a boundary that may not be moved that way
    │   └── StudyError             78   a study that is not as it must be, or a step of it that may not be taken
    ├── ModelError                 78   a model that is missing, damaged or unknown
    ├── EngineError                 1   an engine that could not load or died
    │   └── EngineLostError         1   an engine that cannot go on, though its process could
    ├── AudioError                  1   sound that cannot be had
    │   ├── DeviceError             1   no microphone, no speaker, or one that went away
    │   └── RecordingError          1   a WAV that cannot be used as a microphone
    ├── DownloadError               1   a model could not be fetched
    ├── StoreError                  1   the memory cannot be used
    │   ├── MemoryBusyError         1   another program writes it
    │   ├── MemoryNewerError       78   a newer version wrote it
    │   ├── MemoryDamagedError      1   the file was damaged and has been put aside
    │   ├── MemoryFullError         1   no room on the disk; what was said is kept in RAM
    │   ├── MemoryLockedError       1   it is encrypted, and the passphrase is missing or wrong
    │   ├── MemoryUnknownError      1   nothing has that name
    │   └── ImportRefusedError      1   a file that cannot be imported; the line is named
    ├── NotRunningError             1   no companion runs in the background
    ├── JournalError                1   a journal that cannot be read or does not replay
    └── ExportError                 1   research data that cannot be exported, pooled or reported

Knows nothing of terminals: `cli` prints the sentence and leaves with the exit code.
"""


class CompanionError(Exception):
    """An error a person can understand: one sentence, and one about what to do next.

    `code` is stable and meant for programs; `exit_code` follows sysexits (78 is EX_CONFIG).
    """

    code = "error"
    exit_code = 1

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(f"{sentence} {hint}".rstrip())
        self.sentence = sentence
        self.hint = hint


class UsageError(CompanionError):
    """The command was typed wrong."""

    code = "usage"
    exit_code = 2


class ConfigurationError(CompanionError):
    """A settings, persona or phrase file that cannot be used; a restart would not mend it."""

    code = "configuration"
    exit_code = 78


class DocumentError(ConfigurationError):
    """A YAML document that is too large, too deep, or not of the expected shape."""

    code = "document"


class PersonaError(ConfigurationError):
    """A persona that does not exist."""

    code = "persona"


class CardError(ConfigurationError):
    """A character card that cannot be read or written. Nothing of it was."""

    code = "card"


class EvolutionError(PersonaError):
    """A change that no persona can undergo, or a history that names something it does not have."""

    code = "evolution"


class BoundaryError(ConfigurationError):
    """A boundary that may not be moved that way, with the reason."""

    code = "boundary"


class StudyError(ConfigurationError):
    """A study that is not as it must be, or a step of it that may not be taken."""

    code = "study"


class ModelError(CompanionError):
    """A model that is missing, damaged or unknown."""

    code = "model"
    exit_code = 78


class EngineError(CompanionError):
    """An engine that could not load, or whose process died."""

    code = "engine"


class EngineLostError(EngineError):
    """An engine that cannot go on, though its process could: what it needs outside of it is gone."""

    code = "engine-lost"


class AudioError(CompanionError):
    """Sound that cannot be had."""

    code = "audio"


class DeviceError(AudioError):
    """No microphone, no speaker, or one that went away."""

    code = "device"


class RecordingError(AudioError):
    """A recording that cannot serve as a microphone."""

    code = "recording"


class DownloadError(CompanionError):
    """A model could not be fetched."""

    code = "download"


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


class MemoryLockedError(StoreError):
    """The memory is encrypted, and the passphrase is missing, wrong or of no use."""

    code = "memory-locked"


class MemoryUnknownError(StoreError):
    """Nothing in memory has that name."""

    code = "memory-unknown"


class ImportRefusedError(StoreError):
    """A file that cannot be imported. Nothing of it was."""

    code = "import"


class NotRunningError(CompanionError):
    """No companion runs as a service, or it does not answer."""

    code = "not-running"


class JournalError(CompanionError):
    """A journal that cannot be read or does not replay."""

    code = "journal"


class ExportError(CompanionError):
    """Research data that cannot be exported, pooled or reported. Nothing of it was."""

    code = "export"
