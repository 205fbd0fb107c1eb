"""Many endpoints onto one login that has a name."""

from app.errors import InputError
from app.models.bulk import BulkItem
from app.services.bulk.actions.tools import Tools
from app.services.progress import CancelToken, Report


def check_profile(tools: Tools) -> None:
    """Raises InputError when none is given, NotFoundError, LoginLostError, SecretStoreError."""
    if not tools.parameters.profile:
        raise InputError("profile", "Say which login: --profile NAME.")
    tools.logins.login(tools.parameters.profile)


def use_profile(tools: Tools, item: BulkItem, report: Report, token: CancelToken) -> str:
    """The login counts for an endpoint once its device has let it in and made it root."""
    endpoint, login = tools.endpoint(item), tools.logins.login(tools.parameters.profile)
    if endpoint.credential_id == login.credential_id:
        return "had it already"
    tools.enrolment.change_login(endpoint.name, login, report=report, token=token)
    return f"logs in as {login.user}"
