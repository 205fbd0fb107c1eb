"""Charts of numbers over time, on pyqtgraph: loaded at the first visit of a page that draws them."""
