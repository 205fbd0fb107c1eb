"""Reading the Compose file: the declared subset comes through, everything else is named."""

import pytest
import yaml

from app.errors import StackError
from app.models.stack import StackOptions
from app.paths import stack_file
from app.services.stack.compose import Definition, Port, ServiceDefinition, interpolate, read_compose
from app.services.stack.configuration import variables

SHIPPED = stack_file("compose.yaml").read_text("utf-8")


def read(text: str = SHIPPED, **chosen: str) -> Definition:
    return read_compose(text, {**variables(StackOptions()), **chosen})


def changed(path: list[str], value: object) -> str:
    """The shipped file with `value` put at `path`."""
    document = yaml.safe_load(SHIPPED)
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return yaml.safe_dump(document)


def test_the_shipped_file_is_read() -> None:
    definition = read()
    assert [service.name for service in definition.services] == ["alertmanager", "prometheus", "grafana"]
    assert list(definition.networks) == ["monitoring"]
    assert set(definition.volumes) == {mount.volume for service in definition.services for mount in service.mounts}


@pytest.mark.parametrize("service", read().services, ids=lambda service: service.name)
def test_every_service_is_confined(service: ServiceDefinition) -> None:
    assert service.user.split(":")[0] != "0"
    assert service.read_only
    assert service.cap_drop == ("ALL",)
    assert service.security_opt == ("no-new-privileges:true",)
    assert service.memory >= 256 << 20
    assert service.log_options["max-size"] == "10m"
    assert service.restart == "unless-stopped"
    assert "latest" not in service.image


def test_variables_are_filled_in_from_the_options() -> None:
    options = StackOptions(publish_address="192.0.2.7", prometheus_port=19090, retention_days=90)
    definition = read_compose(SHIPPED, variables(options))
    prometheus = next(service for service in definition.services if service.name == "prometheus")
    assert prometheus.ports == (Port("192.0.2.7", 19090, 9090),)
    assert "--storage.tsdb.retention.time=90d" in prometheus.command


def test_an_ipv6_address_is_published_without_brackets() -> None:
    definition = read_compose(SHIPPED, variables(StackOptions(publish_address="::1")))
    assert {port.address for service in definition.services for port in service.ports} == {"::1"}


def test_defaults_stand_in_for_missing_variables() -> None:
    assert read_compose(SHIPPED, {}) == read()


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["services", "grafana", "privileged"], True, "services.grafana"),
        (["services", "grafana", "image"], "grafana/grafana", "services.grafana.image"),
        (["services", "grafana", "mem_limit"], "lots", "services.grafana.mem_limit"),
        (["services", "grafana", "volumes"], ["/etc:/etc"], "services.grafana.volumes[0]"),
        (["services", "grafana", "volumes"], ["other:/x"], "services.grafana.volumes names other"),
        (["services", "grafana", "networks"], ["host"], "services.grafana.networks names host"),
        (["services", "grafana", "ports"], ["3000:3000"], "services.grafana.ports[0]"),
        (["services", "grafana", "restart"], "always", "services.grafana"),
        (["services", "grafana", "environment"], ["A=b"], "services.grafana"),
        (["services", "grafana", "command"], ["$HOME"], "services.grafana.command[0]"),
        (["services", "grafana", "command"], ["${UNKNOWN}"], "UNKNOWN"),
        (["volumes", "grafana-data", "driver"], "nfs", "volumes.grafana-data"),
        (["networks", "monitoring", "external"], True, "networks.monitoring"),
        (["secrets"], {}, "secrets"),
        (["services"], [], "services"),
    ],
)
def test_what_is_not_declared_is_refused_by_name(path: list[str], value: object, named: str) -> None:
    with pytest.raises(StackError) as caught:
        read(changed(path, value))
    assert named in caught.value.message


def test_something_that_is_not_yaml_is_refused() -> None:
    with pytest.raises(StackError, match="not YAML"):
        read("services: [")


@pytest.mark.parametrize(
    ("text", "result"),
    [("${A}-${B:-two}", "one-two"), ("${A:-x}", "one"), ("$$5", "$5"), ("plain", "plain"), ("${B:-}", "")],
)
def test_interpolation(text: str, result: str) -> None:
    assert interpolate(text, {"A": "one"}) == result


@pytest.mark.parametrize("text", ["$A", "${A", "${a}", "${A:?no}", "${B}"])
def test_other_uses_of_the_dollar_sign_are_refused(text: str) -> None:
    with pytest.raises(StackError):
        interpolate(text, {"A": "one"})
