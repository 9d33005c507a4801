import pytest

from clientaudit.intake.reading.dialect import detect_encoding, detect_separator, used_dialect
from clientaudit.settings.sources import Dialect

FRENCH = (
    "Code client;N° pièce;Référence;Qté;Libellé\r\n"
    "00123;F1;R1;3;Chaussures d'été à lacets\r\n"
    "00124;F2;R2;1;Société Générale, garçon, Noël, forêt, où\r\n"
)


def encoding_of(tmp_path, content: bytes) -> str:
    path = tmp_path / "v.csv"
    path.write_bytes(content)
    return detect_encoding(path)


def separator_of(tmp_path, text: str, header_row: int = 1) -> str:
    path = tmp_path / "v.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return detect_separator(path, "utf-8", header_row)


@pytest.mark.parametrize(
    ("codec", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("cp850", "cp850"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_the_encoding_of_french_text_is_detected(tmp_path, codec, detected):
    assert encoding_of(tmp_path, FRENCH.encode(codec)) == detected


def test_bytes_that_cp1252_does_not_have_speak_for_another_code(tmp_path):
    text = "N° pièce;Libellé\r\n1;Noël «Été» €\r\n"
    assert encoding_of(tmp_path, text.encode("mac_roman")) == "mac_roman"


def test_plain_ascii_is_utf_8(tmp_path):
    assert encoding_of(tmp_path, b"a;b\n1;2\n") == "utf-8"


def test_cp1252_is_preferred_to_latin_1(tmp_path):
    assert encoding_of(tmp_path, "Prix;5 € – l’unité\n".encode("cp1252")) == "cp1252"
    assert encoding_of(tmp_path, FRENCH.encode("latin-1")) == "cp1252"


def test_capitals_and_no_break_spaces_stay_cp1252(tmp_path):
    text = "SOCIÉTÉ;ÎLE-DE-FRANCE;1\u00a0234,50\u00a0€\n" * 3
    assert encoding_of(tmp_path, text.encode("cp1252")) == "cp1252"


def test_an_accent_far_from_the_beginning_decides(tmp_path):
    assert encoding_of(tmp_path, b"a;b\n" * 800_000 + "é;ü\n".encode("cp1252")) == "cp1252"
    assert encoding_of(tmp_path, b"a;b\n" * 800_000 + "é;ü\n".encode()) == "utf-8"


def test_utf_8_with_a_few_bad_bytes_is_still_utf_8(tmp_path):
    assert encoding_of(tmp_path, FRENCH.encode() + b"00125;F3;R3;1;\xe9t\xe9\n") == "utf-8"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_each_separator_is_detected(tmp_path, separator):
    text = "".join(f"{separator.join(row)}\n" for row in ["abc", "123", "456"])
    assert separator_of(tmp_path, text) == separator


def test_decimal_commas_do_not_make_a_comma_separated_file(tmp_path):
    assert separator_of(tmp_path, "code;prix\nA;1,50\nB;2,75\nC;3,00\n") == ";"


def test_separators_between_quotes_do_not_count(tmp_path):
    assert separator_of(tmp_path, 'a,b\n"x;y;z",1\n"x;y;z",2\n') == ","


def test_title_rows_do_not_count(tmp_path):
    text = "Ventes, par client, 2024, HT\n\na;b\n1;2\n"
    assert separator_of(tmp_path, text, header_row=3) == ";"


def test_what_is_given_is_not_detected(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("a,b\n1,2\n")
    given = Dialect(encoding="cp1252", decimal=",")
    dialect, detected = used_dialect(path, given, 1)
    assert (dialect.encoding, dialect.separator, dialect.decimal) == ("cp1252", ",", ",")
    assert detected == ("separator",)
