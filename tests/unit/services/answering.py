"""A transport for requests that answers by itself: the seam at which the clients of HTTP services are tested without a network."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What was sent: `fields` are the query parameters and the form together."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    fields: Mapping[str, str]
    body: str
    timeout: tuple[float, float]


Answer = Callable[[Request], Reply]


class AnsweringAdapter(HTTPAdapter):
    """Gives what `answer` returns, or raises what it raises. Remembers the requests."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer
        self.requests: list[Request] = []

    def send(self, request: requests.PreparedRequest, *_: object, **how: Any) -> requests.Response:
        assert not how["proxies"], "no proxy of the environment"
        assert request.url
        assert request.method
        url = urlsplit(request.url)
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        fields = dict(parse_qsl(url.query))
        if "form" in request.headers.get("Content-Type", ""):
            fields |= dict(parse_qsl(body))
        sent = Request(request.method, request.url, url.path, dict(request.headers), fields, body, how["timeout"])
        self.requests.append(sent)
        reply = self._answer(sent)
        headers = Message()
        for name, value in reply.headers.items():
            headers[name] = value
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(reply.body),
            headers=dict(reply.headers),
            status=reply.status,
            preload_content=False,
            original_response=SimpleNamespace(msg=headers, isclosed=lambda: True, close=lambda: None),  # type: ignore[arg-type]  # what the cookie jar reads of it
        )
        return self.build_response(request, raw)


def answering(answer: Answer) -> tuple[requests.Session, AnsweringAdapter]:
    """A session whose every request is answered by `answer`."""
    session, adapter = requests.Session(), AnsweringAdapter(answer)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session, adapter
