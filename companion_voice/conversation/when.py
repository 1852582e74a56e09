"""What time it is for the boundaries, from the events alone. Pure: no clock is read."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from companion_voice.boundaries.moments import Moment
from companion_voice.conversation.state import State
from companion_voice.events import AnyEvent, Heard, Typed


def heeded(state: State, event: AnyEvent) -> State:
    """Return the state at the time of `event`, by the clock that nobody sets and by the person's."""
    if isinstance(event, Heard | Typed):
        return replace(state, at=event.at, wall=event.wall, wall_at=event.at)
    return replace(state, at=event.at)


def moment(state: State) -> Moment:
    """Return the present instant."""
    began = state.setup.began
    local = _local(state)
    if local is None:
        return Moment(wall=began.wall + state.at, steady=began.steady + state.at, boot=began.boot)
    return Moment(
        wall=local.timestamp(),
        steady=began.steady + state.at,
        boot=began.boot,
        day=local.date().isoformat(),
        minute=local.hour * 60 + local.minute,
    )


def _local(state: State) -> datetime | None:
    if not state.wall:
        return None
    return datetime.fromisoformat(state.wall) + timedelta(seconds=state.at - state.wall_at)
