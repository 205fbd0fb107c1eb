"""What goes wrong with devices, each in its own class: the texts are templates, and causes can be told apart and counted."""

from app.errors import DeviceError

# On the way to the device


class NameUnknownError(DeviceError):
    title = "The name {host} leads to no address."
    hint = "Check the spelling, or use the device's IP address."


class UnreachableError(DeviceError):
    title = "{target} does not answer."
    hint = "Check the address, that the device is switched on, and that a network route and the firewalls between let SSH through."


class PortClosedError(DeviceError):
    title = "{target} refuses the connection: nothing listens on this port."
    hint = "Check the port, and that the SSH server runs on the device: systemctl status ssh"


class JumpForbiddenError(DeviceError):
    title = "The jump host {jump} does not let connections through to {target}."
    hint = "Allow it in the sshd_config of the jump host: AllowTcpForwarding, PermitOpen. Or use another jump host."


class JumpFailedError(DeviceError):
    title = "The jump host {jump} cannot reach {target}."
    hint = "Check the address and the port as the jump host sees them, and that an SSH server runs there."


class NotAnSshServerError(DeviceError):
    title = "What answers at {target} is not an SSH server."
    hint = "Check the address and the port. SSH usually has port 22."


class SilentError(DeviceError):
    title = "{target} accepts the connection, but says nothing."
    hint = "Check that an SSH server listens on this port and that the device is not overloaded, then try again."


class DroppedError(DeviceError):
    title = "{target} closes new connections at once."
    hint = "The SSH server may be overloaded or may allow few connections (MaxStartups), or a filter refuses this address. Try again later."


class ProtocolBrokenError(DeviceError):
    title = "What answers at {target} does not keep to the rules of SSH."
    hint = (
        "Check the address and the port. If they are right, something between damages the connection, or the device is not what it "
        "seems: look at its SSH server before you try again."
    )


class NoCommonAlgorithmError(DeviceError):
    title = "{target} and Plantwatch have no {what} in common."
    hint = "The SSH server of the device is too old, or restricted. Update it, or allow current algorithms in its sshd_config."


class HostKeyChangedError(DeviceError):
    title = "{target} shows another host key than the known one."
    hint = (
        "The device was reinstalled or replaced, another device has its address, or somebody stands between. Nothing was sent to it. "
        "Compare on the device itself: ssh-keygen -lf {file}. Only if the new key is right, put it in place of the old one: with “Host key…” on the "
        "endpoint's page, or by plantwatch endpoints set NAME --host-key."
    )


class UnexpectedHostKeyError(HostKeyChangedError):
    """At first contact: the device shows another key than the one that the operator has from it."""

    title = "{target} shows another host key than the expected one."
    hint = (
        "Another device has this address, the expected key is an old one or of another type, or somebody stands between. Nothing was "
        "sent to it. Print the fingerprint on the device itself: ssh-keygen -lf {file}."
    )


class HostKeyUnknownError(DeviceError):
    """Of a list: nobody has said which key is right. The evidence is the key, as HostKey writes it."""

    title = "{target} shows the host key {fingerprint}, and nobody has compared it yet."
    hint = (
        "Nothing was sent to it. Compare on the device itself: ssh-keygen -lf {file}. Then accept it, together with the others of this run, or "
        "give the expected keys in the list, in a column host_key."
    )


class SeenKeyChangedError(DeviceError):
    """Of a list that a scan wrote: what answers now is not what the scan saw. Nobody has compared either key."""

    title = "{target} shows another host key than the scan saw there."
    hint = (
        "Nothing was sent to it. Two devices may have this address, or another one has it now: look which, then scan it again. If the device is "
        "the right one, give its key in the list, in a column host_key, as it is printed there: ssh-keygen -lf {file}."
    )


class ConnectionLostError(DeviceError):
    title = "The connection to {target} was lost."
    hint = (
        "Check the network and the device, then try again. What was begun on the device is undone at the next contact."
    )


class StalledError(DeviceError):
    title = "{target} has stopped answering: nothing for {seconds} seconds."
    hint = "The device may be overloaded or the link broken. Try again."


class TooSlowError(DeviceError):
    title = "{target} does not come to the end of its answer within {seconds} seconds."
    hint = "The device may be overloaded. Look what keeps it busy (top), then try again."


class FloodedError(DeviceError):
    title = "{target} sends more than Plantwatch is willing to read."
    hint = "Something on the device answers in place of Plantwatch's program: look at the profile of the user that logs in."


# Logging in


class WrongPasswordError(DeviceError):
    title = "{target} does not accept this password for {user}."
    hint = "Check user and password. Some devices lock a user for a while after several failures."


class PasswordNotAllowedError(DeviceError):
    title = "{target} does not let {user} log in with a password."
    hint = "Use a key file, or allow PasswordAuthentication in the device's sshd_config."


class KeyRefusedError(DeviceError):
    title = "{target} does not accept the key {file} for {user}."
    hint = "Add the key's .pub line to ~{user}/.ssh/authorized_keys on the device; that file must not be writable by others."


class OwnKeyRefusedError(DeviceError):
    title = "{target} does not accept Plantwatch's own key for {user} any more."
    hint = (
        "Its line, with the word plantwatch, is missing in ~{user}/.ssh/authorized_keys on the device, or its from= names an address that "
        "this computer no longer has. Put it right there. If the device was set up anew, remove only the record and enrol it again."
    )


class OwnKeyForbiddenError(DeviceError):
    title = "{target} does not let {user} log in with a key of Plantwatch's own."
    hint = (
        "The key was taken out again. Its sshd_config must allow PubkeyAuthentication, with .ssh/authorized_keys as AuthorizedKeysFile and "
        "without a second proof; {user}'s home and .ssh must not be writable by others; OpenSSH must be 7.2 or newer. "
        "Or enrol it with the password alone."
    )


class OwnKeyPlaceError(DeviceError):
    title = "A key of Plantwatch's own cannot be put on {target}: {what}."
    hint = "Plantwatch changes only a plain file of the user that logs in. Make it one, log in as another user, or go on without such a key."


class OwnKeySourceError(DeviceError):
    title = "{target} does not tell the address that it sees this computer at."
    hint = "Give the address or network yourself, or let the key be accepted from anywhere."


class KeyUnreadableError(DeviceError):
    title = "The key file {file} cannot be used: {why}"
    hint = "Choose a private key (Ed25519, ECDSA or RSA) in OpenSSH or PEM format. PuTTY exports one by Conversions > Export OpenSSH key."


class KeyNeedsPassphraseError(DeviceError):
    title = "The key file {file} is protected by a passphrase."
    hint = "Enter the passphrase of the key."


class WrongPassphraseError(DeviceError):
    title = "This is not the passphrase of the key file {file}."
    hint = "Enter the passphrase again."


class SecondFactorError(DeviceError):
    title = "{target} asks {user} for more than one proof."
    hint = "Log in with the one that it asks for first: often a key. The operator is asked for codes and passwords that follow."


class NobodyToAskError(DeviceError):
    title = "{target} asks {user} questions, and nobody is here to answer."
    hint = "Do it in the window or on a terminal, or use an account that may log in with a key or a password alone."


class NotAnsweredError(DeviceError):
    title = "The questions of {target} for {user} were not answered."
    hint = "Try again, and answer them."


class WrongAnswerError(DeviceError):
    title = "{target} does not accept the answers for {user}."
    hint = "Try again. A one-time code holds for a short time and for one login only."


class QuestionsNotAllowedError(DeviceError):
    title = "{target} does not let {user} log in by answering questions."
    hint = "Log in with a password, a key file or the ssh-agent, or allow KbdInteractiveAuthentication in the device's sshd_config."


class AgentMissingError(DeviceError):
    title = "No ssh-agent can be reached."
    hint = (
        "Start one, add your key with ssh-add, and start Plantwatch from the same session: SSH_AUTH_SOCK tells it where the agent is. "
        "On Windows, start the service OpenSSH Authentication Agent, or Pageant."
    )


class AgentEmptyError(DeviceError):
    title = "The ssh-agent offers no key."
    hint = "Add one with ssh-add. If the agent is locked, unlock it with ssh-add -X."


class AgentLacksKeyError(DeviceError):
    title = "The ssh-agent does not have the key {file}."
    hint = "Compare with the list that ssh-add -l prints, and add the key with ssh-add."


class AgentFailedError(DeviceError):
    title = "The ssh-agent does not do its work: {why}"
    hint = "If it asks for a confirmation or a touch, give it. See with ssh-add -l whether it answers."


class AgentRefusedError(DeviceError):
    title = "{target} accepts none of the {count} keys of the ssh-agent for {user}."
    hint = (
        "Add the .pub line of one of them to ~{user}/.ssh/authorized_keys on the device. Servers allow few tries: from an agent with many "
        "keys, choose one by its .pub file."
    )


# Which device it is


class AlreadyKnownError(DeviceError):
    title = "{target} is the device that is enrolled as {name} already."
    hint = (
        "Nothing was changed on it. It is known at {known}. If it has another address now, move the endpoint: "
        'plantwatch endpoints set "{name}" --address {address} --port {port}{way}. If there are two devices, made from one image with its keys, '
        "give this one a machine-id and host keys of its own first."
    )


class ClonedDeviceError(DeviceError):
    title = "{target} has the same {what} as the endpoint {name}, but another {other}."
    hint = (
        "Nothing was changed on it. If both were made from one image, say that it is another device, and better give it a machine-id and "
        "host keys of its own. If it is the device of {name}, known at {known}, set up anew, change that endpoint's address and host key."
    )


class DeviceSwappedError(DeviceError):
    title = "{target} is another device than the one that was enrolled as {name}."
    hint = (
        "Nothing was changed on it: it has the known host key, but another machine-id. If it is the device of {name}, set up anew or cloned, "
        'accept it: plantwatch endpoints set "{name}" --accept-device. If that device is gone, remove only the record.'
    )


# Becoming root


class NoRootRightsError(DeviceError):
    title = "{user} may not become root on {target}."
    hint = "Allow {user} to use sudo or doas on the device, or log in as another user or as root."


class SudoPasswordWrongError(DeviceError):
    title = "sudo on {target} does not accept the password of {user}."
    hint = "Enter the password that {user} types for sudo on the device."


class DoasNeedsTerminalError(DeviceError):
    title = "doas on {target} asks {user} for a password, and takes it from a terminal only."
    hint = "Let {user} use doas without one, by the line “permit nopass {user}” in the device's doas.conf, or log in as root."


class SudoPasswordMissingError(DeviceError):
    title = "sudo on {target} asks {user} for a password."
    hint = "Enter the sudo password as well, or allow {user} to use sudo without one."


# What the device is


class NoAnswerError(DeviceError):
    title = "{target} did not run Plantwatch's program."
    hint = "The login shell of {user} may be restricted, or the user's profile ends it. Log in with a user that has an ordinary shell."


class StrangeAnswerError(DeviceError):
    title = "{target} gave an answer that Plantwatch does not understand."
    hint = "Something on the device stands between; the log has what it said."


class UnsupportedInitError(DeviceError):
    title = "{target} starts its services with {init}; Plantwatch can install on devices with systemd so far."
    hint = "Nothing was changed. Choose another device, or install an exporter by hand."


class UnknownArchitectureError(DeviceError):
    title = "There is no exporter for the processor of {target} ({machine})."
    hint = "Nothing was changed. Exporters exist for x86, ARM, MIPS, POWER, RISC-V and s390x."


class NoSpaceError(DeviceError):
    title = "{target} has no space left for the exporter: {free} MB are free, {needed} MB are needed."
    hint = "Make room in {place} on the device, then try again."


class PortTakenError(DeviceError):
    title = "Port {port} of {target} is in use by {holder}."
    hint = "Stop that program, or give this endpoint another exporter port."


class ListenAddressError(DeviceError):
    title = "{address} is not an address of {target}, so the exporter cannot listen on it."
    hint = (
        "Nothing was changed. The device has {addresses}. Give one of these, or none: the exporter then listens on all."
    )


class NotWritableError(DeviceError):
    title = "{target} cannot be changed: {what} cannot be written."
    hint = "Its disk may be read-only or full. Everything done so far was undone."


class FileInTheWayError(DeviceError):
    title = "{what} exists on {target} already, and Plantwatch did not put it there."
    hint = "Look at the file on the device, and move it away if nothing needs it."


class TransferDamagedError(DeviceError):
    title = "The exporter arrived damaged at {target}."
    hint = "Try again. If it happens again, the disk or the memory of the device is failing."


class DeviceBusyError(DeviceError):
    title = "Somebody else's Plantwatch is at work on {target}."
    hint = "Wait until it has finished, then try again."


class DeviceFailedError(DeviceError):
    title = "A step failed on {target}: {what}."
    hint = "Everything done so far was undone. The evidence says what the device answered."


# The exporter


class ExporterCrashedError(DeviceError):
    title = "The exporter does not run on {target}: it ends as soon as it is started."
    hint = (
        "Everything was undone. The evidence is from the device's journal; the exporter build may not suit the device."
    )


class ExporterSilentError(DeviceError):
    title = "The exporter runs on {target}, but does not answer on port {port}."
    hint = "Everything was undone. The evidence is what the device says; it may be overloaded."


class MetricsWrongError(DeviceError):
    title = "What answers on port {port} of {target} is not the exporter."
    hint = "Look what listens on this port of the device: ss -ltnp"


class NotScrapedError(DeviceError):
    title = "The exporter runs on {target}, but Prometheus cannot read it at {scraped}."
    hint = "{what_to_do} Everything was undone."


class ExporterMissingError(DeviceError):
    title = "There is no exporter of Plantwatch on {target} any more."
    hint = "Remove the endpoint, then enrol it again."


class RotationIncompleteError(DeviceError):
    title = "{count} of {total} endpoints could not be given a certificate of the new authority."
    hint = "Nothing is lost: both authorities are trusted until all have one. Mend what the evidence says, then rotate again; it goes on there."


class LeftBehindError(DeviceError):
    title = "{target} could not be cleaned completely."
    hint = "The evidence says what is left. Look at it on the device, remove it there, then remove the endpoint again."


class NoWayInError(DeviceError):
    title = "Plantwatch has no login for {name} any more."
    hint = "Remove only the record, and clean the device by hand, or enrol it again under another name."


class NotCleanedError(DeviceError):
    """The work failed and what it did to the device could not be undone; `evidence` has both reasons."""

    title = "{reason} What was changed on {target} could not be undone yet."
    hint = "When the device can be reached again, remove the endpoint, or start Plantwatch anew: it undoes the rest."
