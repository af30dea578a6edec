"""The login of Airflow's page: its simple auth manager, in which wrong passwords cost time.

Stays out: how long (`login_attempts`), the file of the passwords (`dags.standalone`).

No middleware: that would read the body by itself, and where it read it otherwise than the login does, or was not
loaded, nothing would be counted. Airflow does not start without its auth manager.
"""

from __future__ import annotations

import math
from typing import Annotated

from airflow.api_fastapi.auth.managers.simple.datamodels.login import LoginBody, LoginResponse
from airflow.api_fastapi.auth.managers.simple.services.login import SimpleAuthManagerLogin
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.utils import parse_login_body
from airflow.configuration import conf
from fastapi import Depends, FastAPI, HTTPException, Request, status

from dags.scheduler.login_attempts import LoginAttempts

_UNKNOWN = ""  # all who are no users of the page are counted as one, so that names do not fill the memory


class PageLogin(SimpleAuthManager):
    """Airflow's simple auth manager; who has given five wrong passwords must wait before the next is looked at."""

    def get_fastapi_app(self) -> FastAPI | None:
        """Airflow's login, with ours in the place of each way to a token by password."""
        app = super().get_fastapi_app()
        assert app is not None  # noqa: S101 (the simple auth manager always has one)
        attempts = LoginAttempts()

        def token(request: Request, body: Annotated[LoginBody, Depends(parse_login_body)]) -> LoginResponse:
            return _token(attempts, request, body, conf.getint("api_auth", "jwt_expiration_time"))

        def token_cli(request: Request, body: LoginBody) -> LoginResponse:
            return _token(attempts, request, body, conf.getint("api_auth", "jwt_cli_expiration_time"))

        airflows, app.router.routes[:] = app.router.routes[:], []
        for path, login in (("/token", token), ("/token/cli", token_cli)):
            app.post(path, status_code=status.HTTP_201_CREATED)(login)
        app.router.routes.extend(route for route in airflows if "POST" not in (getattr(route, "methods", None) or ()))
        return app


def _token(attempts: LoginAttempts, request: Request, body: LoginBody, seconds: int) -> LoginResponse:
    """A token for the right password. Raises HTTPException: 401 for a wrong one, 429 while its user must wait."""
    user = body.username if body.username in {known.username for known in SimpleAuthManager.get_users()} else _UNKNOWN
    address = request.client.host if request.client else ""
    wait = math.ceil(attempts.begin(user, address))
    if wait:
        raise HTTPException(
            status.HTTP_429_TOO_MANY_REQUESTS,
            f"错误密码过多，请在 {wait} 秒后再试。 Too many wrong passwords: try again in {wait} seconds.",
            headers={"Retry-After": str(wait)},
        )
    response = LoginResponse(access_token=SimpleAuthManagerLogin.create_token(body, seconds))
    attempts.succeed(user, address)
    return response
