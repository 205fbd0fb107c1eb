"""What can go wrong, in words a technician understands.

Every error that a person may read is an `AppError`. Its texts are templates on the class, filled with the details given to the
constructor, so that the window can translate the template and the command line can print it as it stands. Libraries' exceptions are
translated to this tree at the edge where the library is called; nothing above that edge knows the library.
"""

from typing import ClassVar

Detail = str | int | float


class Cancelled(Exception):  # noqa: N818 - the operator's wish, not an error
    """The operator cancelled the work. Not an error: nothing of the task runs any more."""


class AppError(Exception):
    """Something happened that the operator should read.

    `title` says what happened and `hint` what to do, as templates over `details`. `evidence` is what was seen (an exit status, a line
    of a log): plain text, bounded, never a secret.
    """

    title: ClassVar[str] = "{reason}"
    hint: ClassVar[str] = ""
    #: Exit status of the command line for this family (see app.cli): 1 unless a subclass says otherwise.
    exit_status: ClassVar[int] = 1

    _EVIDENCE_LIMIT: ClassVar[int] = 2000

    def __init__(self, evidence: str = "", **details: Detail) -> None:
        self.details = details
        self.evidence = evidence.strip()[-self._EVIDENCE_LIMIT :]
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """What happened: the filled title, in English."""
        return self.title.format(**self.details)

    @property
    def advice(self) -> str:
        """What to do: the filled hint, in English; may be empty."""
        return self.hint.format(**self.details)


class InputError(AppError):
    """A value typed or given by the operator is not acceptable. `field` names it."""

    title = "{label}: {reason}"
    exit_status = 2

    def __init__(self, field: str, reason: str, *, label: str = "", hint: str = "") -> None:
        self.field = field
        self._own_hint = hint
        super().__init__(field=field, reason=reason, label=label or field.replace("_", " ").capitalize())

    @property
    def advice(self) -> str:
        return self._own_hint


class DuplicateError(InputError):
    """The value of `field` belongs to another endpoint, `other`, already."""

    def __init__(self, field: str, value: str, other: str, *, label: str = "") -> None:
        self.other = other
        super().__init__(
            field,
            f"{value} is already used by the endpoint {other}.",
            label=label,
            hint=f"Choose another one, or change or remove {other} first.",
        )


class NotFoundError(AppError):
    """What was named does not exist."""

    title = "There is no {kind} named {name}."
    hint = "Check the spelling; “{command}” lists what there is."
    exit_status = 3


class BusyError(AppError):
    """Another process is working on the same thing."""

    title = "{subject} is being changed by another window or command ({holder})."
    hint = "Wait until it has finished, then try again."
    exit_status = 4


class SecretStoreError(AppError):
    """The keyring of this desktop cannot be used."""

    title = "The keyring of this desktop cannot be used: {reason}"
    hint = "{what_to_do}"
    exit_status = 5


class InventoryError(AppError):
    """The inventory database cannot be used as it is."""

    title = "The inventory cannot be used: {reason}"
    hint = "{what_to_do}"
    exit_status = 6


class HostError(AppError):
    """The Docker host cannot be reached or refuses."""

    title = "The Docker host {host} {reason}"
    hint = "{what_to_do}"
    exit_status = 7


class StackError(AppError):
    """The stack on the Docker host cannot be brought to, or read in, the wished state."""

    title = "{reason}"
    hint = "{what_to_do}"
    exit_status = 8


class MonitoringError(AppError):
    """Prometheus, Alertmanager or Grafana does not answer as expected."""

    title = "{service} {reason}"
    hint = "{what_to_do}"
    exit_status = 9


class DeviceError(AppError):
    """A device cannot be reached, refuses, or cannot be brought into monitoring.

    Whatever a device or a library says of it becomes plain text here: what is not printable (escapes of terminals, marks that turn the
    direction of writing, what has no width) becomes a blank.
    """

    title = "{reason}"
    hint = "{what_to_do}"
    exit_status = 10

    def __init__(self, evidence: str = "", **details: Detail) -> None:
        told = {name: _printable(value) if isinstance(value, str) else value for name, value in details.items()}
        super().__init__("\n".join(map(_printable, evidence.splitlines())), **told)


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


class KitError(AppError):
    """The exporter builds carried by the app are missing or damaged."""

    title = "{reason}"
    hint = "{what_to_do}"
    exit_status = 11
