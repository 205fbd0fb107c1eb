"""Devices into monitoring and out of it: SSH, the remote program, and the engine that leads through the steps.

What is exported is imported when it is asked for: the SSH layer alone then starts in 0.2 s, not in 0.9 with the inventory and the metrics.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.services.enrolment.checking import DeviceCheck
    from app.services.enrolment.jumps import Hop, KeyReader, WantedHop
    from app.services.enrolment.questions import Asker, Prompt, Question, nobody
    from app.services.enrolment.refusals import is_refusal, refused_credential
    from app.services.enrolment.request import EnrolmentRequest
    from app.services.enrolment.rotation import RotateStep
    from app.services.enrolment.service import EnrolmentPlan, EnrolmentService
    from app.services.enrolment.ssh import fetch_host_key
    from app.services.enrolment.steps import EnrolStep, RemoveStep, RenewStep
    from app.services.enrolment.verification import verified_hops, verified_key

__all__ = [
    "Asker",
    "DeviceCheck",
    "EnrolStep",
    "EnrolmentPlan",
    "EnrolmentRequest",
    "EnrolmentService",
    "Hop",
    "KeyReader",
    "Prompt",
    "Question",
    "RemoveStep",
    "RenewStep",
    "RotateStep",
    "WantedHop",
    "fetch_host_key",
    "is_refusal",
    "nobody",
    "refused_credential",
    "verified_hops",
    "verified_key",
]

_PLACES = {
    "Asker": "questions",
    "DeviceCheck": "checking",
    "EnrolStep": "steps",
    "EnrolmentPlan": "service",
    "EnrolmentRequest": "request",
    "EnrolmentService": "service",
    "Hop": "jumps",
    "KeyReader": "jumps",
    "Prompt": "questions",
    "Question": "questions",
    "RemoveStep": "steps",
    "RenewStep": "steps",
    "RotateStep": "rotation",
    "WantedHop": "jumps",
    "fetch_host_key": "ssh",
    "is_refusal": "refusals",
    "nobody": "questions",
    "refused_credential": "refusals",
    "verified_hops": "verification",
    "verified_key": "verification",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    found = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    globals()[name] = found
    return found
