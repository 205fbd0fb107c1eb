"""Devices that ask for one-time codes, and the operator who has them; devices without sudo."""

import hashlib
import hmac
import struct

from app.models.secret import Secret
from app.services.enrolment.questions import Question
from app.services.progress import CancelToken
from tests.lab import Device, Lab
from tests.lab.debian import unpacked


class Operator:
    """Answers the questions of a device: the password, and HOTP codes (RFC 4226), each of which holds once."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.counter = 0
        self.seen: list[Question] = []
        self.codes: list[str] = []
        """Those that were made."""

    def __call__(self, question: Question, _token: CancelToken) -> list[Secret]:
        self.seen.append(question)
        return [Secret(self.code() if "OATH" in prompt.text else self.password) for prompt in question.prompts]

    def code(self) -> str:
        digest = hmac.digest(_OATH_KEY, struct.pack(">Q", self.counter), hashlib.sha1)
        self.counter += 1
        (value,) = struct.unpack_from(">I", digest, digest[-1] & 15)
        self.codes.append(f"{(value & 0x7FFFFFFF) % 10**8:08}")
        return self.codes[-1]


_OATH_KEY = b"a key of the lab only"
_SSHD = """\
KbdInteractiveAuthentication yes
PasswordAuthentication no
Match User ask
  AuthenticationMethods publickey,keyboard-interactive
Match User plain
  PasswordAuthentication yes
  AuthenticationMethods publickey,password
"""
_PAM = """\
@include common-auth
auth [success=1 default=ignore] pam_succeed_if.so quiet user = plain
auth required pam_oath.so usersfile=/etc/users.oath window=20
account required pam_permit.so
session required pam_permit.so
"""


def careful_device(lab: Lab) -> Device:
    """A new device that asks for one-time codes: `iiot` for password and code, `ask` for key and code, `plain` for key and password."""
    made = lab.new_device()
    source = unpacked(lab.places, "libpam-oath", "liboath0")
    (library,) = source.glob("**/liboath.so.0")
    (module,) = source.glob("**/security/pam_oath.so")
    for file in (library, module):
        made.put_file(f"/usr/lib/{file.relative_to(source).as_posix().partition('lib/')[2]}", file.read_bytes())
    start_codes_anew(made)
    made.put_file("/etc/pam.d/sshd", _PAM, mode=0o644)
    made.put_file("/etc/ssh/sshd_config.d/00-careful.conf", _SSHD, mode=0o644)
    key = made.key_file.with_suffix(".pub").read_bytes()
    for user in ("ask", "plain"):
        made.put_file(f"/home/{user}/.ssh/authorized_keys", key, mode=0o644)
    made.exec(["systemctl", "reload", "ssh"])
    return made


def doas_device(lab: Lab) -> Device:
    """A new device with doas and without sudo."""
    made = lab.new_device()
    source = unpacked(lab.places, "opendoas")
    made.put_file("/usr/bin/doas", (source / "usr/bin/doas").read_bytes(), mode=0o4755)
    made.put_file("/etc/pam.d/doas", (source / "etc/pam.d/doas").read_bytes(), mode=0o644)
    made.exec(["mv", "/usr/bin/sudo", "/usr/bin/sudo.away"])
    return made


def permit(device: Device, rule: str) -> None:
    """What doas lets whom do."""
    device.put_file("/etc/doas.conf", f"{rule}\n", mode=0o400)


def start_codes_anew(device: Device) -> None:
    """The next code of each user is the first one again."""
    users = "".join(f"HOTP/E/8 {user} - {_OATH_KEY.hex()}\n" for user in ("iiot", "ask"))
    device.put_file("/etc/users.oath", users, mode=0o600)
