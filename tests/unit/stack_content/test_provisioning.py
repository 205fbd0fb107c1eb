"""What Grafana is told at its start: one data source, one folder of dashboards."""

from pathlib import Path
from typing import Any

import yaml

PROVISIONING = Path(__file__).parents[3] / "stack" / "grafana" / "provisioning"


def read(*parts: str) -> Any:
    return yaml.safe_load(PROVISIONING.joinpath(*parts).read_text(encoding="utf-8"))


def test_the_data_source_is_the_stacks_own_prometheus() -> None:
    (source,) = read("datasources", "plantwatch.yaml")["datasources"]
    assert source["uid"] == "plantwatch-prometheus"
    assert source["type"] == "prometheus"
    assert source["url"] == "http://prometheus:9090"
    assert source["isDefault"] is True
    assert source["editable"] is False
    assert source["jsonData"] == {"httpMethod": "POST", "timeInterval": "15s"}


def test_the_password_is_read_from_a_file() -> None:
    (source,) = read("datasources", "plantwatch.yaml")["datasources"]
    assert (source["basicAuth"], source["basicAuthUser"]) == (True, "plantwatch")
    assert source["secureJsonData"] == {"basicAuthPassword": "$__file{/etc/grafana/secrets/prometheus-password}"}


def test_the_dashboards_come_from_the_shipped_folder_only() -> None:
    (provider,) = read("dashboards", "plantwatch.yaml")["providers"]
    assert provider["folder"] == "Plantwatch"
    assert provider["type"] == "file"
    assert provider["options"] == {"path": "/etc/grafana/dashboards"}
    assert provider["allowUiUpdates"] is False
