"""One person at the keyboard: writes, is told what became of it, decides conflicts, repeats what got no answer."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random
from threading import Event, Thread
from typing import Any
from urllib.parse import urlencode

from .ledger import CONFLICT, LOCKED, MERGED, MINE, SAVED, THEIRS, Edit
from .writing import next_text

# After the end a client still waits so long for the answer to its last edit.
PATIENCE = 60.0
LONGEST_PAUSE = 1.0
WAIT = 30.0
HTTP_BUSY = (429, 503)
FINAL = {(200, SAVED), (200, MERGED), (409, CONFLICT), (409, LOCKED)}
CSRF_TOKEN = "p" * 32


@dataclass
class Account:
    """A signed-in person of the proof."""

    user: int
    session: str

    def headers(self) -> dict[str, str]:
        """What the browser sends with every save of this person."""
        return {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF_TOKEN}",
            "X-CSRFToken": CSRF_TOKEN,
            "X-PMQA-User": str(self.user),
        }


@dataclass
class OpenText:
    """A text as this person's page has it."""

    address: str
    version: int = 0
    html: str = ""


class Dropped(Exception):
    """The line was cut on purpose before the answer was read."""


class Line:
    """A kept-alive connection that is opened again after every failure."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: http.client.HTTPConnection | None = None

    def post(
        self, address: str, fields: dict[str, str], account: Account, *, drop_after: float | None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body; `drop_after` closes the line that many seconds after sending, unread."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        try:
            self.connection.request("POST", address, urlencode(fields), account.headers())
            if drop_after is not None:
                time.sleep(drop_after)
                raise Dropped
            response = self.connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException, Dropped):
            self.close()
            raise

    def close(self) -> None:
        """Close it; the next request opens a new one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Writer(Thread):
    """Writes one edit after the other until told to stop; everything is in its ledger afterwards."""

    def __init__(
        self,
        account: Account,
        port: int,
        texts: Iterable[tuple[OpenText, float]],
        stop: Event,
        drops: Callable[[], float],
        seed: int,
    ) -> None:
        """`texts` come with the share of attention that each gets; `drops` is the share of lost answers now."""
        super().__init__(name=f"writer {account.user}", daemon=True)
        self.account = account
        self.line = Line(port)
        self.texts, self.shares = zip(*texts, strict=True)
        self.stop = stop
        self.drops = drops
        self.chance = Random(seed)  # noqa: S311  (a course of events, no secret)
        self.ledger: list[Edit] = []

    def run(self) -> None:
        """Until the end, and then until the last answer."""
        while not self.stop.is_set():
            text = self.chance.choices(self.texts, self.shares)[0]
            html = next_text(text.html, self.account.user, len(self.ledger), self.chance)
            edit = self._deliver(text, html)
            while edit.outcome == CONFLICT:
                edit = self._decide(text, edit)
            if edit.troubles:
                # a wrong answer is a fault; going on from it would only bury the first one
                break
        self.line.close()

    def _decide(self, text: OpenText, refused: Edit) -> Edit:
        """The panel shows both texts; either choice keeps both, and until it is saved the page keeps its own base."""
        choice = self.chance.choice((MINE, THEIRS))
        return self._deliver(text, refused.html, choice=choice, of=refused)

    def _deliver(self, text: OpenText, html: str, *, choice: str = "", of: Edit | None = None) -> Edit:
        """Send an edit of the page's text, or decide the conflict `of` an edit."""
        edit = Edit(
            writer=self.account.user,
            text=text.address,
            key=str(uuid.uuid4()),
            base=of.version if of else text.version,
            html=html,
            known=of.known if of else text.html,
            known_version=of.known_version if of else text.version,
            choice=choice,
        )
        self.ledger.append(edit)
        self._send_until_answered(edit)
        self._take(text, edit)
        return edit

    # --- the line ---------------------------------------------------------------------------------

    def _send_until_answered(self, edit: Edit) -> None:
        """The same key on every repetition; whatever is no known answer was not delivered."""
        fields = {"html": edit.html, "base_version": str(edit.base), "key": edit.key}
        if edit.choice:
            fields["choice"] = edit.choice
        edit.first_sent = time.time()
        latest = 0.0
        while not edit.outcome and not edit.troubles:
            pause = self._send_once(edit, fields)
            if self.stop.is_set():
                latest = latest or time.time() + PATIENCE
                if time.time() > latest:
                    return
            time.sleep(pause)

    def _send_once(self, edit: Edit, fields: dict[str, str]) -> float:
        """One sending; the pause before the next one."""
        edit.sendings += 1
        edit.last_sent = time.time()
        dropping = self.chance.random() < self.drops()
        try:
            answer = self.line.post(
                edit.text,
                fields,
                self.account,
                drop_after=self.chance.choice((0.0, 0.02, 0.1)) if dropping else None,
            )
        except Dropped:
            edit.dropped += 1
            # long enough for a colleague to save in between
            return self.chance.random() * 0.4
        except (OSError, http.client.HTTPException):
            edit.broken += 1
            return min(0.05 * edit.sendings, LONGEST_PAUSE)
        return self._read(edit, *answer)

    def _read(self, edit: Edit, status: int, headers: http.client.HTTPMessage, body: bytes) -> float:
        """Note the answer; the pause before a repetition where it asks for one."""
        if status in HTTP_BUSY and headers.get("Retry-After", "").isdigit():
            edit.busy += 1
            return min(float(headers["Retry-After"]), LONGEST_PAUSE)
        answer = _json(body)
        state = answer.get("state", "")
        if (status, state) not in FINAL:
            edit.troubles.append(f"{status} {state} {body[:200].decode(errors='replace')!r}")
            return 0.0
        edit.answered = time.time()
        edit.outcome = state
        edit.version = int(answer.get("version", 0))
        edit.current = int(answer.get("current", edit.version))
        edit.answer_html = answer.get("html", "")
        edit.proposal = answer.get("proposal") is True
        return 0.0

    # --- the page ---------------------------------------------------------------------------------

    def _take(self, text: OpenText, edit: Edit) -> None:
        """What the page holds after the answer.

        Somebody who has typed on meanwhile keeps the own text and its version; the next save is merged again.
        """
        typed_on = self.chance.random() < 0.3
        if edit.outcome not in (SAVED, MERGED):
            return
        if edit.answer_html and not typed_on:
            text.version, text.html = edit.current, edit.answer_html
        else:
            text.version, text.html = edit.version, edit.html


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
