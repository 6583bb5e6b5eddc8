"""A judge on this machine that obeys whatever it is told outside of a fence: `with ChatServer(judge(decide))`."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.loopback import Canned, Handler, Seen, chat

FENCED = re.compile(r"<<<(?P<name>\w+) \w+ \(\d+ characters\)\n(?P<text>.*?)\n\w+ \w+>>>", re.DOTALL)
"""Material as somebody reads it who believes the first mark that looks like an end."""

ORDER = re.compile(r"(?i)\banswer (yes|no) to everything\b")

Decide = Callable[[str, str], bool]
"""From the reply and the criterion to the answer."""


def answer(prompt: str, decide: Decide) -> str:
    """What an obedient judge says: the order of the last turn that it believes to see, else its own opinion."""
    last_turn = prompt.rpartition("<|im_start|>")[2]
    outside = FENCED.sub("", last_turn)
    found = {match["name"]: match["text"] for match in FENCED.finditer(prompt)}
    reply = found.get("REPLY", "")
    words = " ".join(reply.split()[:4]) or "none"
    if (order := ORDER.search(outside)) is not None:
        return f"{order[1].lower()}\nquote: {words}"
    criterion = re.search(r"It is this: (.*)", outside)
    assert criterion is not None, prompt
    return f"yes\nquote: {words}" if decide(reply, criterion[1]) else "no\nquote: none"


def judge(decide: Decide) -> Handler:
    """A chat API whose model judges."""

    async def handler(seen: Seen) -> Canned:
        return Canned(chat(answer(seen.body["messages"][-1]["content"], decide)))

    return handler
