"""How hypothesis is to look for examples here: the same ones on every run, few enough for every run, none kept on disk."""

from hypothesis import HealthCheck, settings

few = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
many = settings(few, max_examples=120)
