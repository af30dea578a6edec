"""The ways by which an alert reaches a person: a shell command, mail, a webhook. Each bounded in time.

Add here: another channel, in `_CHANNELS`, with its setting in `common.settings`.
Stays out: what is said, and how often (`dags.alerts`).
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import smtplib
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from common.settings import AlertSettings

# All channels together stay below the 50 seconds that Airflow gives to a callback.
COMMAND_SECONDS = 20
CONNECTION_SECONDS = 8
_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_MESSAGE_LIMIT = 2000  # characters of a command's output in the log
Message = Mapping[str, Any]

log = logging.getLogger("shuyuan.alerts")


class ChannelError(Exception):
    """An alert that was not delivered; the message has no address and no secret in it."""


def configured(settings: AlertSettings) -> tuple[str, ...]:
    """The names of the channels that the settings name."""
    return tuple(name for name in _CHANNELS if getattr(settings, f"alert_{name}"))


def send(settings: AlertSettings, message: Message, names: Collection[str]) -> dict[str, str]:
    """Send a message (`status`, `kind`, `night`, `text`, …) through the channels of these names, each on its own.

    Returns the reason of each channel that failed; the log has more.
    """
    failures = {}
    for name in names:
        try:
            _CHANNELS[name](settings, message)
        except (ChannelError, OSError, ValueError, smtplib.SMTPException, http.client.HTTPException) as error:
            reason = str(error) if isinstance(error, ChannelError) else type(error).__name__
            failures[name] = reason
            log.warning("An alert was not delivered by %s: %s", name, reason)
    return failures


def _run_command(settings: AlertSettings, message: Message) -> None:
    """Run the shell command in a session of its own, so that a timeout ends all that it started."""
    command = ["env", f"ALERT_TEXT={message['text']}", "sh", "-c", str(settings.alert_command)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output:
        given.write(json.dumps(message, ensure_ascii=False).encode())
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 (the command is the operator's own setting)
            command, stdin=given, stdout=output, stderr=output, start_new_session=True
        )
        try:
            status = process.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise ChannelError(f"the command did not end within {COMMAND_SECONDS} seconds") from error
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if status:
            output.seek(0)
            log.warning("The alert command printed: %s", output.read(_MESSAGE_LIMIT).decode(errors="replace").strip())
            raise ChannelError(f"the command ended with status {status}")


def _send_mail(settings: AlertSettings, message: Message) -> None:
    mail = EmailMessage()
    mail["Subject"] = f"[Shuyuan] {message['status']}: {message['kind']}, night {message['night']}"
    mail["From"], mail["To"] = settings.smtp_from, settings.alert_mail
    details = [f"{name}: {value}" for name, value in message.items() if name != "text"]
    mail.set_content("\n".join([str(message["text"]), "", *details]))
    with _mail_server(settings) as server:
        server.send_message(mail)


def _mail_server(settings: AlertSettings) -> smtplib.SMTP:
    """The mail server, encrypted and logged in where the settings say so."""
    host, port = str(settings.smtp_host), settings.smtp_port or _PORTS[settings.smtp_security]
    if settings.smtp_security == "tls":
        tls = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=CONNECTION_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(host, port, timeout=CONNECTION_SECONDS)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password_file:
            server.login(settings.smtp_user, settings.smtp_password_file.read_text(encoding="utf-8").strip())
    except BaseException:
        server.close()
        raise
    return server


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses to be redirected: the request that follows would no longer be a POST, and the alert lost."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _post(settings: AlertSettings, message: Message) -> None:
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "shuyuan"}
    url = str(settings.alert_webhook)
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 (its setting allows http(s) alone)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=CONNECTION_SECONDS):
            return
    except urllib.error.HTTPError as error:
        error.close()
        raise ChannelError(f"the address answered {error.code}") from error


_CHANNELS: dict[str, Callable[[AlertSettings, Message], None]] = {
    "command": _run_command,
    "mail": _send_mail,
    "webhook": _post,
}
