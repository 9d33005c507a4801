"""Headings that would break YAML, or the reader of the file, still give a file that is read."""

import string

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clientaudit.errors import AuditError
from clientaudit.intake.prepare import prepare
from clientaudit.intake.proposal.propose import propose, write_proposal
from clientaudit.intake.proposal.yaml_text import flow, scalar
from clientaudit.settings import load_engagement
from intake.proposal.proposal_factory import mapping, proposed, save

NASTY = [
    "Montant HT: {net} # [EUR]",
    'Montant "HT"',
    "Montant HT 'net'",
    "- Montant HT",
    "? Montant HT",
    "&a Montant HT",
    "*a Montant HT",
    "!!python/object Montant HT",
    "%YAML Montant HT",
    "Montant HT\n  firm: stolen",
    "Montant HT\r\nlanguage: en",
    "Montant HT\u2028x: y",
    "Montant HT\u0085x: y",
    "Montant HT \x1b[31m",
    "Montant HT \u202e",
    "Montant HT \\n \\x00",
    "Montant HT ]a] + [b",
    "Montant HT " + "z" * 10_000,
    "{{7*7}} Montant HT ${x}",
]


@pytest.mark.parametrize("heading", NASTY)
def test_a_hostile_heading_is_kept_to_the_letter(tmp_path, heading):
    cell = '"' + heading.replace('"', '""') + '"'
    rows = [f"C{i % 7:03d};{i % 27 + 1:02d}/03/2024;{i},50" for i in range(40)]
    save(tmp_path, "v.csv", "\n".join([f"Code client;Date facture;{cell}", *rows]) + "\n")
    proposal, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["amount_net"] == heading.strip()
    assert engagement.firm == "NAME OF THE FIRM"
    assert engagement.language == "fr"
    assert "\x1b" not in proposal.text


@pytest.mark.parametrize("heading", [NASTY[9], NASTY[16], NASTY[18]])
def test_a_hostile_heading_is_found_again_by_check(tmp_path, heading):
    cell = '"' + heading.replace('"', '""') + '"'
    rows = [f"C{i % 7:03d};{i % 27 + 1:02d}/03/2024;{i};2,50" for i in range(40)]
    save(tmp_path, "v.csv", f"Code client;Date facture;Qté;{cell}\n".replace("Montant HT", "PU"))
    with (tmp_path / "v.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n".join(rows) + "\n")
    _, engagement = proposed(tmp_path)
    assert mapping(engagement, "transactions")["amount_net"].startswith("[Qté] * [")
    assert prepare(engagement).facts.row_counts["transactions"] == 40


def test_headings_too_long_for_a_formula_are_left_to_the_consultant(tmp_path):
    rows = [f"C{i % 7:03d};{i % 27 + 1:02d}/03/2024;{i};2,50" for i in range(40)]
    save(tmp_path, "v.csv", "\n".join([f"Client;Date;Qté;PU {'z' * 2000}", *rows]) + "\n")
    proposal = propose([tmp_path])
    assert "# amount_net: not found, and required" in proposal.text
    write_proposal(proposal)
    with pytest.raises(AuditError, match='transactions needs the column "amount_net"'):
        load_engagement(proposal.path)


@given(headings=st.lists(st.text(min_size=1), min_size=3, max_size=6))
@settings(max_examples=15)
def test_any_headings_give_a_file_that_is_read(tmp_path_factory, headings):
    folder = tmp_path_factory.mktemp("any")
    cells = ['"' + h.replace('"', '""').replace("\0", "") + 'x"' for h in headings]
    row = ";".join(["C1", "01/02/2024", "12,50", "x", "y", "z"][: len(cells)])
    heading = ";".join(["Client", "Date", "Montant HT", *cells])
    rows = [f"C{i % 5};{i % 27 + 1:02d}/02/2024;{i},50;{row}" for i in range(30)]
    save(folder, "v.csv", "\n".join([heading, *rows]) + "\n", "utf-8")
    proposal, engagement = proposed(folder)
    assert set(mapping(engagement, "transactions")) >= {"client_id", "date", "amount_net"}
    assert yaml.safe_load(proposal.text)["firm"] == "NAME OF THE FIRM"


@given(st.text())
def test_any_text_is_one_scalar_on_one_line(text):
    written = scalar(text)
    assert len(written.splitlines()) == 1
    assert yaml.safe_load(written) == text


KEYS = st.text(string.printable, max_size=30)


@given(
    st.recursive(KEYS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=9)
)
def test_any_value_is_read_back_from_one_line(value):
    assert yaml.load(flow(value), yaml.BaseLoader) == value  # noqa: S506 - only texts
