"""Work that is held up until a test lets it go on."""

import threading

from app.services.progress import CancelToken


class Gate:
    """Work stops here until the test opens it, or the operator cancels."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.reached = threading.Event()

    def open(self) -> None:
        self._open.set()

    def wait(self, token: CancelToken) -> None:
        self.reached.set()
        with token.on_cancel(self._open.set):
            assert self._open.wait(10), "nobody opened the gate"
        token.check()
