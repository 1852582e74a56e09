"""The life of a reply: begun for a guess, confirmed when it is its turn, spoken, finished or abandoned. Pure.

Every function takes a state and returns the next one with the commands that follow.
"""

import msgspec
from msgspec.structs import replace

from companion_voice.conversation import addressing, consider, duties, growth, sentences, stories
from companion_voice.conversation.heard import heard
from companion_voice.conversation.prompt import prepared, prompt, with_message
from companion_voice.conversation.state import Reply, Result, Sentence, State
from companion_voice.events import (
    AnyCommand,
    AskMemory,
    Become,
    DecideChange,
    End,
    Generate,
    Hold,
    Hush,
    Message,
    Prepare,
    Recall,
    Record,
    Release,
    Show,
    Speak,
    WakeAt,
    Who,
)


def opening(state: State) -> Result:
    """Say what this is, then greet; where nobody is to be disturbed, do both once somebody speaks."""
    if state.setup.waits:
        return state, (Show(kind="notice", text=state.phrases.off_record),) if state.setup.off_record else ()
    said = [Sentence(consider.greeting(state))]
    if state.setup.aloud and state.setup.listens and not state.setup.full_duplex:
        said.insert(0, Sentence(state.phrases.half_duplex, kind="notice"))
    if state.setup.off_record:
        said.insert(0, Sentence(state.phrases.off_record, kind="notice"))
    state, commands = volunteer(state, tuple(said))
    shown = (Show(kind="notice", text=state.phrases.off_record),) if state.setup.off_record else ()
    return state, (*commands, *shown)


def volunteer(state: State, said: tuple[Sentence, ...], *, ends: bool = False) -> Result:
    """Say something that answers nothing. There must be no reply and no guess."""
    epoch = state.epoch + 1
    guess = Reply(epoch=epoch, stage="written", confirmed=True, ends=ends)
    guess, spoken = say(state, guess, duties.due(state) + said)
    state, confirmed = promote(replace(state, epoch=epoch, guess=guess))
    return state, spoken + confirmed


def announce(state: State, text: str) -> Result:
    """Show a notice at once, and say it as soon as that interrupts nobody."""
    shown = (Show(kind="notice", text=text),)
    notice = (Sentence(text, kind="notice"),)
    if state.guess:
        guess, spoken = say(state, state.guess, notice)
        return replace(state, guess=guess), shown + spoken
    if state.reply:
        reply, spoken = say(state, state.reply, notice)
        return replace(state, reply=reply), shown + spoken
    state, commands = volunteer(state, notice)
    return state, shown + commands


def accept(state: State, guess: Reply) -> Result:
    """Take up what the person said: whatever the companion was saying is over, and an answer begins."""
    state, commands = abandon(state, before=guess.epoch)
    state = stories.lapsed(state)
    decision = consider.consider(state, guess.said)
    return take_up(state, guess, decision, commands)


def take_up(state: State, guess: Reply, decision: consider.Decision, commands: tuple[AnyCommand, ...] = ()) -> Result:
    """Carry out a decision about what the person said; one that changes anything waits until they have finished."""
    if consider.waits(decision) and not guess.confirmed:
        return replace(state, guess=replace(guess, stage="understood")), commands
    first = duties.due(state)
    state = replace(state, owed=())
    match decision:
        case consider.Stop():
            state = replace(
                state,
                guess=None,
                owed=tuple(s for s in first if s.binds),
            )
            state = _with(state, guess.said)
            state = replace(state, addressing=addressing.dismissed(state.addressing, state.at))
            return state, (*commands, Show(kind="heard", text=guess.said), _record_person(state, guess.said))
        case consider.Say():
            state = replace(
                state, crisis=decision.crisis or state.crisis, boundaries=decision.boundaries or state.boundaries
            )
            state = stories.after(state, decision.story)
            said = replace(
                guess, stage="written", ends=decision.ends, private=bool(decision.crisis) or state.crisis.active
            )
            guess, spoken = say(state, said, first + decision.sentences)
            spoken += _on_screen(decision.shown)
        case consider.Ask():
            state = stories.after(replace(state, crisis=decision.crisis or state.crisis), decision.story)
            asking = replace(guess, stage="recalling", private=state.crisis.active)
            guess, spoken = say(state, asking, first + decision.first + stories.reminder(state))
            guess, asked = ask(state, guess)
            spoken += _on_screen(decision.shown) + asked
        case consider.AskMemory(request=request):
            guess, spoken = say(state, replace(guess, stage="recalling"), first)
            plain_request = msgspec.to_builtins(request)
            spoken += (AskMemory(epoch=guess.epoch, request=plain_request, language=state.language),)
        case consider.Decide(kept=kept):
            guess, spoken = say(state, replace(guess, stage="written"), (*first, growth.decided(state, kept=kept)))
            spoken += (DecideChange(persona=state.setup.key, proposal=state.deciding or {}, kept=kept),)
        case consider.Become(persona=persona):
            guess, spoken = say(state, replace(guess, stage="recalling"), first)
            spoken += (Become(epoch=guess.epoch, persona=persona),)
    state = replace(state, guess=guess)
    if not guess.confirmed:
        return state, commands + spoken
    state, confirmed = promote(state)
    return state, commands + spoken + confirmed


def promote(state: State) -> Result:
    """Make the guess the reply: it is the companion's turn."""
    guess = state.guess
    if guess is None:
        return state, ()
    if guess.stage == "understood":
        return take_up(state, guess, consider.consider(state, guess.said))
    state, commands = drop_kept(state)
    if guess.said:
        commands += (
            Show(kind="heard", text=guess.said),
            *([] if guess.private else [_record_person(state, guess.said)]),
        )
        state = replace(_with(state, guess.said), confirming=False, quoting=False, deciding=None)
        state = stories.turned(duties.used(state))
    commands += tuple(_show(sentence) for sentence in guess.sentences if guess.said or sentence.kind != "notice")
    guess = replace(guess, confirmed=True, sentences=_spoken_in_writing(state, guess.sentences))
    if any(sentence.spoken and sentence.discloses for sentence in guess.sentences):
        state = duties.disclosed(state)
    if state.aloud:
        commands += (Hold(epoch=guess.epoch) if state.ears == "hearing" else Release(epoch=guess.epoch),)
    return replace(state, reply=guess, guess=None), commands


def say(state: State, reply: Reply, said: tuple[Sentence, ...]) -> tuple[Reply, tuple[AnyCommand, ...]]:
    """Add sentences to a reply; those of a guess are shown only when it is promoted."""
    first = len(reply.sentences)
    commands: tuple[AnyCommand, ...] = ()
    if reply is state.reply:
        commands += tuple(_show(sentence) for sentence in said if sentence.kind != "notice")
        said = _spoken_in_writing(state, said)
    if state.aloud:
        commands += tuple(speak(state, reply, first + i, sentence) for i, sentence in enumerate(said))
    return replace(reply, sentences=reply.sentences + said), commands


def speak(state: State, reply: Reply, index: int, sentence: Sentence) -> Speak:
    """Return the command that makes the sound of a sentence."""
    return Speak(epoch=reply.epoch, index=index, text=sentence.text, language=state.language, role=sentence.role)


def written(state: State, epoch: int, text: str, *, over: bool) -> Result:
    """Take what the model wrote; speak what has become a sentence."""
    reply = by_epoch(state, epoch)
    if reply is None or reply.stage not in ("recalling", "writing"):
        return state, ()
    begun = any(sentence.kind == "reply" for sentence in reply.sentences)
    pieces, pending = sentences.take(reply.pending + text, first=not begun, over=over)
    guarded = [consider.guarded(state, piece) for piece in pieces]
    kept = [spoken for spoken, _ in guarded if spoken]
    if over and not kept and not begun:
        kept = [state.phrases.no_answer]
    said, commands = say(state, reply, tuple(Sentence(spoken) for spoken in kept))
    said = replace(said, pending=pending, stage="written" if over else "writing")
    broken = tuple(Show(kind="boundary", text=rule) for _, rules in guarded for rule in rules)
    return put(state, said), broken + commands


def mark(state: State, epoch: int, index: int, **marks: object) -> State:
    """Note what became of one sentence: made, begun or spoken."""
    reply = by_epoch(state, epoch)
    if reply is None or index >= len(reply.sentences):
        return state
    changed = replace(reply.sentences[index], **marks)
    if changed.spoken and changed.discloses:
        state = duties.disclosed(state)
    return put(state, replace(reply, sentences=(*reply.sentences[:index], changed, *reply.sentences[index + 1 :])))


def put(state: State, reply: Reply) -> State:
    """Return the state with `reply` standing where its epoch stood."""
    if state.reply and state.reply.epoch == reply.epoch:
        return replace(state, reply=reply)
    if state.kept and state.kept.epoch == reply.epoch:
        return replace(state, kept=reply)
    return replace(state, guess=reply)


def abandon(state: State, *, before: int) -> Result:
    """End the reply where it stands, keeping what was really heard of it; everything older than `before` is dropped."""
    reply = state.reply
    if reply is None:
        return state, ()
    index, fraction = reply.cut or reached(reply)
    ends = reply.sentences[index].ends if index < len(reply.sentences) else ()
    text = heard([s.text if s.counts else "" for s in reply.sentences], index, fraction, ends)
    state = replace(state, reply=None, owed=state.owed + owed(reply))
    commands: tuple[AnyCommand, ...] = (Hush(epoch=before),)
    if text:
        state = _with(state, text, who="companion")
        said = " ".join(s.text for s in reply.sentences if s.counts)
        commands += () if reply.private else (_record_companion(state, text, said),)
    return state, commands


def await_answer(state: State) -> Result:
    """Note when the answer to what the person has just said will be late, if that is to be announced."""
    if state.setup.late is None or not state.aloud:
        return state, ()
    late_at = state.silent_since + state.setup.late
    return replace(state, late_at=late_at), (WakeAt(at=late_at),)


def acknowledge(state: State, at: float) -> Result:
    """Make a short sound where an answer is late: it will come."""
    if state.late_at is None or at < state.late_at:
        return state, ()
    state = replace(state, late_at=None)
    awaited = state.reply or (state.guess if state.guess and state.guess.confirmed else None)
    if awaited is None or awaited.sentences or awaited.stage == "interrupting":
        return state, ()
    awaited, spoken = say(state, awaited, (Sentence(state.phrases.acknowledgement, kind="filler"),))
    return put(state, awaited), (*spoken, Release(epoch=awaited.epoch))


def drop_kept(state: State) -> Result:
    """Drop what was kept: other words were said."""
    kept = state.kept
    if kept is None:
        return state, ()
    return replace(state, kept=None, owed=state.owed + owed(kept)), (Hush(epoch=kept.epoch + 1),)


def resume(state: State) -> Result:
    """Go on with a reply that was held for nothing."""
    if state.reply is None or not state.aloud:
        return state, ()
    return replace(state, reply=replace(state.reply, cut=None)), (Release(epoch=state.reply.epoch),)


def finish(state: State) -> Result:
    """Close a reply that was written and heard in full."""
    reply = state.reply
    if reply is None or not reply.complete:
        return state, ()
    text = " ".join(s.text for s in reply.sentences if s.counts)
    state = replace(state, reply=None)
    commands: tuple[AnyCommand, ...] = ()
    if text:
        state = _with(state, text, who="companion")
        commands = () if reply.private else (_record_companion(state, text, text),)
        commands += (Prepare(prompt=prepared(state)), *_noticed(state, reply, text))
    if reply.ends:
        return replace(state, ended=True), (*commands, End(reason="goodbye"))
    state, said = duties.suggested(state)
    if said:
        commands += (Show(kind="notice", text=said.text),)
    else:
        state, said = growth.question(state)
    if said is None:
        return state, commands
    state, spoken = volunteer(state, (said,))
    state, finished = finish(state)  # where nothing is spoken aloud, it is over at once
    return state, (*commands, *spoken, *finished)


def _noticed(state: State, reply: Reply, text: str) -> tuple[AnyCommand, ...]:
    """Have a change looked for after ordinary talk; what was asked of memory or a boundary is done already."""
    talked = any(sentence.kind == "reply" for sentence in reply.sentences)
    return growth.noticed(state, reply.said, text) if talked and not reply.private else ()


def ask(state: State, reply: Reply) -> tuple[Reply, tuple[AnyCommand, ...]]:
    """Have memory searched, where there is one, and then the model asked."""
    if state.setup.remembers:
        return reply, (Recall(epoch=reply.epoch, text=reply.said, language=state.language),)
    asked = Generate(epoch=reply.epoch, prompt=prompt(state, reply.said, reply.wall))
    return replace(reply, stage="writing"), (asked,)


def _on_screen(shown: str) -> tuple[AnyCommand, ...]:
    return (Show(kind="crisis", text=shown),) if shown else ()


def reached(reply: Reply) -> tuple[int, float]:
    """Return where a reply stands when no speaker can tell: after the last sentence known to be heard."""
    return sum(1 for sentence in reply.sentences if sentence.spoken), 0.0


def by_epoch(state: State, epoch: int) -> Reply | None:
    """Return the reply, or what may become one, that `epoch` stands for; None where it was given up."""
    waiting = (state.reply, state.guess, state.kept)
    return next((reply for reply in waiting if reply and reply.epoch == epoch), None)


def owed(reply: Reply) -> tuple[Sentence, ...]:
    """Return what of a reply that is dropped must still be said: what this is, and where a story begins and ends."""
    unsaid = (s for s in reply.sentences if s.binds and not s.spoken)
    return tuple(Sentence(s.text, kind=s.kind) for s in unsaid)


def _spoken_in_writing(state: State, said: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Without a voice, a sentence that is shown is said."""
    if state.aloud:
        return said
    return tuple(replace(sentence, made=True, begun=True, spoken=True) for sentence in said)


def _with(state: State, text: str, *, who: Who = "person") -> State:
    return with_message(state, Message(who=who, text=text))


def _record_person(state: State, text: str) -> Record:
    return Record(who="person", text=text, said=text, language=state.language)


def _record_companion(state: State, text: str, said: str) -> Record:
    return Record(who="companion", text=text, said=said, language=state.language)


def _show(sentence: Sentence) -> Show:
    return Show(kind=sentence.kind, text=sentence.text)
