"""Logins in words: who logs in how, and who shares it. Never a secret."""

from PySide6.QtCore import QCoreApplication

from app.models.endpoint import Credential, LoginKind, Usage

_NAMED = 6


def login_words(credential: Credential) -> str:
    """ "iiot by password"; "ops by the key id_ed25519"."""
    ways = {
        LoginKind.PASSWORD: _tr("{user} by password"),
        LoginKind.KEY_FILE: _tr("{user} by the key {file}"),
        LoginKind.AGENT: _tr("{user} by the ssh-agent"),
        LoginKind.QUESTIONS: _tr("{user} by answering questions"),
        LoginKind.OWN_KEY: _tr("{user} by a key of Plantwatch's own"),
    }
    return ways[credential.kind].format(
        user=credential.user, file=credential.key_file.replace("\\", "/").rpartition("/")[2]
    )


def shared_words(usage: Usage) -> str:
    """Which endpoints need a login, all of them named if they are few."""
    names = usage.endpoints
    if not names:
        return _tr("No endpoint uses it yet.")
    if len(names) == 1:
        return _tr("{name} uses it.").format(name=names[0])
    if len(names) > _NAMED:
        named = ", ".join(names[:_NAMED])
        return _tr("{n} endpoints share it: {names} and {more} more.").format(
            n=len(names), names=named, more=len(names) - _NAMED
        )
    return _tr("{n} endpoints share it: {names}.").format(n=len(names), names=", ".join(names))


def _tr(text: str) -> str:
    return QCoreApplication.translate("Logins", text)
