"""One action on many devices: as many at a time as does good, resumed where it was, failures by their cause."""
