"""Reading, checking and writing the settings."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import InputError
from app.models.stack import DockerHost, StackOptions
from app.paths import DataPaths
from app.settings import DEFAULT_KIT_URL, DEFAULT_KIT_VERSION, Settings, load, save
from tests.unit.conditions import ExpectedLog

CANARY = "c4nary"

EVERYTHING = Settings(
    docker_host=DockerHost(url="ssh://ada@stack.example:2222"),
    stack=StackOptions(project="north", publish_address="0.0.0.0", grafana_port=3001, retention_days=400),
    kit_url="http://mirror.example/kit",
    kit_version="1.9.0-rc.1",
    database_url="postgresql://ada@db.example/inventory?sslmode=verify-full",
    language="pt_BR",
    theme="dark",
)


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths(tmp_path)


def written(paths: DataPaths, text: str) -> DataPaths:
    paths.settings.write_text(text, encoding="utf-8")
    return paths


def test_without_a_file_there_are_defaults(paths: DataPaths) -> None:
    assert load(paths, {}) == Settings()
    assert (Settings().kit_url, Settings().kit_version) == (DEFAULT_KIT_URL, DEFAULT_KIT_VERSION)
    assert not paths.settings.exists()


def test_what_was_saved_is_loaded(paths: DataPaths) -> None:
    save(paths, EVERYTHING, {})
    assert load(paths, {}) == EVERYTHING
    assert [file.name for file in paths.root.iterdir()] == ["settings.toml"]


def test_a_file_may_be_written_by_hand(paths: DataPaths) -> None:
    settings = load(written(paths, '# mine\ntheme = "light"\n[stack]\ngrafana_port = 3333\n'), {})
    assert settings == replace(Settings(), theme="light", stack=StackOptions(grafana_port=3333))


def test_an_unknown_key_is_a_warning_and_stays(paths: DataPaths, expect_log: ExpectedLog) -> None:
    expect_log("unknown key stack.colour")
    expect_log("unknown key novelty")
    assert load(written(paths, 'novelty = 1\n[stack]\ncolour = "red"\n'), {}) == Settings()
    save(paths, EVERYTHING, {})
    assert tomllib.loads(paths.settings.read_text(encoding="utf-8"))["stack"]["colour"] == "red"
    assert load(paths, {}) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "key", "value", "allowed"),
    [
        ('theme = "pink"', "theme", "'pink'", "'dark'"),
        ("theme = 1", "theme", "1", "'system'"),
        ('language = "german"', "language", "'german'", "'de'"),
        ("[stack]\ngrafana_port = 70000", "stack.grafana_port", "70000", "1 to 65535"),
        ("[stack]\ngrafana_port = true", "stack.grafana_port", "True", "1 to 65535"),
        ('[stack]\nprometheus_port = "9090"', "stack.prometheus_port", "'9090'", "whole number"),
        ("[stack]\nscrape_interval_seconds = 0", "stack.scrape_interval_seconds", "0", "1 to 3600"),
        ("[stack]\nretention_days = 1.5", "stack.retention_days", "1.5", "whole number"),
        ('[stack]\nproject = "No Blanks"', "stack.project", "'No Blanks'", "lower-case"),
        ('[stack]\npublish_address = "here:80"', "stack.publish_address", "'here:80'", "IP address"),
        ("[stack]\npublish_address = 1", "stack.publish_address", "1", "IP address"),
        ('stack = "north"', "stack", "'north'", "[stack]"),
        ('[docker]\nurl = "ftp://host"', "docker.url", "'ftp://host'", "ssh://"),
        ('[docker]\ncontext = "a\\nb"', "docker.context", "'a\\nb'", "printable"),
        ('[kit]\nurl = ""', "kit.url", "''", "https://"),
        ('[kit]\nurl = "https://[oops"', "kit.url", "well-formed", "https://"),
        ('[kit]\nversion = "latest"', "kit.version", "'latest'", "'1.12.1'"),
        ('[database]\nurl = "mysql://server/name"', "database.url", "'mysql://server/name'", "postgresql://"),
        ("[database]\nurl = 5", "database.url", "5", "postgresql://"),
    ],
)
def test_a_bad_value_names_key_value_and_what_is_allowed(
    paths: DataPaths, text: str, key: str, value: str, allowed: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(written(paths, text), {})
    assert caught.value.field == key
    assert key in caught.value.message
    assert value in caught.value.message
    assert allowed in caught.value.message


def test_what_is_not_toml_is_told(paths: DataPaths) -> None:
    with pytest.raises(InputError, match=r"settings\.toml is not a TOML file .*line 1"):
        load(written(paths, "theme: dark"), {})
    paths.settings.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not a TOML file"):
        load(paths, {})


@pytest.mark.parametrize(
    "text",
    [
        f'[database]\nurl = "postgresql://ada:{CANARY}@server/name"',
        f'[database]\nurl = "postgresql://server/name?user=ada&password={CANARY}"',
        f'[docker]\nurl = "ssh://ada:{CANARY}@server"',
        f'[kit]\nurl = "https://ada:{CANARY}@mirror.example/"',
        f'[kit]\nurl = "https://ada:{CANARY}@[mirror.example/"',
    ],
)
def test_a_password_is_refused_and_not_repeated(paths: DataPaths, text: str) -> None:
    with pytest.raises(InputError) as caught:
        load(written(paths, text), {})
    assert CANARY not in f"{caught.value} {caught.value.advice} {caught.value.details}"


def test_settings_made_in_the_window_are_checked_too() -> None:
    with pytest.raises(InputError) as caught:
        Settings(stack=StackOptions(grafana_port=0))
    assert caught.value.field == "stack.grafana_port"


ENVIRONMENT = {
    "PLANTWATCH_KIT_URL": "http://lab.example/kit",
    "PLANTWATCH_KIT_VERSION": "1.5.0",
    "DOCKER_HOST": "unix:///run/lab.sock",
}


class TestEnvironment:
    def test_it_fills_in(self, paths: DataPaths) -> None:
        settings = load(paths, ENVIRONMENT)
        assert settings.docker_host == DockerHost(url="unix:///run/lab.sock")
        assert (settings.kit_url, settings.kit_version) == ("http://lab.example/kit", "1.5.0")

    def test_a_chosen_docker_host_wins_over_it(self, paths: DataPaths) -> None:
        save(paths, EVERYTHING, {})
        settings = load(paths, ENVIRONMENT)
        assert settings.docker_host == EVERYTHING.docker_host
        assert settings.kit_url == "http://lab.example/kit"

    def test_what_only_it_says_is_not_saved(self, paths: DataPaths) -> None:
        save(paths, replace(load(paths, ENVIRONMENT), theme="dark"), ENVIRONMENT)
        assert load(paths, {}) == Settings(theme="dark")

    def test_a_choice_made_in_spite_of_it_is_saved(self, paths: DataPaths) -> None:
        chosen = replace(load(paths, ENVIRONMENT), kit_url="http://mirror.example/kit")
        save(paths, chosen, ENVIRONMENT)
        assert load(paths, {}).kit_url == "http://mirror.example/kit"

    def test_a_bad_value_in_it_is_told(self, paths: DataPaths) -> None:
        with pytest.raises(InputError, match=r"docker\.url"):
            load(paths, {"DOCKER_HOST": "nonsense"})
