"""Devices into monitoring and out of it: SSH, the remote program, and the engine that leads through the steps."""

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
