"""A stand-in for Grafana in Plantwatch's test lab: the documented HTTP API that Plantwatch uses, and nothing more."""
