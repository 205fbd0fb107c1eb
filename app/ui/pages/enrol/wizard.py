"""The wizard: five steps in the page, then the new endpoint."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint, HostKey
from app.services.enrolment import Hop, WantedHop, fetch_host_key
from app.services.enrolment.ssh_config import Offer
from app.services.progress import CancelToken
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.pages.enrol.done import DoneView
from app.ui.pages.enrol.enrolling import EnrollingStep
from app.ui.pages.enrol.footer import Footer
from app.ui.pages.enrol.jumps import JumpList
from app.ui.pages.enrol.login import LoginStep
from app.ui.pages.enrol.mending import mending_of
from app.ui.pages.enrol.plan import PlanStep
from app.ui.pages.enrol.rail import StepRail
from app.ui.pages.enrol.remedies import Remedies
from app.ui.pages.enrol.session import At, LastUsed, Session, WizardStep, last_used
from app.ui.pages.enrol.verify import HostKeyReader, VerifyStep
from app.ui.pages.enrol.where import WhereStep
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.theme import Meaning
from app.ui.turns import Turns
from app.ui.widgets.one_shown import OneShown
from app.ui.widgets.profiles import ProfileChoice
from app.ui.widgets.ways import EnrolWays

_FORGET_AFTER_MILLISECONDS = 10 * 60 * 1000
"""How long secrets of an enrolment that has not begun are kept after the page was left."""

Step = TypeVar("Step", bound=WizardStep)


class EnrolPage(Page):
    """Leads through an enrolment. Leaving the page changes nothing: what runs goes on, and coming back shows it.

    Each step is made when it is first asked for, and those to come in turns of the event loop after the first is shown: all together would
    hold the window for almost 0.1 s.
    """

    def __init__(
        self, context: PageContext, parent: QWidget | None = None, *, read_host_key: HostKeyReader = fetch_host_key
    ) -> None:
        super().__init__(context, parent)
        self.session = Session()
        self._read_host_key = read_host_key
        self.at = At.WHERE
        self._has_entered = False
        self._removing = ""
        self._made: dict[At, QWidget] = {}
        self._remedies = Remedies(self)
        self._build()
        self._forgetting = QTimer(self, singleShot=True, interval=_FORGET_AFTER_MILLISECONDS)
        self._forgetting.timeout.connect(self._forget_secrets)
        self._making = Turns(self, [partial(self._view, at) for at in At])

    @property
    def title(self) -> str:
        return self.tr("Enrol an endpoint")

    def tools(self) -> list[QWidget]:
        return [EnrolWays("enrol", self.context.navigate)]

    # Construction

    def _build(self) -> None:
        self.rail = StepRail(
            [self.tr("Where"), self.tr("Log in"), self.tr("Verify"), self.tr("Plan"), self.tr("Enrol")]
        )
        self.footer = Footer(self.tr("Next"))
        self.footer.next.clicked.connect(self.go_on)
        self.footer.back.clicked.connect(self.go_back)
        self.footer.retry.clicked.connect(self.retry)
        self.footer.cancel.clicked.connect(self._cancel)
        self._pages = OneShown()
        self._failure = QVBoxLayout()
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SMALL, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_WIDE)
        rows.addLayout(self._failure)
        rows.addWidget(self._pages, 1)
        column.setMaximumWidth(theme.FORM_WIDTH + 2 * theme.GAP_SECTION)
        scroll = QScrollArea()
        scroll.setWidget(column)
        scroll.setWidgetResizable(True)
        scroll.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._scroll = scroll
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.footer)

    # The steps

    @cached_property
    def where(self) -> WhereStep:
        step = WhereStep(self.session, self.context.services.inventory, self.context.tasks)
        step.offer_used.connect(self._use_offer)
        return self._placed(At.WHERE, step)

    @cached_property
    def login(self) -> LoginStep:
        profiles = ProfileChoice(self.context.services.credentials, self.context.tasks)
        jumps = JumpList(self._verify_hops, self.context.tasks)
        return self._placed(At.LOGIN, LoginStep(self.session, profiles, jumps))

    @cached_property
    def verify(self) -> VerifyStep:
        return self._placed(At.VERIFY, VerifyStep(self.session, self._read_key, self.context.tasks))

    @cached_property
    def plan(self) -> PlanStep:
        step = PlanStep(self.session, self.context.services.enrolment, self.context.tasks)
        step.failed.connect(self.show_failure)
        return self._placed(At.PLAN, step)

    @cached_property
    def enrolling(self) -> EnrollingStep:
        step = EnrollingStep(self.session, self.context.services.enrolment, self.context.tasks)
        step.failed.connect(self.show_failure)
        step.cancelled.connect(self._on_cancelled)
        step.enrolled.connect(self._on_enrolled)
        step.removed.connect(self._on_removed)
        return self._placed(At.ENROL, step)

    @cached_property
    def done(self) -> DoneView:
        view = DoneView(self.context.services.fleet, self.context.tasks)
        view.open_wanted.connect(partial(self.context.navigate, "endpoint"))
        view.another_wanted.connect(self.start_anew)
        view.undo_wanted.connect(self._undo)
        self._place(At.DONE, view)
        return view

    def _placed(self, at: At, step: Step) -> Step:
        step.go_on.connect(self.go_on)
        step.waiting.connect(self.footer.say)
        step.refused.connect(self.footer.refuse)
        self._place(at, step)
        return step

    def _place(self, at: At, view: QWidget) -> None:
        self._made[at] = view
        self._pages.add(view)

    def _view(self, at: At) -> QWidget:
        """What is shown at `at`, made if it is not there yet."""
        match at:
            case At.WHERE:
                return self.where
            case At.LOGIN:
                return self.login
            case At.VERIFY:
                return self.verify
            case At.PLAN:
                return self.plan
            case At.ENROL:
                return self.enrolling
            case At.DONE:
                return self.done

    def _step(self) -> WizardStep:
        """The step one is at; not for the page after the last."""
        step = self._view(self.at)
        if not isinstance(step, WizardStep):
            raise TypeError(f"{self.at.name} is not a step")
        return step

    @property
    def _is_running(self) -> bool:
        return At.ENROL in self._made and self.enrolling.is_running

    # As a page

    def activated(self) -> None:
        super().activated()
        self._forgetting.stop()
        if not self._has_entered:
            self._has_entered = True
            self._suggest()
            self.show_step(At.WHERE)
            self._making.start()
        elif self.at is At.DONE:
            self.done.start()

    def deactivated(self) -> None:
        super().deactivated()
        self._stop_values()
        if self.session.login is not None and not self._is_running:
            self._forgetting.start()

    def go_back(self) -> bool:
        """To the step before; a running enrolment is not left by Esc."""
        if self.at in (At.WHERE, At.DONE) or self._is_running:
            return False
        if self._removing:
            # The endpoint is still there, and so is its own page of the wizard.
            self._removing = ""
            self.show_step(At.DONE)
            return True
        if self.at is At.PLAN:
            self.plan.stop()
        self.show_step(At(self.at - 1))
        return True

    def show_subject(self, subject: str) -> None:
        """ "new" starts with an empty first step."""
        if subject == "new" and not self._is_running:
            self.start_anew()

    # The way through

    def show_step(self, at: At) -> None:
        """Go to a step."""
        self.at = at
        self._clear_failure()
        self.footer.say("")
        self._pages.show_one(self._view(at))
        self.rail.show_step(at)
        self._scroll.verticalScrollBar().setValue(0)
        self._show_buttons()
        if at is At.DONE:
            self.done.start()
            return
        self._stop_values()
        self._step().enter()

    def go_on(self) -> None:
        """Check the present step and, if it is right, go to the next one."""
        if self.at in (At.ENROL, At.DONE):
            return
        at = self.at
        self.footer.say("")

        def accepted() -> None:
            if self.at is not at:
                return
            following = At(at + 1)
            self.show_step(following)
            if following is At.ENROL:
                self._enrol()

        self._step().proceed(accepted)

    def start_anew(self) -> None:
        """Forget everything about this enrolment but the site and the user, and begin again."""
        self.session.forget()
        self.plan.forget()
        self.login.clear_secrets()
        self.where.clear()
        self.show_step(At.WHERE)

    def _enrol(self) -> None:
        self._removing = ""
        self.enrolling.begin()
        self._show_buttons()

    def _undo(self, name: str) -> None:
        self._removing = name
        self.show_step(At.ENROL)
        self.enrolling.undo(name)
        self._show_buttons()

    def retry(self) -> None:
        """Do once more what failed."""
        self._clear_failure()
        self.footer.say("")
        if self.at is At.PLAN:
            self.plan.look()
        elif self._removing:
            self._undo(self._removing)
        else:
            self._enrol()
        self._show_buttons()

    def _cancel(self) -> None:
        self.enrolling.cancel()
        self.footer.say(self.tr("Cancelling: what was done so far is being undone …"))
        self._show_buttons()

    # What comes of it

    def _on_enrolled(self, endpoint: Endpoint) -> None:
        self.session.forget()
        self.plan.forget()
        self.login.clear_secrets()
        self.done.show_endpoint(endpoint)
        self.show_step(At.DONE)
        if not self.isVisible():
            self.done.stop()
        text = self.tr("{0} is enrolled and up.").format(endpoint.name)
        self.context.notify(
            Notice(text, Meaning.UP, self.tr("Open"), partial(self.context.navigate, "endpoint", endpoint.name))
        )

    def _on_removed(self, name: str) -> None:
        self._removing = ""
        self.context.notify(Notice(self.tr("{0} is removed; the device is as it was before.").format(name)))
        self.start_anew()

    def _on_cancelled(self) -> None:
        self._show_buttons()
        self.footer.say(self.tr("Cancelled. What was done is undone, and nothing runs any more."))

    def show_failure(self, error: AppError) -> None:
        """What went wrong, above the step, with a button for what mends it."""
        self._clear_failure()
        self._show_buttons(failed=True)
        draft = self.session.draft
        mending = mending_of(error, draft.exporter_port if draft else 0)
        if mending is None or self._removing:
            panel = InlineError(error)
        else:
            panel = InlineError(
                error, retry=partial(self._remedies.apply, mending.remedy, error), retry_text=mending.text
            )
            panel.retry_button.setProperty("kind", "main")
            panel.retry_button.setIcon(icon("arrow-right", "on_fill"))
            panel.retry_button.setFocus()
        self._failure.addWidget(panel)
        self._scroll.verticalScrollBar().setValue(0)
        if not self.isVisible():
            self.context.notify(
                Notice(error.message, Meaning.DOWN, self.tr("Show"), partial(self.context.navigate, "enrol", ""))
            )

    # Small things

    def _suggest(self) -> None:
        """Site and user as the last time."""

        def suggest(last: LastUsed) -> None:
            self.where.suggest_site(last.site)
            self.login.suggest_user(last.user)
            self.login.profiles.suggest(last.profile)

        self.context.tasks.start(
            lambda _report, _token: last_used(self.context.services.inventory),
            title=self.tr("Read what was used last"),
            owner=self,
            on_success=suggest,
            on_failure=lambda error: self.footer.refuse(error.message),
            pool="polling",
        )

    def _use_offer(self, offer: Offer) -> None:
        self.login.use(offer)

    def _read_key(self, address: str, port: int) -> HostKey:
        """On a worker: by the same way as everything after it."""
        if hops := self.session.hops:
            return self.context.services.enrolment.host_key_at(address, port, hops, CancelToken())
        return self._read_host_key(address, port)

    def _verify_hops(self, wanted: Sequence[WantedHop], token: CancelToken) -> tuple[Hop, ...]:
        return self.context.services.enrolment.verify_hops(wanted, token=token)

    def _forget_secrets(self) -> None:
        self.session.login = None
        self.session.hops = self.session.wanted_hops = ()
        self.login.clear_secrets()
        if self.at in (At.PLAN, At.ENROL):
            self.show_step(At.LOGIN)

    def _show_buttons(self, *, failed: bool = False) -> None:
        running, at_work = self._is_running, self.at is At.ENROL
        self.footer.setVisible(self.at is not At.DONE)
        if not at_work and self.at is not At.DONE:
            self.footer.next.setText(self._step().action)
        self.footer.next.setVisible(not at_work and not failed)
        self.footer.back.setVisible(self.at > At.WHERE and not running)
        self.footer.retry.setVisible(failed or (at_work and not running))
        self.footer.cancel.setVisible(running)
        self.footer.cancel.setEnabled(not (running and self.enrolling.is_cancelling))

    def _stop_values(self) -> None:
        if At.DONE in self._made:
            self.done.stop()

    def _clear_failure(self) -> None:
        while (item := self._failure.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
