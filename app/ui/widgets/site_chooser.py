"""One site of those that there are, chosen from a list."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QWidget


class SiteChooser(QComboBox):
    """Shows what the filter asks of the site, and says what is chosen."""

    chosen = Signal(object)
    """A site's name ("": without one); None: all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Site"))
        self.addItem(self.tr("All sites"), None)
        self.currentIndexChanged.connect(lambda _index: self.chosen.emit(self.currentData()))

    def offer(self, sites: Sequence[str]) -> None:
        """Have these to choose from; what is shown stays."""
        if list(sites) == [self.itemData(index) for index in range(1, self.count())]:
            return
        shown = self.currentData()
        with QSignalBlocker(self):
            while self.count() > 1:
                self.removeItem(1)
            for site in sites:
                self._add(site)
        self.show_site(shown)

    def show_site(self, site: str | None) -> None:
        """Show `site`, in whatever case it is written, without a word of `chosen`."""
        with QSignalBlocker(self):
            found = self._index_of(site)
            if found < 0 and site is not None:
                self._add(site)
                found = self.count() - 1
            self.setCurrentIndex(found)

    def _index_of(self, site: str | None) -> int:
        if site is None:
            return 0
        wanted = site.casefold()
        return next((at for at in range(1, self.count()) if str(self.itemData(at)).casefold() == wanted), -1)

    def _add(self, site: str) -> None:
        self.addItem(site or self.tr("Without a site"), site)
