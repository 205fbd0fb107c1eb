"""Correcting a list by hand: columns, cells, defaults, names; rows are judged anew in place."""

import pytest

from app.errors import InputError
from app.models.device_list import Confidence, Field, Form, RowId, Verdict
from app.services.lists import ListError, Preview, preview_of, read_list
from tests import corpus

LIST = """\
Site,Name,IP,Spare,Password
Thanet,wtg-01,10.20.0.11,10.7.0.11,hunter2
Thanet,wtg 02!,10.20.0.12,10.7.0.12,hunter2
Thanet,wtg-03,10.20.0.11,10.7.0.13,hunter2
"""


def preview(text: str = LIST) -> Preview:
    return preview_of(read_list(text), [corpus.known()])


def verdicts(of: Preview) -> list[str]:
    return [row.verdict.value for row in of.rows]


def test_a_mended_cell_is_judged_anew_and_the_preview_before_is_as_it_was() -> None:
    before = preview()
    assert verdicts(before) == ["skipped", "good", "bad", "duplicate"]
    after = before.with_cell(RowId(3), Field.NAME, "wtg-02").with_cell(RowId(4), Field.ADDRESS, "10.20.0.13")
    assert verdicts(after) == ["skipped", "good", "good", "good"]
    assert verdicts(before) == ["skipped", "good", "bad", "duplicate"]
    assert [row.device.draft.name for row in after.good if row.device] == ["wtg-01", "wtg-02", "wtg-03"]
    worse = after.with_cell(RowId(2), Field.ADDRESS, "10.20.0.13")
    assert verdicts(worse) == ["skipped", "good", "good", "duplicate"]
    assert worse.row(RowId(4)).twin == "2"


def test_rows_that_are_not_touched_stay_the_same_objects() -> None:
    before = preview()
    after = before.with_cell(RowId(3), Field.NAME, "wtg-02")
    assert [old is new for old, new in zip(before.judged, after.judged, strict=True)] == [True, True, False, True]


def test_columns_can_be_given_another_meaning() -> None:
    given = preview().with_column(3, Field.ADDRESS)
    assert [column.meaning.field for column in given.columns] == [Field.SITE, Field.NAME, None, Field.ADDRESS, None]
    assert given.columns[3].meaning.confidence is Confidence.GIVEN
    assert given.good[0].values[Field.ADDRESS] == "10.7.0.11"
    assert verdicts(given.with_column(3, None))[1] == "bad"
    scraped = preview().with_column(3, Field.SCRAPE_ADDRESS)
    assert scraped.good[0].device is not None
    assert scraped.good[0].device.draft.scrape_address == "10.7.0.11"
    with pytest.raises(InputError, match="no column 9"):
        preview().with_column(8, Field.NAME)


def test_a_password_column_cannot_be_had_back() -> None:
    found = preview()
    assert found.columns[4].is_secret
    assert len([note for note in found.notes if "“Password”" in note]) == 1
    assert "hunter2" not in repr(found)
    with pytest.raises(InputError, match="dropped"):
        found.with_column(4, Field.NOTES)
    assert "hunter2" not in repr(found.with_header(0))
    assert found.with_header(0).columns[4].is_secret


def test_the_header_can_be_said_to_be_elsewhere() -> None:
    without = preview().with_header(0)
    assert without.row(RowId(1)).values[Field.NAME] == "Name"
    assert preview().with_header(2).row(RowId(2)).problems[0].reason == "The header."
    assert without.with_header(1).rows == preview().rows


def test_defaults_hold_where_a_row_says_nothing() -> None:
    found = preview("name,address,site,port\na,10.20.0.1,,\nb,10.20.0.2,Barrow,2222\n")
    given = found.with_default(Field.SITE, "Thanet").with_default(Field.PORT, "2022").with_default(Field.USER, "pi")
    told = [(row.device.draft.site, row.device.draft.port, row.device.user) for row in given.good if row.device]
    assert told == [("Thanet", 2022, "pi"), ("Barrow", 2222, "pi")]
    with pytest.raises(InputError, match="differs"):
        found.with_default(Field.ADDRESS, "10.20.0.9")


def test_names_by_pattern_are_counted_for_each_site() -> None:
    found = preview("site,address\nThanet,10.20.0.1-2\nBarrow,10.21.0.1\nThanet,10.20.0.9\n")
    assert [row.values[Field.NAME] for row in found.good] == ["10.20.0.1", "10.20.0.2", "10.21.0.1", "10.20.0.9"]
    named = found.with_names("{site}-wtg-{n:03}")
    assert [row.values[Field.NAME] for row in named.good] == [
        "Thanet-wtg-001",
        "Thanet-wtg-002",
        "Barrow-wtg-001",
        "Thanet-wtg-003",
    ]
    moved = named.with_cell(RowId(2, 1), Field.SITE, "Barrow")
    assert [row.values[Field.NAME] for row in moved.good] == [
        "Barrow-wtg-001",
        "Thanet-wtg-001",
        "Barrow-wtg-002",
        "Thanet-wtg-002",
    ]
    assert named.with_names("").rows == found.rows
    with pytest.raises(InputError, match="knows"):
        found.with_names("{site.__class__}")
    with pytest.raises(InputError, match="knows"):
        found.with_names("{n:>99999999}")


def test_patterns_that_are_typed_are_counted_together() -> None:
    found = preview("name,address\na,10.20.0.1\nb,10.20.0.2\n")
    for line in (2, 3):
        found = found.with_cell(RowId(line), Field.NAME, "wtg-{n}")
    assert [row.values[Field.NAME] for row in found.good] == ["wtg-1", "wtg-2"]


def test_a_corrected_address_may_be_a_range() -> None:
    found = preview("name,address\ngate,10.20.0.1\nwtg,oops!\n")
    several = found.with_cell(RowId(3), Field.ADDRESS, "10.20.0.11-13")
    assert [str(row.id) for row in several.rows] == ["1", "2", "3.1", "3.2", "3.3"]
    assert [row.values[Field.NAME] for row in several.good] == ["gate", "wtg-1", "wtg-2", "wtg-3"]
    one = several.with_cell(RowId(3, 2), Field.NAME, "second")
    assert [row.values[Field.NAME] for row in one.good] == ["gate", "wtg-1", "second", "wtg-3"]


def test_what_is_wrong_with_a_line_or_a_cell_is_mended_by_typing() -> None:
    found = preview("name,address,site\nwtg-01,10.20.0.11,Thanet,North\n")
    assert found.rows[1].reason.startswith("The row has 4 cells, the header 3")
    assert verdicts(found.with_cell(RowId(2), Field.SITE, "Thanet, North")) == ["skipped", "good"]
    hashed = preview(corpus.content("known_hosts").decode())
    row = next(row for row in hashed.rows if "hides its address" in row.reason)
    assert "not for 10.20.0.99" in hashed.with_cell(row.id, Field.ADDRESS, "10.20.0.99").row(row.id).reason
    mended = hashed.with_cell(row.id, Field.ADDRESS, "10.20.0.11").row(row.id)
    assert mended.verdict is Verdict.DUPLICATE


def test_rows_can_be_left_out_and_taken_in_again() -> None:
    left = preview().without([RowId(2)])
    assert verdicts(left) == ["skipped", "skipped", "bad", "good"]
    assert left.rows[1].reason == "Left out by hand."
    assert verdicts(left.with_again([RowId(2)])) == verdicts(preview())


def test_what_is_no_device_cannot_be_mended() -> None:
    with pytest.raises(InputError, match="no device"):
        preview().with_cell(RowId(1), Field.NAME, "x")
    with pytest.raises(InputError, match="no row 77"):
        preview().with_cell(RowId(77), Field.NAME, "x")


def test_the_inventory_may_change_meanwhile() -> None:
    found = preview("name,address\nknown-01,10.99.0.1\n")
    assert (verdicts(found)[1], found.rows[1].twin) == ("known", "known-01")
    assert verdicts(found.with_known([]))[1] == "good"


def test_all_problems_of_a_row_are_told_at_once() -> None:
    found = preview("name,address,port,site,tags,notes,jump host,user\n!,a/b,0,s\u202ex,no/tag,n\u202ex,nobody,-x\n")
    assert {problem.field for problem in found.rows[1].problems} == {
        *(Field.NAME, Field.ADDRESS, Field.PORT, Field.SITE, Field.TAGS, Field.NOTES, Field.JUMPS, Field.USER)
    }


def test_a_sheet_is_chosen() -> None:
    content = corpus.content("made-several-sheets.xlsx")
    table = read_list(content)
    assert (table.form, table.sheets, table.sheet) == (Form.SPREADSHEET, ("Sheet", "old", "2024"), "2024")
    assert preview_of(read_list(content, sheet="old")).good[0].values[Field.NAME] == "gone"
    with pytest.raises(ListError, match="no such sheet") as caught:
        read_list(content, sheet="2025")
    assert "2024" in caught.value.advice


def test_rows_that_come_out_the_same_are_the_same_objects() -> None:
    """So that a table of 50,000 rows shows what changed without comparing texts."""
    before = preview()
    assert len(before.rows) == 4
    after = before.with_cell(RowId(3), Field.NAME, "wtg-02")
    assert [old is new for old, new in zip(before.rows, after.rows, strict=True)] == [True, True, False, True]
    told = before.with_known([])
    assert [old is new for old, new in zip(before.rows, told.rows, strict=True)] == [True] * 4


def test_rows_in_a_run_are_left_out_for_good_and_still_count_beside_others() -> None:
    before = preview()
    after = before.with_begun({RowId(2): 7})
    assert verdicts(after) == ["skipped", "skipped", "bad", "duplicate"]
    assert after.row(RowId(2)).reason == "It is in run 7."
    assert after.good == ()
    with pytest.raises(InputError):
        after.with_cell(RowId(2), Field.NAME, "other")
    # Taking rows in again is for those that were left out by hand.
    assert verdicts(after.with_again([RowId(2)]))[1] == "skipped"
    assert after.with_header(1).apart.begun == {RowId(2): 7}
    # A row before it may not become the same device either.
    text = "name,ip\nwtg-01,nowhere at all\nwtg-02,10.20.0.12\n"
    mended = preview(text).with_begun({RowId(3): 7}).with_cell(RowId(2), Field.ADDRESS, "10.20.0.12")
    assert mended.row(RowId(2)).reason == "Address: Row 3 is at 10.20.0.12:22 already."
