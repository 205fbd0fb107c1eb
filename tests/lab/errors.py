"""What goes wrong in the lab, said so that a developer knows what to do."""


class LabError(Exception):
    """The lab cannot do what was asked; the text says why and what to do."""
