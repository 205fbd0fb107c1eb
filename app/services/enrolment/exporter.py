"""The exporter on one device: found out, installed, kept, undone, removed, checked. Each call is one run of the remote program."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from app.errors import DeviceError
from app.models.device import Change, ChangeKind, Facts, InitSystem, Privilege, Receipt
from app.models.metric_groups import Choice
from app.models.secret import Secret
from app.paths import resource
from app.services.enrolment import failures
from app.services.enrolment.collectors import collector_arguments
from app.services.enrolment.facts import UNKNOWN_HOLDER, clock_now, parse_facts
from app.services.enrolment.listening import listen_argument, socket_pattern
from app.services.enrolment.machine_id import pads
from app.services.enrolment.program import Answers, Mode, RemoteProgram
from app.services.kit import KitBuild
from app.services.pki import Issued
from app.services.progress import CancelToken

INSTALL_PLACE = "/usr/local/lib/plantwatch"
CERTIFICATES = f"{INSTALL_PLACE}/tls"
ACCOUNT = "plantwatch-exporter"
UNIT = "plantwatch-node-exporter.service"
#: Beside the binary: its former version while it is replaced, the unit, the journal.
_SPARE_BYTES = 4 * 1024 * 1024
_MEGABYTE = 1_000_000
#: Where changes are made: in these folders and on what lies above them, to our own account and unit, and to files of our name.
_PLACES = (INSTALL_PLACE, "/var/lib/plantwatch")
_UNITS = "/etc/systemd/system"
_LINKS = f"{_UNITS}/multi-user.target.wants"
_PATH = re.compile(r"(?:/[A-Za-z0-9._-]+)+")
_UNIT_NAME = re.compile(r"plantwatch-[a-z0-9-]+\.[a-z]+")
_TITLE_LENGTH = 200


class Build(Protocol):
    """What is said of an exporter build to the device."""

    @property
    def version(self) -> str: ...
    @property
    def architecture(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What was found on a device before anything is changed."""

    facts: Facts
    installed_sha256: str = ""
    """Of an exporter that Plantwatch installed before; empty for none."""
    is_unfinished: bool = False
    """An earlier run was cut off; the next one undoes it first."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a check. `condition`: ok, missing, changed, stopped."""

    condition: str
    kind: str
    name: str


@cache
def _unit_template() -> str:
    return resource("remote", "plantwatch-node-exporter.service").read_text("ascii")


@cache
def _web_template() -> str:
    return resource("remote", "plantwatch-web.yml").read_text("ascii")


def web_text(serial: str) -> str:
    """The exporter's web configuration: TLS with the certificate of that number, for clients of our authority only."""
    return _web_template().replace("@FOLDER@", CERTIFICATES).replace("@SERIAL@", serial).rstrip("\n")


def unit_text(port: int, listen_address: str = "", metrics: Choice = None, version: str = "") -> str:
    """The systemd unit of an exporter of `version` that listens on `port`, of one address or of all, and reads what was chosen."""
    text = _unit_template().replace("@COLLECTORS@", collector_arguments(metrics, version))
    return text.replace("@LISTEN@", listen_argument(listen_address, port)).rstrip("\n")


class DeviceExporter:
    """`port`, and `listen_address` if not empty, is where the exporter listens, and `metrics` what it reads, once `install` has run.

    Every method may raise what `RemoteProgram.run` raises.
    """

    def __init__(self, program: RemoteProgram, port: int, listen_address: str = "", metrics: Choice = None) -> None:
        self._program = program
        self._port = port
        self._listen_address = listen_address
        self._metrics = metrics
        self._sockets: dict[str, str | int] = {"PW_PORT": port, "PW_SOCKETS": socket_pattern(listen_address)}
        self._asking: dict[str, str | int] = {**self._sockets, **pads()}
        self._checked: Answers | None = None

    @property
    def target(self) -> str:
        return self._program.target

    def look(self, token: CancelToken) -> DeviceState:
        """Find out what the device is and what is there, changing nothing: one round trip, or two when sudo needs a password.

        Raises NoRootRightsError, SudoPasswordMissingError, SudoPasswordWrongError, DoasNeedsTerminalError when the login cannot become
        root.
        """
        asked_at = clock_now()
        answers = self._program.run(Mode.FACTS, self._asking, token=token)
        answered_at = clock_now()
        facts = parse_facts(answers, asked_at=asked_at, answered_at=answered_at)
        self._program.privilege = facts.privilege
        if facts.privilege in (Privilege.SUDO_PASSWORD, Privilege.DOAS_PASSWORD, Privilege.NONE):
            # Without root it could not be seen who listens, and what is installed.
            as_root = self._program.run(Mode.ROOT_FACTS, self._asking, token=token)
            answers.pairs = [pair for pair in answers.pairs if not pair[0].startswith("port_")] + as_root.pairs
            facts = parse_facts(answers, asked_at=asked_at, answered_at=answered_at)
        return DeviceState(facts, answers.get("installed_sha256"), answers.has("unfinished"))

    def identify(self, token: CancelToken, *, check_of: str | None = None) -> Facts:
        """Find out which device it is and how to become root, for a session that skips `look`; the facts hold nothing else.

        `check_of` is the machine-id of the device that is known, or "": if it is that one, and root needs no password, it is checked in
        the same run, and `check` tells what was found then. With two runs, and all the facts, a check took three times as long.
        """
        then = {} if check_of is None else {"PW_THEN": "check", "PW_KNOWN": check_of}
        answers = self._program.run(Mode.IDENTITY, pads() | then, token=token)
        facts = parse_facts(answers, asked_at=0, answered_at=0)
        self._program.privilege = facts.privilege
        if answers.has("checked"):
            self._checked = answers
        return facts

    def check_suits(self, state: DeviceState, build: KitBuild) -> None:
        """Raises UnsupportedInitError, NoSpaceError, ListenAddressError, PortTakenError, when `build` cannot be installed on what was found."""
        facts = state.facts
        if facts.init is not InitSystem.SYSTEMD:
            init = "something unknown" if facts.init is InitSystem.UNKNOWN else facts.init.value
            raise failures.UnsupportedInitError(target=self.target, init=init)
        if self._listen_address and facts.addresses and self._listen_address not in facts.addresses:
            raise failures.ListenAddressError(
                target=self.target, address=self._listen_address, addresses=", ".join(facts.addresses)
            )
        if facts.port_holder:
            raise failures.PortTakenError(target=self.target, port=self._port, holder=facts.port_holder)
        needed = build.size + _SPARE_BYTES
        if state.installed_sha256 != build.sha256 and facts.free_bytes < needed:
            raise failures.NoSpaceError(
                target=self.target,
                free=facts.free_bytes // _MEGABYTE,
                needed=-(-needed // _MEGABYTE),
                place=INSTALL_PLACE.rsplit("/", 1)[0],
            )

    def request_certificate(self, token: CancelToken) -> str:
        """Have the device make a private key that stays there; its signing request (PEM, not checked). Empty when it cannot.

        Until `install` has used it, `undo` takes the key away.
        """
        answers = self._program.run(Mode.REQUEST, {}, token=token)
        self._raise_failure(answers)
        return "\n".join([*answers.all("request"), ""]).lstrip()

    def install(
        self,
        build: Build,
        binary: bytes,
        identity: Issued,
        *,
        on_answer: Callable[[str, str], None],
        on_sent: Callable[[int], None],
        token: CancelToken,
    ) -> Receipt:
        """Install and start; `binary` is empty when the device has it. What was done stays undoable by `undo` until `keep`.

        An exporter that runs already and only gets another certificate is not started again: it reads it at the next connection.
        `on_answer` hears "verified", "installed", "started" as they come. On a failure the device has undone it already.
        """
        answers = self._program.run(
            Mode.INSTALL,
            self._sockets
            | {
                "PW_VERSION": build.version,
                "PW_ARCHITECTURE": build.architecture,
                "PW_SHA256": build.sha256,
                "PW_SIZE": len(binary),
                "PW_WEB": web_text(identity.certificate.serial),
                "PW_SERIAL": identity.certificate.serial,
                "PW_CERTIFICATE": identity.pem.rstrip("\n"),
                "PW_CLIENTS": identity.trusted.rstrip("\n"),
                "PW_KEY": Secret(identity.key.reveal().rstrip("\n")),
                "PW_UNIT": unit_text(self._port, self._listen_address, self._metrics, build.version),
            },
            payload=binary,
            on_answer=on_answer,
            on_sent=on_sent,
            token=token,
        )
        self._raise_failure(answers)
        return Receipt(build.version, build.architecture, parse_changes(answers))

    def keep(self, token: CancelToken) -> None:
        """All is well: what was installed is what `remove` will undo."""
        self._raise_failure(self._program.run(Mode.KEEP, {}, token=token))

    def undo(self, token: CancelToken) -> None:
        """Take back what an install did that was not kept. Does nothing when there is no such thing."""
        self._raise_failure(self._program.run(Mode.UNDO, {}, token=token))

    def remove(self, receipt: Receipt | None, token: CancelToken) -> list[str]:
        """Take away all that Plantwatch made; the device's own receipt counts, `receipt` if it has none. Returns what is left."""
        # Told by a device once; this one may be another.
        changes = [change for change in receipt.changes if is_ours(change)] if receipt else []
        known = "\n".join(f"{change.kind.value} {change.name}" for change in changes)
        answers = self._program.run(Mode.REMOVE, {"PW_RECEIPT": known}, token=token)
        self._raise_failure(answers)
        return answers.all("left")

    def check(self, token: CancelToken) -> tuple[list[Item], list[str]]:
        """What the device's receipt names, each with its condition; and what is there without being in a receipt."""
        answers, self._checked = self._checked or self._program.run(Mode.CHECK, {}, token=token), None
        self._raise_failure(answers)
        items = [Item(*words) for text in answers.all("item") if len(words := text.split(" ", 2)) == 3]
        return items, answers.all("left")

    def _raise_failure(self, answers: Answers) -> None:
        code, text = answers.failure
        if code:
            raise self._failure(code, text, answers)

    def _failure(self, code: str, text: str, answers: Answers) -> DeviceError:
        """The program's codes in words."""
        told = {"target": self.target}
        said = "\n".join(answers.all("log")) or text
        seen = f"{text}\n{answers.errors}"
        text, code = text[:_TITLE_LENGTH], code[:_TITLE_LENGTH]
        known: dict[str, DeviceError] = {
            "privilege": failures.NoRootRightsError(seen, **told, user=self._program.user),
            "busy": failures.DeviceBusyError(text, **told),
            "init": failures.UnsupportedInitError(**told, init="something unknown"),
            "port": failures.PortTakenError(**told, port=self._port, holder=text or UNKNOWN_HOLDER),
            "occupied": failures.FileInTheWayError(**told, what=text),
            "space": failures.NotWritableError(seen, **told, what=INSTALL_PLACE),
            "change": failures.NotWritableError(seen, **told, what=text),
            "incomplete": failures.TransferDamagedError(text, **told),
            "checksum": failures.TransferDamagedError(f"Its SHA-256 there: {text}", **told),
            "start": failures.ExporterCrashedError(said, **told),
            "silent": failures.ExporterSilentError(said, **told, port=self._port),
        }
        return known.get(code) or failures.DeviceFailedError(seen, **told, what=code)


def is_ours(change: Change) -> bool:
    """Whether this is a change that the remote program makes. A device's word for it is not enough: it will be undone as root."""
    name = change.name
    if change.kind in (ChangeKind.USER, ChangeKind.GROUP):
        return name == ACCOUNT
    if change.kind is ChangeKind.UNIT:
        return _UNIT_NAME.fullmatch(name) is not None
    if not _PATH.fullmatch(name) or {".", ".."} & set(name.split("/")):
        return False
    if change.kind is ChangeKind.DIRECTORY:
        inside = any(name == place or name.startswith(f"{place}/") for place in _PLACES)
        return inside or any(place.startswith(f"{name}/") for place in (*_PLACES, f"{_LINKS}/"))
    folder, _, file = name.rpartition("/")
    if folder in (_UNITS, _LINKS):
        return file.startswith("plantwatch-")
    return any(name.startswith(f"{place}/") for place in _PLACES)


def parse_changes(answers: Answers) -> tuple[Change, ...]:
    """Lines "KIND NAME [SHA256]"; what does not look like one, or is not ours, is left out."""
    found = []
    for text in answers.all("change"):
        words = text.split(" ")
        kind = next((kind for kind in ChangeKind if kind.value == words[0]), None)
        if kind and 2 <= len(words) <= 3:
            found.append(Change(kind, words[1], words[2] if len(words) == 3 and _is_sha256(words[2]) else ""))
    return tuple(change for change in found if is_ours(change))


def _is_sha256(text: str) -> bool:
    return len(text) == hashlib.sha256().digest_size * 2 and all(digit in "0123456789abcdef" for digit in text)
