"""What the stack's things are called on the engine, and by which labels they are known as ours."""

from collections.abc import Mapping

MANAGED = "org.plantwatch.managed"
DEFINITION = "org.plantwatch.definition"
#: What a volume holds: "configuration", "targets" or "data".
CONTENT = "org.plantwatch.content"
PROJECT = "com.docker.compose.project"
SERVICE = "com.docker.compose.service"


def container_name(project: str, service: str) -> str:
    """As Compose names it."""
    return f"{project}-{service}-1"


def network_name(project: str, key: str) -> str:
    """As Compose names it."""
    return f"{project}_{key}"


def volume_name(project: str, key: str) -> str:
    """As Compose names it."""
    return f"{project}_{key}"


def is_ours(labels: Mapping[str, str] | None, project: str) -> bool:
    """Whether something with these labels belongs to the stack `project` and was made from our definition."""
    return labels is not None and labels.get(PROJECT) == project and labels.get(MANAGED) == "true"
