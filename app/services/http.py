"""How the app asks the services of the stack over HTTP: bounded in time and size, never through a proxy, never off their address.

Exceptions of requests end here: what leaves this module is `MonitoringError`.
"""

import ipaddress
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from app.errors import MonitoringError
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName

_CHUNK = 1 << 16
_CONNECT_SECONDS = 5.0
#: A large answer on a slow link may take this many times the time-out, as long as it keeps coming.
_PATIENCE = 3
_EXCERPT = 300

_REDEPLOY = (
    "Open the Stack page: it shows whether {service} runs, and deploys it again. Is the Docker host on and reachable?"
)
_PASSWORD = "Deploy the stack again: that gives {service} the password that Plantwatch knows."  # noqa: S105 - a hint
_SLOW = "Try again in a moment, or choose a shorter time range. If it goes on, look at the load of the Docker host."
_FOREIGN = "Check that nothing else listens on the port of {service}; the Stack page shows its address."


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, whatever its status. Header names are in lower case; cookies are apart."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, Secret]

    @property
    def excerpt(self) -> str:
        """The beginning of the body as one line of plain text."""
        text = self.body[:_EXCERPT].decode(errors="replace")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class ServiceApi:
    """One service of the stack. `timeout` is in seconds, for connecting and for each wait for data. May be used by several threads."""

    def __init__(
        self,
        service: ServiceName,
        access: ServiceAccess,
        session: requests.Session | None = None,
        *,
        timeout: float = 10.0,
        largest: int = 8 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = service.value.capitalize()
        self.url = access.url.rstrip("/")
        self._access = access
        self._session = session or requests.Session()
        # Neither proxies nor passwords nor certificates from the environment, and no cookie is kept from one request to the next.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._timeout = timeout
        self._largest = largest
        self._clock = clock
        # Compressing costs more than it saves when nothing leaves the machine.
        self._encoding = "identity" if _is_loopback(self.url) else "gzip"

    def read(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of a successful answer. Any other answer is a `MonitoringError`."""
        answer = self.exchange(method, path, params=params, form=form)
        self.check(answer)
        return answer.body

    def check(self, answer: Answer) -> None:
        """Raise a `MonitoringError` that says what an unsuccessful answer means."""
        if answer.status in (requests.codes.unauthorized, requests.codes.forbidden):
            raise self.error("refuses Plantwatch's password.", _PASSWORD, answer.excerpt)
        if not 200 <= answer.status < 300:
            raise self.error(f"answered with status {answer.status} at {self.url}.", _FOREIGN, answer.excerpt)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        authenticate: bool = True,
    ) -> Answer:
        """Send one request and read its whole answer, whatever the status. Redirects are not followed."""
        deadline = self._clock() + _PATIENCE * self._timeout
        try:
            with self._session.request(
                method,
                self.url + path,
                params=params,
                data=form,
                json=json,
                headers={"Accept-Encoding": self._encoding, "Accept": "application/json"},
                auth=self._auth() if authenticate else _anonymous,
                timeout=(min(_CONNECT_SECONDS, self._timeout), self._timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                body = self._read_body(response, deadline)
                headers = {
                    name.lower(): value for name, value in response.headers.items() if name.lower() != "set-cookie"
                }
                cookies = {name: Secret(value) for name, value in response.cookies.get_dict().items()}
                return Answer(response.status_code, body, headers, cookies)
        except requests.Timeout as error:
            raise self._too_slow(str(error)) from error
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise self.error(f"does not answer at {self.url}.", _REDEPLOY, str(error)) from error
        except requests.RequestException as error:
            raise self.error(f"cannot be asked at {self.url}.", _FOREIGN, str(error)) from error

    def _auth(self) -> tuple[str, str] | None:
        return (self._access.user, self._access.password.reveal()) if self._access.user else None

    def error(self, reason: str, what_to_do: str, evidence: str = "") -> MonitoringError:
        """A `MonitoringError` about this service. `what_to_do` may use {service}."""
        return MonitoringError(
            evidence, service=self.name, reason=reason, what_to_do=what_to_do.format(service=self.name)
        )

    def unintelligible(self, evidence: str) -> MonitoringError:
        """The answer is not what this API promises."""
        return self.error(f"gave an answer at {self.url} that Plantwatch does not understand.", _FOREIGN, evidence)

    def _read_body(self, response: requests.Response, deadline: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._largest:
                raise self.error(
                    f"sent more than {self._largest >> 20} MiB in one answer.", "Choose a shorter time range."
                )
            if self._clock() > deadline:
                raise self._too_slow("The answer did not end in time.")
        return b"".join(chunks)

    def _too_slow(self, evidence: str) -> MonitoringError:
        return self.error(f"did not answer within {self._timeout:g} seconds.", _SLOW, evidence)


def _anonymous(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
