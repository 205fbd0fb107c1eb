"""The words by which the columns of a list are known, in the languages of those who write them."""

import re
import unicodedata
from collections.abc import Mapping

from app.models.device_list import Field

_NOT_A_WORD = re.compile(r"[\W_]+")

#: Headers, as `plain_words` gives them. A header that could mean either is in `_EITHER`.
_TITLES: Mapping[Field, str] = {
    Field.NAME: """
        name|names|namen|device name|endpoint|endpoint name|display name|label|alias|asset|asset name|asset id|tag number|turbine|turbine id
        |turbine name|wtg|wtg id|wea|unit|machine|node|node name|computer|computername|computer name|inventory hostname|instance
        |bezeichnung|geratename|gerat|geraet|geraetename|anlage|anlagenname|anlagennummer|rechner|rechnername|maschine
        |nom|nom de l appareil|appareil|machine|equipement|nombre|nombre del equipo|equipo|dispositivo|nome|nome dispositivo
        |naam|apparaat|toestel|navn|enhet|enhed|namn|nimi|laite|nazwa|urzadzenie|nazev|zarizeni|имя|название|устройство|名称|设备|名前""",
    Field.ADDRESS: """
        address|addresses|ips|ip addresses|adressen|range|ranges|ip range|network|subnet|ip|ip address|ipaddress|ip addr|ip adress|ip v4|ipv4
        |ipv4 address|ipv6|ipv6 address|ip nr|addr|ssh address|ssh host|ansible host|management ip|mgmt ip|mgmt address|primary ip|fqdn|dns name
        |host ip|hostname ip|target|ssh
        |adresse|ip adresse|netzwerkadresse|rechneradresse|verwaltungs ip|adresse ip|direccion|direccion ip|indirizzo|indirizzo ip
        |adres|ip adres|adress|ip osoite|osoite|adres ip|ip adresa|adresa|endereco|endereco ip|адрес|ip адрес|地址|ip地址|アドレス|ipアドレス""",
    Field.PORT: """port|ssh port|sshport|tcp port|ansible port|puerto|puerto ssh|porta|poort|portti|порт|端口|ポート""",
    Field.USER: """
        user|username|user name|login|login name|ssh user|ansible user|account|remote user
        |benutzer|benutzername|anmeldename|nutzer|konto|kennung|utilisateur|identifiant|usuario|utente|gebruiker|gebruikersnaam
        |bruger|bruker|anvandare|kayttaja|uzytkownik|uzivatel|пользователь|用户|用户名|ユーザー""",
    Field.SITE: """
        site|site name|location|farm|wind farm|windfarm|park|plant|substation|building|project|factory|place
        |standort|ort|windpark|werk|anlagenstandort|liegenschaft|emplacement|lieu|parc|parc eolien|sitio|ubicacion|parque|parque eolico
        |sito|luogo|parco|parco eolico|locatie|plaats|sted|plats|sijainti|lokalizacja|miejsce|lokalita|local|место|площадка|站点|地点|サイト""",
    Field.REGION: """region|area|country|zone|district|gebiet|land|bundesland|kreis|pays|zona|pais|regione|regio|regiao|alue|kraj|регион|地区|地域""",
    Field.TAGS: """tags|tag|labels|groups|group|roles|role|category|type|kategorie|gruppe|gruppen|schlagworte|schlagworter|typ|rolle
        |groupe|groupes|etiquettes|etiqueta|etiquetas|grupo|gruppo|etichette|groep|teg|метки|группа|标签|タグ""",
    Field.NOTES: """notes|note|comment|comments|remark|remarks|description|info|information|hint
        |notiz|notizen|bemerkung|bemerkungen|kommentar|kommentare|beschreibung|hinweis|anmerkung|anmerkungen|remarque|remarques|commentaire
        |commentaires|notas|nota|comentario|comentarios|descripcion|descrizione|commenti|opmerking|opmerkingen|huomautus|uwagi|opis|poznamka
        |observacoes|примечание|комментарий|备注|備考""",
    Field.SCRAPE_ADDRESS: """scrape address|scrape host|scrape ip|prometheus address|metrics address|monitoring address|monitoring ip
        |nat address|nat ip|external ip|public ip|externe ip|externe adresse|messadresse|abfrageadresse""",
    Field.EXPORTER_PORT: """exporter port|node exporter port|metrics port|scrape port|prometheus port|monitoring port
        |exporterport|messport|abfrageport""",
    Field.LISTEN_ADDRESS: """listen address|listening address|bind address|listen""",
    Field.HOST_KEY: """host key|hostkey|ssh host key|fingerprint|ssh fingerprint|host key fingerprint|key fingerprint|sha256|known hosts
        |public host key|fingerabdruck|hostschlussel|host schlussel|empreinte|huella|impronta|vingerafdruck|отпечаток|指纹""",
    Field.JUMPS: """jumps|jump|jump host|jump hosts|jumphost|jumphosts|proxyjump|proxy jump|bastion|gateway host|ssh gateway
        |sprunghost|sprungserver|sprungrechner""",
    Field.SEEN_KEY: "seen key",
}
#: What says either; the first that no other column has said better counts.
_EITHER: Mapping[str, tuple[Field, ...]] = {
    **dict.fromkeys(
        (
            "host",
            "hostname",
            "host name",
            "server",
            "servername",
            "server name",
            "device",
            "hosts",
            "devices",
            "servers",
            "ansible inventory host",
        ),
        (Field.ADDRESS, Field.NAME),
    ),
    **dict.fromkeys(
        ("id", "no", "nr", "nummer", "number", "kks", "wea nr", "wtg no", "wtg nr", "turbine no"), (Field.NAME,)
    ),
    **dict.fromkeys(("system", "component", "komponente", "funktion", "function"), (Field.TAGS,)),
}
_SECRETS = """
    password passwords passwd pass pwd pw pwort passwort passworte passworter passworts kennwort kennworter passphrase secret secrets geheimnis
    geheim mdp contrasena contrasenya clave senha wachtwoord haslo losenord adgangskode kodeord passord salasana heslo jelszo parola sifre
    пароль пароли 密码 密碼 パスワード 비밀번호 token apikey pin psk credential credentials zugangsdaten sudopassword sudopass sshpassword
    sshpass rootpassword rootpw rootpass adminpassword adminpasswort adminpw loginpassword userpassword userpw becomepass"""
#: Also as a part of a word: "Adminkennwort".
_SECRET_PARTS = ("passwor", "passwd", "passphrase", "kennwort", "wachtwoord", "contrasen")
_SECRET_PHRASES = (
    "mot de passe",
    "palabra clave",
    "private key",
    "privater schlussel",
    "api key",
    "pre shared key",
    "vault pass",
)
_TOTALS = """
    total totals subtotal sum summe summen gesamt gesamtsumme zwischensumme anzahl count insgesamt somme totale totaal suma celkem razem yhteensa
    итого всего 合计 总计 合計"""
_ACCENTLESS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "\u0131": "i"})


def plain_words(text: str) -> str:
    """`text` in small letters without accents, its words apart by one blank: " IP-Adresse:" → "ip adresse"."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_ACCENTLESS))
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", bare)).strip()


def _by_title() -> dict[str, tuple[Field, ...]]:
    found: dict[str, tuple[Field, ...]] = {
        plain_words(title): (field,) for field, titles in _TITLES.items() for title in titles.split("|")
    }
    return {plain_words(title): fields for title, fields in _EITHER.items()} | found


_BY_TITLE = _by_title()
_SECRET_WORDS = frozenset(map(plain_words, _SECRETS.split()))
_TOTAL_WORDS = frozenset(map(plain_words, _TOTALS.split()))


def fields_titled(title: str) -> tuple[Field, ...]:
    """What a header means: nothing, one field, or several of which the first that is free counts."""
    return _BY_TITLE.get(plain_words(title), ())


def fields_within(title: str) -> tuple[Field, ...]:
    """What a part of a longer header means: "IP address (LAN)" → address."""
    words = plain_words(title).split()
    for length in range(min(3, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            if found := _BY_TITLE.get(" ".join(words[at : at + length])):
                return found
    return ()


def is_secret_title(title: str) -> bool:
    """Whether a column of that header holds passwords, keys or the like."""
    words = plain_words(title)
    parts = (*_SECRET_PARTS, *_SECRET_PHRASES)
    return not _SECRET_WORDS.isdisjoint(words.split()) or any(part in words for part in parts)


def begins_a_total(text: str) -> bool:
    """ "Summe:", "Total (59)" and the like."""
    first = plain_words(text).split(maxsplit=1)
    return bool(first) and first[0] in _TOTAL_WORDS
