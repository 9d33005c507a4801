"""The engagement file: what it accepts, and how it says what is wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from clientaudit.errors import AuditError
from clientaudit.settings import Engagement, load_engagement

SMALL = """version: 1
firm: Chaussures du Ventoux
tables:
  transactions:
    files: "ventes_20*.csv"
    columns: {client_id: Code, date: Date, amount_net: HT}
"""


def load(tmp_path: Path, text: str) -> Engagement:
    path = tmp_path / "engagement.yml"
    path.write_text(text, encoding="utf-8")
    return load_engagement(path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(AuditError) as caught:
        load(tmp_path, text)
    return str(caught.value)


def test_a_small_file_has_every_default(tmp_path: Path) -> None:
    engagement = load(tmp_path, SMALL)
    assert engagement.language == "fr"
    assert engagement.thresholds.strategic_share == 0.05
    assert engagement.tables["transactions"][0].columns["client_id"].from_ == "Code"


def test_several_sources_feed_one_table(tmp_path: Path) -> None:
    source = "- {files: a.csv, columns: {client_id: C, date: D, amount_net: M}}"
    text = f"firm: x\ntables:\n  transactions:\n    {source}\n    {source}\n"
    assert len(load(tmp_path, text).tables["transactions"]) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("langage: fr", 'line 7: unknown key "langage"; did you mean "language"?'),
        ("language: de", 'line 7: "language"'),
        ("thresholds: {share_a: 2}", 'line 7: "thresholds.share_a"'),
        ("thresholds: {shareA: .2}", 'did you mean "share_a"?'),
        ("as_of: 31/08/2026", 'line 7: "as_of"'),
        ("notebooks: {parameters: {04_rfm: {n_bins: 5}}}", 'has no "n_bins"'),
        ("perimeter: {chanel: [direct]}", 'did you mean "channel"?'),
        ("perimeter: {amount_net: ['1,5']}", 'transactions have no text "amount_net"'),
        ("firm: twice", 'line 7: key "firm" is given twice'),
        ("    preset: sage", "Input should be 'fec' (found: sage)"),
        ("report: {colour: blue}", "six hexadecimal digits"),
        ("accounts: &a {2025: 1}", "anchor"),
        ("accounts: !!python/object:os.system {}", "tag"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, line: str, says: str) -> None:
    assert says in refusal(tmp_path, SMALL + line + "\n")


def test_an_unknown_name_is_told_with_its_line(tmp_path: Path) -> None:
    text = refusal(
        tmp_path,
        "firm: x\ntables:\n  payment: {files: p.csv}\n  transactions:\n    files: a.csv\n"
        "    columns:\n      client_id: C\n      date: D\n      amount_net: M\n      amont: M\n",
    )
    assert 'line 3: unknown table "payment"; did you mean "payments"?' in text
    assert 'line 10: transactions has no column "amont"' in text


def test_a_key_with_nothing_behind_it_is_not_given(tmp_path: Path) -> None:
    engagement = load(tmp_path, SMALL + "    drop:\n    defaults:\nperimeter:\naccounts:\n")
    assert engagement.tables["transactions"][0].drop == []
    assert (engagement.perimeter, engagement.accounts) == ({}, {})


@pytest.mark.parametrize("written", ["tab", "'\\t'", '"\\t"'])
def test_a_tab_may_be_written_in_several_ways(tmp_path: Path, written: str) -> None:
    assert (
        load(tmp_path, SMALL + f"defaults: {{separator: {written}}}\n").defaults.separator == "\t"
    )


def test_a_separator_is_one_sign_that_can_separate(tmp_path: Path) -> None:
    for sign in ("';;'", "'\"'", '"\\n"'):
        text = refusal(tmp_path, SMALL + f"defaults: {{separator: {sign}}}\n")
        assert "must be one sign" in text


def test_all_mistakes_are_said_at_once(tmp_path: Path) -> None:
    text = refusal(tmp_path, SMALL + "langage: fr\nlanguage: de\nfiscal_year_start: 13\n")
    assert all(f"line {n}" in text for n in (7, 8, 9))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("{client_id: C, date: D}", 'needs the column "amount_net"'),
        ("{client_id: C, date: D, amount_net: M, amont: M}", 'no column "amont"'),
        ("{client_id: C, date: D, amount_net: {formula: '[a]', from: b}}", "exactly one of"),
        ("{client_id: C, date: D, amount_net: {from: M, unit: euros}}", "currency such as EUR"),
    ],
)
def test_a_mapping_is_checked_against_the_schema(tmp_path: Path, columns: str, says: str) -> None:
    text = f"firm: x\ntables:\n  transactions:\n    files: a.csv\n    columns: {columns}\n"
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize(
    "condition",
    ["{column: a}", "{column: a, equals: x, starts_with: y}", "{column: a, matches: '('}"],
)
def test_a_condition_has_exactly_one_readable_test(tmp_path: Path, condition: str) -> None:
    assert "drop" in refusal(tmp_path, SMALL + f"    drop: [{condition}]\n")


def test_scalars_keep_their_text(tmp_path: Path) -> None:
    engagement = load(
        tmp_path,
        SMALL + "    drop: [{column: Code, in: [00123, NO, 1e3], why: x}]\n"
        "accounts: {2025: 8012345.67}\nperimeter: {entity: [FR, NO]}\n",
    )
    assert engagement.tables["transactions"][0].drop[0].in_ == ["00123", "NO", "1e3"]
    assert engagement.accounts == {2025: Decimal("8012345.67")}
    assert engagement.perimeter == {"entity": ["FR", "NO"]}


@pytest.mark.parametrize(
    ("firm", "slug"),
    [
        ("Chaussures du Ventoux", "chaussures-du-ventoux"),
        ("Établissements L'Été & Fils", "etablissements-l-ete-fils"),
        ("../../x", "x"),
    ],
)
def test_a_slug_is_plain_ascii(firm: str, slug: str) -> None:
    assert Engagement.model_construct(firm=firm).slug == slug


@pytest.mark.parametrize("firm", ["株式会社", "a" * 300, "Ω", "..", "<script>\u202e"])
def test_a_slug_that_loses_letters_carries_a_hash(firm: str) -> None:
    slug = Engagement.model_construct(firm=firm).slug
    assert 8 <= len(slug) <= 60
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug != Engagement.model_construct(firm=firm + "!").slug


@pytest.mark.parametrize("text", ["", "- 1\n", "firm: [x", "firm: x\n  bad: y\n", "\tfirm: x"])
def test_what_is_not_an_engagement_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="no such engagement file"):
        load_engagement(tmp_path / "none.yml")
