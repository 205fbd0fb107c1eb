"""~/.ssh/config as OpenSSH reads it, without ever running what is in it."""

from pathlib import Path

import pytest

from app.services.enrolment.ssh_config import (
    Offer,
    SuggestedJump,
    Suggestion,
    Trouble,
    hosts_in,
    offer_for,
    suggestion_among,
    suggestion_for,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config"


def test_the_first_value_counts_and_keys_add_up(file: Path) -> None:
    file.write_text(
        "# farms\nHost thanet-* !thanet-9\n  HostName %h.example\n  User=ops\n  IdentityFile /keys/thanet\n"
        "Host thanet-0?\n  Port 2222\n  User other\n  ProxyJump gate,bob@10.0.0.2:2200\n"
        "Host *\n  IdentityFile /keys/any\n  User last\n"
    )
    assert suggestion_for("thanet-01", file) == Suggestion(
        "thanet-01.example", "ops", 2222, ("/keys/thanet", "/keys/any"), ("gate", "bob@10.0.0.2:2200")
    )
    assert suggestion_for("thanet-9", file) == Suggestion("thanet-9", "last", 0, ("/keys/any",))


def test_nothing_is_suggested_without_a_file(file: Path) -> None:
    assert suggestion_for("a", file) == Suggestion("a")
    file.write_bytes(b'\xff\xfe Host\nPort no\nPort 99999\nHost "unfinished\nUser x\nProxyJump none\n')
    assert suggestion_for("a", file) == Suggestion("a")


def test_included_files(file: Path) -> None:
    (file.parent / "conf.d").mkdir()
    (file.parent / "conf.d" / "1.conf").write_text("Host a\n  User one\n")
    (file.parent / "conf.d" / "2.conf").write_text("Host *\n  User two\n  Port 22022\n")
    (file.parent / "never.conf").write_text("Host *\n  User never\n")
    file.write_text(
        f"Host z\n  Include never.conf\nHost *\n  Include conf.d/*.conf\n  Include {file.parent}/gone\n  Port 1\n"
    )
    assert suggestion_for("a", file) == Suggestion("a", "one", 22022)
    assert suggestion_for("b", file) == Suggestion("b", "two", 22022)


def test_files_that_include_each_other_end(file: Path) -> None:
    other = file.with_name("other")
    file.write_text("Include other\nInclude config\nUser me\n")
    other.write_text("Include config\nInclude other\nPort 2222\n")
    assert suggestion_for("a", file) == Suggestion("a", "me", 2222)


def test_nothing_is_run(file: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    file.write_text(
        f'Match exec "touch {touched}"\n  User evil\nMatch host a exec "touch {touched}"\n  User evil\n'
        f"Match canonical\n  User evil\nMatch host a,b\n  ProxyCommand touch {touched}\n  User good\n"
    )
    assert suggestion_for("a", file) == Suggestion("a", "good")
    assert not touched.exists()


def test_hosts_that_are_named(file: Path) -> None:
    (file.parent / "more").write_text("Host included\n  Include more config\n")
    file.write_text('Host thanet-* mast "gate" !no\n  User x\nHost other\n  Include more\nHost *\n')
    assert hosts_in(file).names == ("gate", "included", "mast", "other")
    assert hosts_in(file).trouble is None


def test_trouble_with_the_file(file: Path) -> None:
    assert hosts_in(file).trouble is None  # there need not be one
    file.write_text('Host a\n\n  # a remark\n  User\nHost "b\n')
    assert hosts_in(file).trouble == Trouble(str(file), 4)
    assert hosts_in(file).names == ("a",)
    file.write_bytes(b"\xff\xfe")
    assert hosts_in(file).trouble == Trouble(str(file), reason="it is not plain text")
    file.unlink()
    file.mkdir()
    assert hosts_in(file).trouble == Trouble(str(file), reason="it is not a file")


def test_an_offer_is_made_for_what_is_said_of_this_host_only(file: Path) -> None:
    key = file.parent / "key"
    key.write_text("a key")
    file.write_text(
        f"Host a\n  IdentityFile /gone\n  IdentityFile {key}\n  ProxyJump gate:24\nHost gate\n  HostName fe80::1\n"
        "Host *\n  User any\n"
    )
    assert offer_for("b", file) is None
    assert offer_for("a", file) == Offer("a", "any", 0, str(key), (SuggestedJump("any@[fe80::1]:24"),))


def test_lines_from_elsewhere_include_no_file(file: Path) -> None:
    file.write_text("Host *\n  User included\n")
    lines = ["Host a", f"  Include {file}", "  Include ~/.ssh/config", "  HostName %h.example", "Host *", "  Port 2022"]
    assert suggestion_among("a", lines) == Suggestion("a.example", "", 2022)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    lines = ["Host " + "a*" * 40 + "b", "  User never", "Host [ab]?*", "  User brackets"]
    assert suggestion_among("a" * 60, lines) == Suggestion("a" * 60)
    assert suggestion_among("[ab]cd", lines).user == "brackets"
