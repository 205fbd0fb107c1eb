"""Records that the contracts are tried with."""

from app.models.endpoint import EndpointDraft, HostKey

HOST_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")


def draft(name: str = "T-17", address: str = "10.0.0.17", port: int = 22) -> EndpointDraft:
    return EndpointDraft(name, address, port)
