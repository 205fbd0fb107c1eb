"""Bytes, text or a file to a table: which form it has is found out from what is in it, hardly ever from its name."""

from collections.abc import Sequence
from pathlib import Path

from app.errors import InputError
from app.models.device_list import Form, Table
from app.services.lists.ansible_ini import is_ansible_ini, read_ansible_ini
from app.services.lists.ansible_yaml import is_ansible_yaml, read_ansible_yaml
from app.services.lists.decoding import decoded
from app.services.lists.delimited import NAMES, delimiter_of, records
from app.services.lists.failures import MOST_BYTES, MOST_ROWS, ListError, too_large, too_many_rows
from app.services.lists.plain import is_plain, plain_lines
from app.services.lists.scrubbing import holds_private_key
from app.services.lists.ssh_files import is_known_hosts, is_ssh_config, read_known_hosts_list, read_ssh_config
from app.services.lists.structured import structured
from app.services.lists.tables import table_of

_LONGEST_LINE = 100_000
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheet programs begin, of whichever kind."""


def read_file(path: Path, *, sheet: str = "") -> Table:
    """The list in a file. Raises InputError("file") when it cannot be read, ListError when it is no list."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large()
        content = path.read_bytes()
    except OSError as error:
        raise InputError("file", f"{path} cannot be read: {error.strerror}.") from error
    return read_list(content, sheet=sheet)


def read_list(source: bytes | str, *, sheet: str = "") -> Table:
    """The list in `source`: the content of a file, or text that was pasted. `sheet` chooses one of a spreadsheet's.

    Raises ListError for what cannot be read as a whole; what is wrong with single rows is told by the preview.
    """
    if isinstance(source, bytes):
        if source.startswith(_SPREADSHEETS):
            # openpyxl, which only this needs, takes its time.
            from app.services.lists.spreadsheet import read_spreadsheet  # noqa: PLC0415

            return read_spreadsheet(source, sheet=sheet)
        text, encoding = decoded(source)
    else:
        text, encoding = decoded(source.encode("utf-8", errors="replace"))[0], "pasted text"
    if holds_private_key(text):
        raise ListError("it holds a private key. Nothing of it was kept.", "Paste the list of devices.")
    # Not splitlines(): it breaks at letters that may stand within a cell, too.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    if len(lines) > 4 * MOST_ROWS:
        raise too_many_rows()
    if any(len(line) > _LONGEST_LINE for line in lines):
        raise ListError(
            f"it has a line of more than {_LONGEST_LINE:,} letters.", "Put each device on a line of its own."
        )
    if not any(line.strip() for line in lines):
        raise ListError("it is empty.")
    return _read(text, lines, encoding)


def _read(text: str, lines: Sequence[str], encoding: str) -> Table:
    if is_known_hosts(lines):
        return read_known_hosts_list(lines, encoding)
    if is_ansible_yaml(lines):
        return read_ansible_yaml(text, encoding)
    if is_ansible_ini(lines):
        return read_ansible_ini(lines, encoding)
    if is_ssh_config(lines):
        return read_ssh_config(lines, encoding)
    delimiter = "" if is_plain(lines) else delimiter_of(lines)
    if delimiter:
        written_as = f"{encoding}, {NAMES.get(delimiter, f'“{delimiter}”')} between cells"
        return table_of(Form.TABLE, records(lines, delimiter), written_as=written_as)
    single = table_of(Form.TABLE, records(lines, ""), written_as=encoding)
    # One column under a header is a table; without a header it is a plain list.
    return single if single.header else structured(Form.PLAIN, plain_lines(lines), written_as=encoding)
