"""A small mail server on loopback: one thread, as much of SMTP as a client asks for, and told how to misbehave."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class MailServer:
    """What it was sent, and its answers that are not the usual «250 ok»; an answer of None hangs up."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    answers: dict[str, bytes | None] = field(default_factory=dict)

    def answer(self, word: str, usual: bytes) -> bytes | None:
        return self.answers.get(word, usual)


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        mail: MailServer = self.server.mail  # type: ignore[attr-defined]
        word, usual = "CONNECT", b"220 ready"
        while (answer := mail.answer(word, usual)) is not None:
            self.wfile.write(answer + b"\r\n")
            if word == "DATA" and answer.startswith(b"354"):
                mail.letters.append(self.read_letter())
                self.wfile.write(b"250 taken\r\n")
            line = self.rfile.readline()
            if not line or word == "QUIT":
                return
            word = line.split(b":")[0].split()[0].decode().upper()
            usual = {"DATA": b"354 go on", "QUIT": b"221 bye"}.get(word, b"250 ok")
        self.connection.shutdown(socket.SHUT_RDWR)

    def read_letter(self) -> bytes:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run it while the block runs."""
    mail = MailServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as running:
        running.daemon_threads = True
        running.mail = mail  # type: ignore[attr-defined]
        mail.port = running.server_address[1]
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield mail
        finally:
            running.shutdown()
            thread.join()
