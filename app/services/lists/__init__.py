"""Lists of devices in and out: read whatever people have, show what would become of it, write the fleet in the same form.

`read_list` or `read_file` give a `Table`, `preview_of` a `Preview` of it that is corrected step by step; its `good` rows are ready to be
enrolled. Nothing here writes to the inventory or contacts anything.
"""

from app.services.lists.exporting import endpoint_rows, rows_as_csv, rows_as_xlsx, write_rows
from app.services.lists.failures import ListError
from app.services.lists.preview import DEFAULTS, Preview, preview_of
from app.services.lists.reading import read_file, read_list

__all__ = [
    "DEFAULTS",
    "ListError",
    "Preview",
    "endpoint_rows",
    "preview_of",
    "read_file",
    "read_list",
    "rows_as_csv",
    "rows_as_xlsx",
    "write_rows",
]
