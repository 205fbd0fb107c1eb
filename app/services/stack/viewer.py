"""Grafana's accounts: the administrator that the stack was made with, and the viewer that the window signs in as."""

from urllib.parse import quote

from app.errors import StackError
from app.models.secret import Secret
from app.models.stack import ServiceAccess
from app.services.stack.probe import Answer, ask

ADMINISTRATOR = "admin"
VIEWER = "plantwatch-viewer"


def ensure_viewer(admin: ServiceAccess, password: Secret) -> str:
    """Makes the viewer's account be there with this password and no more than the role Viewer; says what was done.

    Raises StackError when Grafana refuses.
    """
    found = ask(admin, "GET", f"/api/users/lookup?loginOrEmail={quote(VIEWER)}")
    if found.status == 404:
        account = {"name": "Plantwatch", "login": VIEWER, "password": password.reveal()}
        made = _wanted(ask(admin, "POST", "/api/admin/users", account), "does not create the viewer's account")
        _set_role(admin, made.document["id"])
        return "account created"
    number = _wanted(found, "does not tell about the viewer's account").document["id"]
    _set_role(admin, number)
    if ask(ServiceAccess(admin.url, VIEWER, password), "GET", "/api/user").ok:
        return "was there already"
    _wanted(
        ask(admin, "PUT", f"/api/admin/users/{number}/password", {"password": password.reveal()}),
        "does not change the viewer's password",
    )
    return "password renewed"


def _set_role(admin: ServiceAccess, number: int) -> None:
    _wanted(ask(admin, "PATCH", f"/api/org/users/{number}", {"role": "Viewer"}), "does not set the viewer's role")


def _wanted(answer: Answer, problem: str) -> Answer:
    if answer.ok:
        return answer
    raise StackError(
        f"HTTP {answer.status}: {answer.text}",
        reason=f"Grafana {problem}.",
        what_to_do="Look at Grafana's log on the page “Stack”, then deploy again.",
    )
