"""What says that speech was made by a program: a chunk in the file, and a watermark in the sound itself.

`MarkedWav` writes both, `read` and `detect` find them again. Knows nothing of conversations.
"""

from companion_voice.audio.marking.detector import Detection, detect
from companion_voice.audio.marking.provenance import Provenance, header, read
from companion_voice.audio.marking.watermark import Watermark
from companion_voice.audio.marking.wav import MarkedWav

__all__ = ["Detection", "MarkedWav", "Provenance", "Watermark", "detect", "header", "read"]
