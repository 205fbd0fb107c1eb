"""What a scan found as a list: it is read again, and no key in it has been compared by anybody."""

from app.models.device_list import Field, Verdict
from app.models.discovery import FoundExporter, Hit
from app.models.endpoint import HostKey
from app.services.discovery import hits_as_csv, hits_as_rows
from app.services.lists import preview_of, read_list
from tests.unit.services.discovery.test_judging import ONE, TWO


def hit(address: str, key: HostKey | None = ONE, *, port: int = 22, name: str = "", banner: str = "SSH-2.0-x") -> Hit:
    return Hit(address, port, banner, key, name=name)


def test_a_list_is_read_again_with_the_keys_seen_and_none_expected() -> None:
    text = hits_as_csv([hit("10.20.0.7", name="wtg-07.thanet.example"), hit("fd00::7", TWO, port=2222)])
    rows = [row for row in preview_of(read_list(text)).rows if row.verdict is not Verdict.SKIPPED]
    assert [row.verdict for row in rows] == [Verdict.GOOD, Verdict.GOOD]
    first, second = (row.device for row in rows)
    assert first is not None
    assert second is not None
    assert (first.draft.name, first.draft.address, first.draft.port) == ("wtg-07", "10.20.0.7", 22)
    assert (second.draft.name, second.draft.address, second.draft.port) == ("fd00--7", "fd00::7", 2222)
    assert (first.seen_key, second.seen_key) == (ONE, TWO)
    assert (first.expected_key, second.expected_key) == (None, None)
    assert all(row.values.get(Field.HOST_KEY, "") == "" for row in rows)


def test_without_its_other_columns_a_seen_key_is_still_not_an_expected_one() -> None:
    text = f"address,seen_key\n10.20.0.7,{ONE}\n10.20.0.8,{TWO}\n"
    preview = preview_of(read_list(text))
    assert [column.meaning.field for column in preview.columns] == [Field.ADDRESS, Field.SEEN_KEY]
    assert preview.with_column(1, None).with_names("wtg-{n}").good[0].device is not None
    assert all(row.device and row.device.expected_key is None for row in preview.with_names("wtg-{n}").good)


def test_a_damaged_seen_key_makes_the_row_bad() -> None:
    (row,) = preview_of(read_list("name,address,seen_key\na,10.20.0.7,ssh-ed25519 AAAA\n")).rows[-1:]
    assert row.verdict is Verdict.BAD
    assert row.problems[0].field is Field.SEEN_KEY
    assert "as a scan writes it" in row.reason


def test_names_are_valid_and_each_once() -> None:
    hits = [
        hit("10.20.0.1", name="plc.example"),
        hit("10.20.0.2", name="plc.example"),
        hit("10.20.0.3", name="plc.example"),
        hit("10.20.0.4", name="=cmd|' /C calc'!A0"),
        hit("10.20.0.4", port=2222),
        hit("2001:db8::"),
    ]
    rows = hits_as_rows(hits)
    names = [row[Field.NAME] for row in rows]
    assert names == ["plc", "plc.example", "10.20.0.3", "10.20.0.4", "10.20.0.4-2222", "2001-db8"]
    preview = preview_of(read_list(hits_as_csv(hits)))
    assert [row.verdict for row in preview.rows if row.verdict is not Verdict.SKIPPED] == [Verdict.GOOD] * 6


def test_what_cannot_be_enrolled_is_not_listed() -> None:
    hits = [hit("10.20.0.1", None), Hit("10.20.0.2", 0, exporters=(FoundExporter(9100),))]
    assert hits_as_rows(hits) == []
