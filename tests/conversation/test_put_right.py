"""What the person puts right is right in the conversation that goes on, too."""

from msgspec.structs import replace

from companion_voice.events import Generate, MemoryAnswered, Message, Typed
from tests.conversation.test_casting import after, state
from tests.scenarios.theatre import WALL


def test_a_model_is_shown_what_was_put_right_and_not_what_was_wrong():
    told = Message("person", "My sister's name is Mary."), Message("companion", "My sister's name is Mary.")
    one = replace(state(), history=told)
    right = (told[0].text, "My sister's name is Marie.")
    one, _ = after(one, MemoryAnswered(at=1, epoch=one.epoch, text="", put_right=(right,)))
    _, commands = after(one, Typed(at=2, text="what is her name", wall=WALL))
    [asked] = [command.prompt for command in commands if isinstance(command, Generate)]
    assert [message.text for message in asked.messages][:2] == [right[1], told[1].text]
