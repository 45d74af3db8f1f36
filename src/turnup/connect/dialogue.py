"""A command that asks back: each question is waited for, each answer typed alone; nothing is ever pipelined past it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from turnup.connect.conversation import Conversation, Silence
from turnup.connect.screen import Overwritten, all_shown, holds_pager, lines_of
from turnup.connect.splitter import Cut, Splitter

_NO_NONCE = "----"


def converse(conversation: Conversation, command: str, steps: Sequence[tuple[str, str]], seconds: float) -> Cut:
    """Hold the dialogue; the answer is what follows the last reply. `command` is the one line it stands for.

    `steps` are (question pattern, reply); the first has no question. When the router ends the dialogue early, its
    answer is what it said then. Raises Silence (it waits for something else), ConnectionLost.
    """
    typed = steps[0][1]
    opening = Splitter([typed], _NO_NONCE, conversation.dialect, conversation.host, conversation.rest)
    conversation.rest = b""
    _type(conversation, typed)
    for number, (question, reply) in enumerate(steps[1:]):
        heard = _until(conversation, opening if number == 0 else None, question, seconds)
        if heard is not None:
            cut = conversation.finish(typed if number == 0 else "", heard, seconds)
            return _answer(conversation, command, cut, skip=0 if number == 0 else 1)
        _type(conversation, reply)
    return _answer(conversation, command, conversation.finish("", b"", seconds), skip=1)


def _type(conversation: Conversation, text: str) -> None:
    conversation.wire.write((text + conversation.wire.newline).encode())


def _until(conversation: Conversation, opening: Splitter | None, question: str, seconds: float) -> bytes | None:
    """Read up to the question (None), or to the prompt that ends the dialogue early: what was heard."""
    splitter = opening or Splitter([""], _NO_NONCE, conversation.dialect, conversation.host)
    asks = re.compile(rf"(?:{question})\Z")
    quiet_since = time.monotonic()
    while True:
        if data := conversation.wire.read(min(1.0, seconds)):
            quiet_since = time.monotonic()
            splitter.feed(data)
        elif time.monotonic() - quiet_since >= seconds:
            tail = splitter.tail()
            raise Silence(f"the router asks {tail!r} where {question!r} was expected, for {seconds:g} s")
        if asks.search(splitter.tail()):
            return None
        if splitter.looks_answered():
            return splitter.rest


def _answer(conversation: Conversation, command: str, cut: Cut, skip: int) -> Cut:
    """The answer under its one-line command; the echo of the last reply is left out."""
    if cut.problem:
        return Cut(command, "", cut.prompt, problem=cut.problem, near=cut.near)
    if not skip:
        return Cut(command, cut.text, cut.prompt, cut.logs, cut.doubtful)
    try:
        lines = all_shown(lines_of(cut.text)[skip:])
    except Overwritten as overwritten:
        return Cut(command, "", cut.prompt, problem="text was written over other text", near=str(overwritten))
    sifted = conversation.dialect.logs.sift(command, lines)
    text = "\n".join(sifted.lines)
    problem = "the router stopped at its pager" if holds_pager(text) else ""
    return Cut(command, text, cut.prompt, sifted.logs, sifted.doubtful, problem)
