"""Loopback ends of the channels of an alert: what a webhook and a mail server were sent."""

from __future__ import annotations

import json
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any


class Receiver(BaseHTTPRequestHandler):
    """Keeps what is posted; answers with the server's next status."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)  # type: ignore[attr-defined]
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def serve_mail(listener: socket.socket, mails: list[str]) -> None:
    """One SMTP session: takes one mail."""
    connection, _ = listener.accept()
    connection.settimeout(20)
    with connection, connection.makefile("rw", encoding="utf-8", newline="\r\n") as stream:

        def answer(text: str) -> None:
            stream.write(f"{text}\n")
            stream.flush()

        answer("220 ready")
        for line in stream:
            if line.upper().startswith("DATA"):
                answer("354 go on")
                mails.append("".join(iter(stream.readline, ".\r\n")))
            elif line.upper().startswith("QUIT"):
                answer("221 bye")
                return
            answer("250 ok")
