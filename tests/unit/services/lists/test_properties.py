"""What holds for any list at all."""

import string

from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import AppError
from app.models.device_list import Field, Verdict
from app.services.lists import Preview, preview_of, read_list
from app.services.lists.addresses import expanded
from app.services.lists.escaping import escaped, unescaped
from app.services.lists.patterns import Numbering
from tests.unit.services.lists.given import few, many

_WORDS = [
    "name",
    "address",
    "Passwort",
    "10.20.0.11",
    "10.20.0.0/28",
    "10.20.0.1-9",
    "!10.20.0.1",
    "wtg-01",
    "root@h:22",
    "2001:db8::1",
]
_BETWEEN = [",", ";", "\t", "|", "  ", " ", '"', "'", "\n", "\r\n", "#"]
_FORMS = [
    "[g]",
    "[g:children]",
    "ansible_host=",
    "all:\n  hosts:\n    ",
    "Host ",
    "  User x",
    "SHA256:",
    "ssh-ed25519 AAAA",
    "|1|",
]
_ODD = [
    "%eth0",
    "{n:03}",
    "{site}",
    "[01:09]",
    "=1+1",
    "\u202e",
    "\ufeff",
    "é",
    "🌬",
    "\x00",
    "Total",
    "---",
    "PRIVATE KEY-----",
]
_PIECES = st.sampled_from([*_WORDS, *_BETWEEN, *_FORMS, *_ODD])
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=40).map("".join)
_BYTES = st.one_of(
    st.binary(max_size=300),
    _TEXTS.map(lambda text: text.encode("utf-8", errors="replace")),
    _TEXTS.map(lambda text: text.encode("utf-16-le", errors="replace")),
    st.binary(max_size=200).map(b"PK\x03\x04".__add__),
)
_SIGNS = st.text(alphabet=st.sampled_from("'=+-@\t\r\n;,|＝＋a \""), max_size=12)  # noqa: RUF001 - wide signs on purpose


def preview_or_none(source: bytes | str) -> Preview | None:
    try:
        return preview_of(read_list(source))
    except AppError:
        return None


@few
@given(_BYTES)
@example(b'"' * 500)
@example(b"\xff\xfe" + b"\x00\xd8" * 50)
@example(b"[" * 500)
@example(b"- " * 300 + b"hosts:")
@example(b"10.0.0.0/1\n" * 50)
def test_any_bytes_end_in_a_preview_or_a_refusal(content: bytes) -> None:
    preview = preview_or_none(content)
    if preview is not None:
        for row in preview.rows:
            assert (row.verdict is Verdict.GOOD) == (not row.problems)
            assert (row.device is None) == (row.verdict in (Verdict.BAD, Verdict.SKIPPED))


@few
@given(_TEXTS)
def test_every_row_of_any_text_is_accounted_for_once(text: str) -> None:
    preview = preview_or_none(text)
    if preview is None:
        return
    numbers = [line.number for line in preview.table.lines]
    assert numbers == sorted(numbers)
    assert {row.id.line for row in preview.rows} == set(numbers)
    assert len({row.id for row in preview.rows}) == len(preview.rows)
    if '"' not in text and not preview.table.form.startswith("Ansible inventory (YAML)"):
        lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").count("\n") + 1
        assert set(numbers) == set(range(1, lines + 1))


@few
@given(
    st.lists(
        st.sampled_from(["wtg-01", "", "10.20.0.11", "10.20.0.1-3", "x y", "22", "Thanet", "{n}", "-"]),
        min_size=4,
        max_size=24,
    ),
    _TEXTS,
)
def test_a_correction_is_the_same_as_having_written_it_so(cells: list[str], value: str) -> None:
    """In place or anew, the verdicts are the same: nothing of the state before stays."""
    rows = [cells[at : at + 4] for at in range(0, len(cells) - 3, 4)]
    preview = preview_of(read_list("name\taddress\tport\tsite\n" + "\n".join("\t".join(row) for row in rows)))
    bad = [row for row in preview.rows if row.verdict is not Verdict.SKIPPED]
    if not bad:
        return
    mended = preview.with_cell(bad[0].id, Field.SITE, value)
    again = preview_of(preview.table)
    for row, fields in mended.corrections.items():
        for field, text in fields.items():
            again = again.with_cell(row, field, text)
    assert mended.rows == again.rows == again.with_names("").rows


@many
@given(st.one_of(_SIGNS, st.text(max_size=30)))
def test_escaping_is_undone_and_leaves_nothing_to_run(text: str) -> None:
    inert = escaped(text)
    assert unescaped(inert) == text
    # Cut wherever a spreadsheet of any language may cut.
    for cut in (",", ";", "\t", "|", "\n", "\r"):
        assert not any(piece.startswith(("=", "+", "-", "@")) for piece in inert.split(cut))


@few
@given(st.text(max_size=40), st.text(max_size=40))
def test_patterns_never_format(pattern: str, site: str) -> None:
    values = {Field.SITE: site, Field.ADDRESS: "10.20.0.11"}
    try:
        name = Numbering().name(pattern, values)
    except AppError:
        return
    assert len(name) <= len(pattern) + pattern.count("{") * (len(site) + 20)


@few
@given(st.text(alphabet=string.hexdigits + ".:/-!, [x]%", max_size=40))
def test_ranges_are_bounded_and_within_what_was_asked(cell: str) -> None:
    try:
        found = expanded(cell, most=300)
    except AppError:
        return
    assert found is None or (0 < len(found) <= 300 and len(set(found)) == len(found))
