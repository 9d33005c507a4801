"""Prepared tables: who is one client, what the perimeter leaves out, what is kept on disk."""

import stat
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.identity import pseudonym
from clientaudit.intake.prepare import Prepared, prepare
from clientaudit.settings import load_engagement

SALES = """client;invoice;date;amount;channel
A;F1;2025-01-10;100;direct
B;F2;2025-01-10;50;web
A;F3;2025-03-01;20;direct
C;F4;2025-04-01;7;direct
"""
ENGAGEMENT = """firm: Small Firm
defaults: {separator: ";", decimal: ".", date_format: "%Y-%m-%d"}
tables:
  transactions:
    files: sales.csv
    columns: {client_id: client, doc_id: invoice, date: date, amount_net: amount, channel: channel}
"""
CLIENTS = """  clients:
    files: clients.csv
    columns: {client_id: code, name: name, group_id: group}
"""


def prepared(home: Path, more: str = "", **files: str) -> Prepared:
    (home / "engagement.yml").write_text(ENGAGEMENT + more, encoding="utf-8")
    for name, text in {"sales": SALES, **files}.items():
        (home / f"{name}.csv").write_text(text, encoding="utf-8")
    return prepare(load_engagement(home / "engagement.yml"))


def read(found: Prepared, table: str) -> pd.DataFrame:
    path = found.path(table)
    assert path is not None
    return pd.read_parquet(path)


def revenue_by_client(found: Prepared) -> dict[str, Decimal]:
    return read(found, "occasions").groupby("client_id").revenue.sum().to_dict()


def test_the_prepared_folder_is_private_and_made_once(tmp_path: Path) -> None:
    first = prepared(tmp_path)
    store = tmp_path / ".clientaudit"
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    written = (first.folder / "lines.parquet").stat().st_mtime_ns
    assert prepared(tmp_path).folder == first.folder
    assert (first.folder / "lines.parquet").stat().st_mtime_ns == written
    assert [path.name for path in store.iterdir()] == [first.folder.name]


def test_one_changed_byte_prepares_anew(tmp_path: Path) -> None:
    first = prepared(tmp_path)
    second = prepared(tmp_path, sales=SALES.replace("100", "101"))
    assert first.folder != second.folder
    assert second.facts.lines.revenue == Decimal("178")


def test_a_group_of_the_client_file_is_one_client(tmp_path: Path) -> None:
    found = prepared(tmp_path, CLIENTS, clients="code;name;group\nA;Alpha;G\nB;Beta;G\nC;Gamma;\n")
    assert revenue_by_client(found) == {"G": Decimal("170"), "C": Decimal("7")}
    assert found.facts.identity.grouped == 2
    lines = read(found, "lines")
    assert set(lines.loc[lines.client_id == "G", "account_id"]) == {"A", "B"}


def test_merged_codes_join_their_survivor_then_its_group(tmp_path: Path) -> None:
    found = prepared(
        tmp_path,
        "identity: {merge_file: merged.csv, groups_file: groups.csv}\n",
        merged="old;new\nB;A\n",
        groups="code;group\nA;G\n",
    )
    assert revenue_by_client(found) == {"G": Decimal("170"), "C": Decimal("7")}
    assert (found.facts.identity.merged, found.facts.identity.grouped) == (1, 1)


@pytest.mark.parametrize(
    ("merged", "says"),
    [
        ("old;new\nA;B\nA;C\n", "several targets: B, C"),
        ("old;new\nA;B\nB;C\n", "itself merged into C"),
        ("old\nA\n", "must have two"),
    ],
)
def test_an_unclear_merge_is_refused(tmp_path: Path, merged: str, says: str) -> None:
    with pytest.raises(AuditError) as caught:
        prepared(tmp_path, "identity: {merge_file: merged.csv}\n", merged=merged)
    assert says in str(caught.value)


def test_pseudonyms_leave_no_code_and_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_AUDIT_KEY", "secret")
    found = prepared(
        tmp_path,
        CLIENTS + "privacy: {mode: pseudonyms}\n",
        clients="code;name;group\nA;Alpha;G\nB;Beta;G\nC;Gamma;\n",
    )
    assert revenue_by_client(found) == {
        pseudonym(b"secret", "G"): Decimal("170"),
        pseudonym(b"secret", "C"): Decimal("7"),
    }
    for path in found.folder.glob("*.parquet"):
        cells = pd.read_parquet(path).astype(str).to_numpy().ravel().tolist()
        assert set(cells).isdisjoint({"A", "B", "C", "G", "Alpha", "Beta", "Gamma"})


def test_with_pseudonyms_a_sales_person_has_one_in_every_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIENT_AUDIT_KEY", "secret")
    tables = CLIENTS.replace("group_id: group", "rep_id: rep") + (
        "  assignments:\n    files: portfolios.csv\n"
        "    columns: {client_id: code, rep_id: rep, from_date: since}\n"
    )
    found = prepared(
        tmp_path,
        tables + "privacy: {mode: pseudonyms}\n",
        clients="code;name;rep\nA;Alpha;DUPOND\nB;Beta;\n",
        portfolios="code;rep;since\nA;DUPOND;2025-01-01\n",
    )
    hidden = pseudonym(b"secret", "DUPOND")
    assert read(found, "clients")["rep_id"].fillna("").tolist() == [hidden, ""]
    assert read(found, "assignments")["rep_id"].tolist() == [hidden]


def test_pseudonyms_need_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLIENT_AUDIT_KEY", raising=False)
    with pytest.raises(AuditError, match="CLIENT_AUDIT_KEY"):
        prepared(tmp_path, "privacy: {mode: pseudonyms}\n")


def test_the_perimeter_leaves_out_and_counts(tmp_path: Path) -> None:
    found = prepared(tmp_path, "perimeter: {channel: [direct]}\n")
    assert revenue_by_client(found) == {"A": Decimal("120"), "C": Decimal("7")}
    rule = found.facts.rules[-1]
    assert (rule.step, rule.rows, rule.revenue_by_year) == ("perimeter", 1, {"2025": Decimal("50")})


def test_a_perimeter_on_an_unmapped_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="map no column"):
        prepared(tmp_path, "perimeter: {entity: [FR]}\n")


def test_the_faults_of_all_tables_are_said_at_once(tmp_path: Path) -> None:
    sales = SALES.replace("2025-01-10", "2025-31-31").replace(";7;", ";seven;")
    more = CLIENTS.replace("group_id: group", "client_since: group")
    with pytest.raises(AuditError) as caught:
        prepared(tmp_path, more, sales=sales, clients="code;name;group\nA;Alpha;never\n")
    text = str(caught.value)
    assert all(found in text for found in ("2025-31-31", "seven", "never", "line 5"))
    assert not list((tmp_path / ".clientaudit").iterdir())


def test_all_missing_files_are_named(tmp_path: Path) -> None:
    more = CLIENTS + "identity: {merge_file: merged.csv}\n"
    with pytest.raises(AuditError) as caught:
        prepared(tmp_path, more)
    assert all(name in str(caught.value) for name in ("clients.csv", "merged.csv"))


def test_identity_files_have_an_encoding_and_a_separator_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "groups.csv").write_text("code,group\nA,Café\n", encoding="utf-8")
    engagement = ENGAGEMENT.replace("separator", "encoding: cp1252, separator")
    text = engagement + "identity: {groups_file: groups.csv}\n"
    (tmp_path / "engagement.yml").write_text(text, encoding="utf-8")
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    found = prepare(load_engagement(tmp_path / "engagement.yml"))
    assert set(revenue_by_client(found)) == {"Café", "B", "C"}


def test_what_the_consultant_wrote_may_stand_beside_the_engagement_file(tmp_path: Path) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    home.mkdir()
    data.mkdir()
    (data / "sales.csv").write_text(SALES, encoding="utf-8")
    (home / "groups.csv").write_text("code;group\nA;G\n", encoding="utf-8")
    (home / "channels.csv").write_text("from;to\ndirect;own\nweb;site\n", encoding="utf-8")
    mapped = ENGAGEMENT.replace(
        "channel: channel", "channel: {from: channel, map_file: channels.csv}"
    )
    text = mapped + "identity: {groups_file: groups.csv}\n"
    (home / "engagement.yml").write_text(text, encoding="utf-8")
    found = prepare(load_engagement(home / "engagement.yml", data=data))
    assert set(revenue_by_client(found)) == {"G", "B", "C"}
    assert set(read(found, "lines").channel) == {"own", "site"}
