"""What is in lists on its way through the product: strings of every kind of injection stay data, all the way to each output."""

import csv
import io
import json
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest

from app.cli.output import print_table
from app.models.activity import Result
from app.models.device_list import Field
from app.models.endpoint import Endpoint
from app.paths import DataPaths
from app.services.audit import AuditService, report_html
from app.services.audit.export import csv_text
from app.services.inventory import Inventory
from app.services.metrics.queries import quoted
from app.services.metrics.targets import target_groups
from app.services.stack.targets import render_targets
from app.settings import Settings
from tests import corpus

_LIST = "injection-in-sites.csv"
_SITES = {row.values[Field.SITE] for row in corpus.preview(_LIST).good}


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inventory]:
    """One with the good rows of the list in it, each written down in the activity log. No test changes it."""
    with Inventory.open(DataPaths.locate(tmp_path_factory.mktemp("data"))) as inventory:
        for row in corpus.preview(_LIST).good:
            assert row.device is not None
            endpoint = inventory.add(row.device.draft)
            inventory.log("enrol", endpoint.name, Result.DONE, endpoint.site)
        yield inventory


@pytest.fixture
def endpoints(inventory: Inventory) -> list[Endpoint]:
    return inventory.endpoints()


def test_the_inventory_gives_back_what_was_in_the_list(endpoints: list[Endpoint]) -> None:
    assert len(_SITES) == 29
    assert {endpoint.site for endpoint in endpoints} == _SITES
    assert {endpoint.notes for endpoint in endpoints} == _SITES


def test_targets_are_json_and_their_labels_are_data(endpoints: list[Endpoint]) -> None:
    groups = json.loads(render_targets(target_groups(endpoints)))
    assert {group["labels"]["site"] for group in groups} == _SITES
    assert {tuple(group["labels"]) for group in groups} == {("instance", "site")}


def test_a_string_of_promql_ends_where_it_ends() -> None:
    for site in _SITES:
        # PromQL's escapes of these are those of JSON.
        assert json.loads(quoted(site)) == site


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def test_a_report_shows_them_as_text(inventory: Inventory) -> None:
    text = report_html(AuditService(inventory, Settings).recorded())
    markup = _Markup()
    markup.feed(text)
    assert not markup.tags & {"script", "img", "a", "link"}
    for site in _SITES:
        assert f"<td>{site}</td>" in unescape(text)


def test_a_terminal_shows_them_as_text(endpoints: list[Endpoint], capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "site"), ((endpoint.name, endpoint.site) for endpoint in endpoints), prose=("site",))
    shown = capsys.readouterr().out.splitlines()[1:]
    assert {line.split(maxsplit=1)[1].strip() for line in shown} == _SITES


def test_the_exported_log_has_no_formula(inventory: Inventory) -> None:
    cells = [cell for row in csv.reader(io.StringIO(csv_text(inventory.activities()))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
