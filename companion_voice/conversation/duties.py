"""What must be said whatever else is said, and when: what this is, and that it is time for a pause. Pure."""

from msgspec.structs import replace

from companion_voice.boundaries import disclosure, limits
from companion_voice.conversation.state import Sentence, State
from companion_voice.conversation.when import moment


def due(state: State) -> tuple[Sentence, ...]:
    """Return what must be said before anything else: what this is, where that is due or was interrupted."""
    if any(sentence.kind == "disclosure" for sentence in state.owed):
        return state.owed
    rhythm = disclosure.rhythm(state.boundaries)
    distressed = state.crisis.active and state.boundaries.disclosure.context_aware == "on"
    kind = disclosure.due(
        state.disclosures,
        moment(state),
        conversation=state.setup.conversation,
        rhythm=rhythm,
        distressed=distressed,
    )
    if kind is None:
        return state.owed
    text = disclosure.text(kind, state.boundaries, state.language, name=state.setup.name)
    if kind in ("start", "absence"):
        text = f"{text} {disclosure.about_servers(_servers(state), state.language)}".rstrip()
    return (Sentence(text, kind="disclosure"), *state.owed)


def _servers(state: State) -> list[disclosure.Server]:
    """Return the servers whose work has not fallen to another engine yet."""
    named = ((state.engines[kind].candidates[:1], server) for kind, server in state.setup.servers.items())
    return [server for used, server in named if used == (server.engine,)]


def disclosed(state: State) -> State:
    """Note that the person has heard what this is."""
    said = disclosure.said(state.disclosures, moment(state), conversation=state.setup.conversation)
    return replace(state, disclosures=said)


def suggested(state: State) -> tuple[State, Sentence | None]:
    """Return a pause to be suggested, where it is time for one and nobody speaks, and the state that knows of it."""
    kind = limits.due(state.ledger, moment(state), state.boundaries, crisis=state.crisis.active)
    talked = any(message.who == "person" for message in state.history)
    if kind is None or not talked or state.guess or state.kept or state.ears in ("hearing", "pausing"):
        return state, None
    text = limits.text(kind, state.ledger, state.boundaries, state.language)
    return replace(state, ledger=limits.said(state.ledger, kind, moment(state))), Sentence(text, kind="notice")


def used(state: State) -> State:
    """Note that the person has said something."""
    return replace(state, ledger=limits.used(state.ledger, moment(state)))
