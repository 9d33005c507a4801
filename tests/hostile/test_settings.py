"""Settings that would break out, hang or fall over are refused before anything is read."""

import ast
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from papermill.translators import PythonTranslator

from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.run.plan import RunOptions, make_plan
from clientaudit.run.verify import verify_run
from clientaudit.settings import load_engagement
from hostile.corpus import TEXTS
from hostile.firm import yaml

EXPORT = "Client;Date;Amount\nC1;01/02/2025;1,5\nC2;02/03/2025;2\n"
SOURCE = {
    "files": "sales.csv",
    "columns": {"client_id": "Client", "date": "Date", "amount_net": "Amount"},
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "sales.csv").write_text(EXPORT)
    return folder


def write(home: Path, **changes: Any) -> Path:
    source = SOURCE | changes.pop("source", {})
    settings = {"firm": "F", "as_of": "2025-06-30", "tables": {"transactions": source}} | changes
    settings.setdefault("defaults", {"date_format": "%d/%m/%Y", "decimal": ","})
    (home / "engagement.yml").write_text(yaml(settings), encoding="utf-8")
    return home / "engagement.yml"


def refused(home: Path, **changes: Any) -> str:
    with pytest.raises(AuditError) as caught:
        prepare(load_engagement(write(home, **changes)))
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("firm: !!python/object/apply:os.system ['id']", "tag 'tag:yaml.org,2002:python"),
        ("firm: !<tag:yaml.org,2002:python/name:os.system> x", "tag "),
        ("a: &a [x]\nb: [*a, *a]", "anchor 'a'"),
        ("firm: a\nfirm: b", 'key "firm" is given twice'),
        ("firm: " + "[" * 100_000, "nested too deeply"),
        ("? [a, b]\n: c", "a key must be plain text"),
        ("firm: a\n--- \nfirm: b", "is not readable YAML"),
        ('firm: "\\ud83d"', "holds a sign that is no character"),
        ('firm: "a\\0b"', "holds a sign that is no character"),
        ("firm: \x1b[31m", "is not readable YAML"),
        ("x" * 1_000_001, "holds over 1000000 characters"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_what_yaml_can_do_beyond_text_is_refused(home, text, message):
    (home / "engagement.yml").write_text(text, encoding="utf-8")
    with pytest.raises(AuditError, match=r"engagement\.yml") as caught:
        load_engagement(home / "engagement.yml")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"report": {"colour": "#fff;background:url(http://canary.invalid)"}},
        {"report": {"colour": "#1f4e79\n"}},
        {"as_of": "0001-01-01"},
        {"as_of": "9999-12-31"},
        {"language": "fr/../../en"},
        {"currency": "E<b"},
        {"privacy": {"mode": "names; none"}},
        {"perimeter": {"entity": []}},
        {"tables": {"transactions": []}},
        {"accounts": {"2025": "1e999999999"}},
        {"accounts": {"9" * 300: "1"}},
        {"thresholds": {"long_tenure_years": "inf"}},
        {"thresholds": {"rfm_money_limits": "nan, 2"}},
        {"thresholds": {"rfm_money_limits": "1e300"}},
        {"thresholds": {"dormant_days": "9" * 30}},
        {"thresholds": {"x;import os": "1"}},
        {"notebooks": {"parameters": {"04": {"__import__": "1"}}}},
        {"source": {"header_row": "9" * 30}},
        {"source": {"stop_at": "(?=x)y"}},
        {"source": {"drop": {"column": "Client", "greater_than": "1e999999999"}}},
        {"defaults": {"encoding": "idna"}},
        {"defaults": {"encoding": "zlib_codec"}},
    ],
    ids=str,
)
def test_a_value_out_of_this_world_is_refused_with_its_line(home, changes):
    with pytest.raises(AuditError) as caught:
        load_engagement(write(home, **changes))
    assert "engagement.yml, line" in str(caught.value)


@pytest.mark.parametrize(
    "formula",
    ["(" * 60 + "[Amount]" + ")" * 60, "[Amount]" + "+1" * 5000, "__import__('os')", "[Amount]**9",
     "[Amount].real", "[Amount];1", "1/0 if 1 else [Amount]", "[Amount] @ 2"],
    ids=lambda formula: formula[:24],
)  # fmt: skip
def test_a_formula_computes_and_does_nothing_else(home, formula):
    columns = SOURCE["columns"] | {"cost_amount": {"formula": formula}}
    assert "formula" in refused(home, source={"columns": columns})


def test_no_pattern_takes_for_ever(home):
    """Python's own regular expressions would search for longer than the world lasts."""
    (home / "sales.csv").write_text(EXPORT + "a" * 60 + "!;01/03/2025;3\n")
    prepared = prepare(load_engagement(write(home, source={"stop_at": "^(a+)+$"})))
    assert prepared.facts.lines.rows == 3


@pytest.mark.parametrize("name", ["/etc/passwd", "../../../../../../etc/pass*", "/dev/zero"])
def test_a_file_that_is_no_export_is_not_read(home, name):
    assert "root:" not in refused(home, source={"files": name})


def test_a_name_that_no_file_can_have_is_no_file(home):
    assert "no such file" in refused(home, source={"files": "9" * 400 + ".csv"})
    columns = SOURCE["columns"] | {"channel": {"from": "Client", "map_file": "9" * 400 + ".csv"}}
    assert "no such file" in refused(home, source={"columns": columns})


def test_a_link_does_not_bring_in_the_files_of_another_firm(home):
    other = home.parent / "other"
    other.mkdir()
    (other / "secret.csv").write_text(EXPORT.replace("C1", "SECRET"))
    (home / "sales_2.csv").symlink_to(other / "secret.csv")
    (home / "deep").symlink_to(other)
    for files in ("sales_*.csv", "sales_2.csv", "**/*.csv", "d*/secret.csv"):
        assert "is a link that leads out of" in refused(home, source={"files": files})
    for files in ("../other/*.csv", "deep/*.csv"):  # named by the consultant
        assert prepare(load_engagement(write(home, source={"files": files}))).facts.lines.rows == 2


def test_a_store_that_is_a_link_is_not_followed(home):
    (home.parent / "elsewhere").mkdir(mode=0o755)
    (home / ".clientaudit").symlink_to(home.parent / "elsewhere")
    assert "is a link" in refused(home)
    assert list((home.parent / "elsewhere").iterdir()) == []


def test_a_name_in_other_bytes_than_utf_8_is_refused(home):
    (home / b"sales_\xff.csv".decode("utf-8", "surrogateescape")).write_text(EXPORT)
    message = refused(home, source={"files": "sales_*.csv"})
    assert r"'sales_\udcff.csv': the name of this file is not UTF-8" in message
    with pytest.raises(AuditError, match="path is not UTF-8"):
        make_plan(write(home), RunOptions(out=Path("out\udcff")))


def test_a_parameter_reaches_a_kernel_as_text():
    for text in TEXTS:
        assert ast.literal_eval(PythonTranslator.translate(text)) == text


def test_the_environment_is_checked_like_a_setting(home, monkeypatch):
    monkeypatch.setenv("CLIENTAUDIT_MEMORY", "1GB'; ATTACH '/etc/passwd")
    assert "write it as 4GB" in refused(home)


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": [{"path": 1}]},
        {"options": None},
        {"outputs": [1]},
        {"engagement": {"a": 1}},
        {"options": {"as_of": "never", "language": "fr", "only": [], "data": None,
                     "parameters": {}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_made_by_somebody_else_is_checked(tmp_path, change):
    manifest = {"engagement": "e.yml", "inputs": [], "outputs": {},
                "options": {"as_of": None, "language": None, "only": [], "data": None,
                            "parameters": {}}}  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(AuditError, match="manifest"):
        verify_run(tmp_path, progress=lambda _: None)


def test_a_packed_file_names_no_place_to_write_to(home):
    """The name within a gzip file is never used."""
    with (home / "sales.csv.gz").open("wb") as stream:
        packed = gzip.GzipFile("../../escaped.csv", "wb", fileobj=stream)
        packed.write(EXPORT.encode())
        packed.close()
    prepare(load_engagement(write(home, source={"files": "sales.csv.gz"})))
    assert not list(home.parent.rglob("escaped*"))
