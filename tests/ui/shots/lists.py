"""Many devices at once, in each state of the page."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest

from app.errors import StackError
from app.models.device_list import Field
from app.ui.list_words import RowKind
from app.ui.pages.lists import ListPage
from app.ui.pages.lists.history import Source
from app.ui.pages.lists.start import StartDialog
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import OperatorServices
from tests.ui.scenes import deployed, made, page_of, working
from tests.ui.screens import Shot, Stage

KEY = "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDXEmpwtCmfZBZxD3Y"


def site(count: int) -> str:
    """A list as people have them, with what goes wrong in such lists."""
    head = "WTG;IP;Park;Passwort;Fingerprint;Bemerkung\n"
    rows = [
        f"wtg-{n:02};10.20.0.{10 + n};Thanet;x;{KEY if n % 3 else ''};{'Umrichter getauscht' if n % 7 == 0 else ''}"
        for n in range(1, count + 1)
    ]
    rows[2] = "wtg 03!;10.20.0.13;Thanet;x;;"
    rows[6] = f"wtg-07;10.20.0.317;Thanet;x;{KEY};<b>see & ask</b>"
    rows[9] = f"wtg-10;10.20.0.12;Thanet;x;{KEY};"
    return head + "\n".join(rows) + "\nSumme;59;;;;\n"


def page_on(stage: Stage) -> ListPage:
    return page_of(stage, "lists", ListPage)


def read(stage: Stage, text: str) -> ListPage:
    page = page_on(stage)
    page.open_text(text)
    settle(stage, page)
    return page


def settle(stage: Stage, page: ListPage) -> None:
    stage.wait_until(lambda: page.view.state is ViewState.CONTENT and not page.editor.is_busy)


def empty(stage: Stage) -> None:
    page_on(stage)


def ranged(stage: Stage) -> None:
    form = page_on(stage).intake.range
    form.addresses.setText("10.20.0.11-59, 10.21.0.0/26 !10.21.0.1")
    form.site.setText("thanet")
    form.names.setText("{site}-wtg-{n:03}")
    stage.wait_until(lambda: bool(form.told.text()))


def preview(stage: Stage) -> None:
    page = read(stage, site(59))
    page.go_to_next()
    page.go_to_next()


def only_bad(stage: Stage) -> None:
    page = read(stage, site(59))
    page.bench.notes.hold()
    page.editor.show_kinds((RowKind.BAD, RowKind.DUPLICATE))
    settle(stage, page)
    page.go_to_next()


def defaults(stage: Stage) -> None:
    page = read(stage, "10.20.0.11\n10.20.0.12\nadmin@10.20.0.13:2222\n10.20.0.14, spare\n")
    page.bench.defaults_fold.set_open(True)
    page.editor.correct(lambda known: known.with_default(Field.SITE, "Thanet"))
    page.editor.correct(lambda known: known.with_names("{site}-wtg-{n:03}"))
    settle(stage, page)


def begun(stage: Stage) -> None:
    page = read(stage, site(59))
    page.bench.notes.hold()
    rows = [row.id for row in page.editor.work.now.preview.good] if page.editor.work else []
    page.editor.take_begun(rows, 12)
    settle(stage, page)


def not_read(stage: Stage) -> None:
    page = page_on(stage)
    page.open_source(Source(path=Path("/media/stick/thanet.xlsx")))
    stage.wait_until(lambda: page.intake.error is not None)


def loading(stage: Stage) -> None:
    page = page_on(stage)
    page.view.start_over()
    page.view.show_loading()
    # The skeleton waits 200 ms, lest it flash.
    QTest.qWait(300)


def start(*, with_profile: bool) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        page = read(stage, site(59))
        page.ask_to_start()
        (dialog,) = page.findChildren(StartDialog)
        stage.wait_until(lambda: "Looking" not in dialog.stack.text() and dialog.facts.count() > 2)
        if with_profile:
            stage.wait_until(lambda: bool(dialog.profiles.profiles))
            dialog.profiles.choice.setCurrentIndex(1)

    return scene


def one_login(services: OperatorServices) -> None:
    deployed(services)
    services.credentials.hold(1, "Thanet turbines")


def no_login(_services: OperatorServices) -> None:
    pass


def stack_away(services: OperatorServices) -> None:
    services.stack.error = StackError(reason="The stack has no prometheus yet.", what_to_do="Deploy the stack first.")


SHOTS = [
    Shot("lists-empty", working(no_login), empty),
    Shot("lists-range", working(no_login), ranged),
    Shot("lists", working(one_login), preview),
    Shot("lists-bad", working(one_login), only_bad),
    Shot("lists-defaults", working(one_login), defaults),
    Shot("lists-begun", working(one_login), begun),
    Shot("lists-error", working(no_login), not_read),
    Shot("lists-loading", working(no_login), loading),
    Shot("lists-start", working(no_login), start(with_profile=False)),
    Shot("lists-start-profile", made(one_login), start(with_profile=True)),
    Shot("lists-start-no-stack", made(stack_away), start(with_profile=False)),
]
