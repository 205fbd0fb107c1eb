"""The log file: what the application itself has to say about faults, for whoever is asked to look into one."""

import logging
from logging.handlers import RotatingFileHandler

from app.paths import DataPaths

_BYTES = 1_000_000
_FORMER_FILES = 3
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def write_log(paths: DataPaths) -> logging.Handler:
    """From now on, keep warnings of every library and what the app notes in `paths.logs`/plantwatch.log, at most 4 MB in all.

    Returns the handler, for whoever wants to take it away again. A folder that cannot be written leaves the app without a log file: that is
    told by the services, which need the folder too.
    """
    try:
        paths.logs.mkdir(mode=0o700, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            paths.logs / "plantwatch.log", maxBytes=_BYTES, backupCount=_FORMER_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.setLevel(logging.INFO)
    # Libraries speak of connections and requests at lower levels: those lines would tell more than a log should keep.
    logging.getLogger().addHandler(handler)
    logging.getLogger("app").setLevel(logging.INFO)
    return handler
