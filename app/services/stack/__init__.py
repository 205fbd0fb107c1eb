"""The stack on a Docker host: read its definition, plan, deploy, look after it. The only place that imports the Docker SDK."""

from app.services.stack.deployment import DeployStep
from app.services.stack.service import StackService
from app.services.stack.takedown import DownStep

__all__ = ["DeployStep", "DownStep", "StackService"]
