"""What may be said about an endpoint, and how it is normalised."""

from dataclasses import asdict, replace

import pytest

from app.errors import InputError
from app.models.endpoint import (
    EndpointDraft,
    HostKey,
    Login,
    LoginKind,
    parse_address,
    parse_group,
    parse_name,
    parse_port,
    parse_tags,
)
from app.models.secret import Secret

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX"
#: As `ssh-keygen -l` prints it for the key above.
FINGERPRINT = "SHA256:Bav2MpYIW1SO/z3Bgh3g47jWsiPbYC8Mbh7M6MlgwG4"


class TestName:
    @pytest.mark.parametrize("name", ["T", "T-17", "wtg 17.b", "a_b", "0", "x" * 63])
    def test_good_ones_stay(self, name: str) -> None:
        assert parse_name(f"  {name} ") == name

    @pytest.mark.parametrize("name", ["", "   ", "-a", "a-", "a/b", "a\nb", "Ü", "x" * 64, 'a"b', "a\u200bb"])
    def test_bad_ones_are_refused(self, name: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_name(name)
        assert caught.value.field == "name"


class TestAddress:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            (" 10.0.0.17 ", "10.0.0.17"),
            ("2001:DB8:0:0::17", "2001:db8::17"),
            ("[2001:db8::17]", "2001:db8::17"),
            ("fe80::1%eth0", "fe80::1%eth0"),
            ("Gateway.Example.", "gateway.example"),
            ("t-17", "t-17"),
            ("host_1.lan", "host_1.lan"),
            ("1e100.net", "1e100.net"),
        ],
    )
    def test_good_ones_are_normalised(self, text: str, address: str) -> None:
        assert parse_address(text) == address

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "10.0.0",
            "10.0.0.256",
            "1.2.3.4.5",
            "-a.example",
            "a-.example",
            "a..b",
            "x" * 64,
            f"{'a.' * 127}aa",
            "a b",
            "ä.example",
        ],
    )
    def test_bad_ones_are_refused(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_address(text)
        assert caught.value.field == "address"

    @pytest.mark.parametrize(
        ("text", "hint"),
        [("tech@10.0.0.17", "user"), ("10.0.0.17:22", "port"), ("http://host", "port"), ("host:22", "port")],
    )
    def test_what_belongs_elsewhere_is_told(self, text: str, hint: str) -> None:
        with pytest.raises(InputError, match=hint):
            parse_address(text)


@pytest.mark.parametrize(("value", "port"), [(22, 22), ("22", 22), (" 2222 ", 2222), (1, 1), ("65535", 65535)])
def test_ports(value: str | int, port: int) -> None:
    assert parse_port(value) == port


@pytest.mark.parametrize("value", [0, -1, 65536, "", "ssh", "22.5", "0x16"])
def test_bad_ports_are_refused(value: str | int) -> None:
    with pytest.raises(InputError, match="1 to 65535"):
        parse_port(value)


def test_tags_are_sorted_without_repetition() -> None:
    assert parse_tags(["v90", " offshore ", "", "v90"]) == ("offshore", "v90")


@pytest.mark.parametrize("tag", ["a b", "a,b", "-a", "ä", "x" * 64])
def test_bad_tags_are_refused(tag: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_tags([tag])
    assert caught.value.field == "tags"


def test_groups_are_any_text_on_one_line() -> None:
    assert parse_group("  Rødsand \t II ", field_name="site") == "Rødsand II"
    assert parse_group("", field_name="site") == ""


@pytest.mark.parametrize("text", ["x" * 121, "a\x00b", "a\x1bb"])
def test_bad_groups_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_group(text, field_name="region")
    assert caught.value.field == "region"


class TestDraft:
    def test_it_is_normalised_as_a_whole(self) -> None:
        draft = EndpointDraft(" T-17 ", "[2001:DB8::1]", site=" a  b ", tags=("y", "x", "y"), scrape_address=" ")
        assert (draft.name, draft.address, draft.site, draft.tags) == ("T-17", "2001:db8::1", "a b", ("x", "y"))
        assert (draft.port, draft.exporter_port, draft.scrape_address) == (22, 9100, "")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": ""}, "name"),
            ({"address": "?"}, "address"),
            ({"port": 0}, "port"),
            ({"site": "x" * 121}, "site"),
            ({"region": "x" * 121}, "region"),
            ({"tags": ("a b",)}, "tags"),
            ({"exporter_port": 0}, "exporter_port"),
            ({"scrape_address": "10.0.0"}, "scrape_address"),
            ({"listen_address": "wtg-01.plant"}, "listen_address"),
            ({"listen_address": "127.0.0.1"}, "listen_address"),
            ({"listen_address": "fe80::1"}, "listen_address"),
            ({"listen_address": "2001:db8::1%eth0\nExecStart=/bin/sh"}, "listen_address"),
        ],
    )
    def test_an_error_names_the_field(self, wrong: dict[str, str], field: str) -> None:
        good = asdict(EndpointDraft("T-17", "10.0.0.17"))
        with pytest.raises(InputError) as caught:
            EndpointDraft(**(good | wrong))
        assert caught.value.field == field

    def test_all_addresses_are_no_address(self) -> None:
        for text in ("", " ", "0.0.0.0", "[::]"):
            assert EndpointDraft("T-17", "10.0.0.17", listen_address=text).listen_address == ""
        assert EndpointDraft("T-17", "10.0.0.17", listen_address="[2001:DB8::1]").listen_address == "2001:db8::1"

    def test_it_is_scraped_where_it_listens_unless_said_otherwise(self) -> None:
        draft = EndpointDraft("T-17", "10.0.0.17", listen_address="10.1.0.17")
        assert draft.scrape_target == "10.1.0.17:9100"
        assert replace(draft, scrape_address="gateway.example").scrape_target == "gateway.example:9100"


class TestHostKey:
    @pytest.mark.parametrize(
        "text",
        [
            ED25519,
            f"{ED25519} root@t-17\n",
            f"10.0.0.17 {ED25519}",
            f"[10.0.0.17]:2222 {ED25519} comment",
            f"|1|a=|b= {ED25519}",
        ],
    )
    def test_it_is_found_in_what_people_paste(self, text: str) -> None:
        key = HostKey.parse(text)
        assert str(key) == ED25519
        assert key.fingerprint == FINGERPRINT

    @pytest.mark.parametrize(
        "text",
        [
            "",
            FINGERPRINT,
            "ssh-ed25519",
            "ssh-ed25519 not!base64",
            "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX",
            "-----BEGIN OPENSSH PRIVATE KEY-----",
        ],
    )
    def test_anything_else_is_refused_with_a_hint(self, text: str) -> None:
        with pytest.raises(InputError) as caught:
            HostKey.parse(text)
        assert caught.value.field == "host_key"
        assert ".pub" in caught.value.advice


class TestLogin:
    CANARY = "c4nary"

    def test_secrets_are_in_no_text(self) -> None:
        login = Login("tech", LoginKind.PASSWORD, secret=Secret(self.CANARY), sudo_password=Secret(self.CANARY))
        assert self.CANARY not in f"{login} {login!r}"

    @pytest.mark.parametrize(
        ("user", "kind", "field"),
        [
            ("", LoginKind.PASSWORD, "user"),
            ("tech", LoginKind.PASSWORD, "password"),
            ("tech", LoginKind.KEY_FILE, "key_file"),
        ],
    )
    def test_what_is_missing_is_named(self, user: str, kind: LoginKind, field: str) -> None:
        with pytest.raises(InputError) as caught:
            Login(user, kind)
        assert caught.value.field == field


def test_notes_keep_their_lines_and_take_no_control_characters() -> None:
    assert EndpointDraft(name="a", address="10.0.0.1", notes=" one\n\ttwo ").notes == "one\n\ttwo"
    with pytest.raises(InputError) as caught:
        EndpointDraft(name="a", address="10.0.0.1", notes="x\0y")
    assert caught.value.field == "notes"
