"""The demo firm's reports in both languages: golden findings, planted truth, language, bytes."""

import json
import math
import os
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from clientaudit.text import catalogue

NOTEBOOKS = ("00_intake", "01_portrait", "04_rfm", "05_groups", "06_departures", "11_grid")
LANGUAGES = ("fr", "en")
DemoRun = Callable[[str], Path]


@pytest.fixture(scope="module")
def truth(root: Path) -> dict[str, Any]:
    return json.loads((root / "data/demo/truth.json").read_text(encoding="utf-8"))


def metrics_of(run: Path) -> dict[str, Any]:
    return json.loads((run / "metrics.json").read_text(encoding="utf-8"))


def same(found: Any, expected: Any) -> bool:
    """Equal, floats to 1e-9: the last bits may differ on another system."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[k], expected[k]) for k in found)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, float) and isinstance(found, float):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    return found == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_findings_are_the_golden_ones(
    demo_run: DemoRun, root: Path, language: str, notebook: str
) -> None:
    """A change of method changes these files and is named in CHANGELOG.md.

    UPDATE_GOLDEN=1 writes them anew.
    """
    prefix = notebook.partition("_")[2] + "."
    found = {k: v for k, v in metrics_of(demo_run(language)).items() if k.startswith(prefix)}
    golden = root / "tests" / "golden" / f"{notebook}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False)
        golden.write_text(text + "\n", encoding="utf-8")
    expected = json.loads(golden.read_text(encoding="utf-8"))
    assert found.keys() == expected.keys()
    assert [k for k in found if not same(found[k], expected[k])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_planted_totals_come_out_to_the_cent(
    demo_run: DemoRun, truth: dict[str, Any], language: str
) -> None:
    run = demo_run(language)
    values = {key: entry["values"].get("value") for key, entry in metrics_of(run).items()}
    totals = truth["totals"]
    assert round(values["portrait.revenue_total"] * 100) == totals["revenue_cents"]
    assert values["portrait.client_count"] == totals["clients"]
    assert values["intake.line_count"] == totals["kept_lines"]
    summary = pd.read_parquet(run / "tables" / "client_summary.parquet")
    assert round(summary.revenue.sum() * 100) == totals["revenue_cents"]
    assert len(summary) == totals["clients"]


def test_the_planted_clients_are_found(demo_run: DemoRun, truth: dict[str, Any]) -> None:
    run, planted = demo_run("fr"), truth["planted"]
    strategic = pd.read_parquet(run / "tables" / "portrait_strategic.parquet")
    assert sorted(strategic.client_id) == planted["above_5_percent_12m"]
    assert strategic.loc[strategic.margin < 0, "client_id"].tolist() == [planted["loss_maker"]]
    alike = pd.read_parquet(run / "tables" / "intake_lookalikes.parquet")
    assert all(
        any(code in text for text in alike.astype(str).sum(axis=1))
        for code in planted["same_company"]
    )
    summary = pd.read_parquet(run / "tables" / "client_summary.parquet")
    once = summary.loc[summary.occasion_count == 1, "client_id"]
    assert set(planted["one_time"]) <= set(once)


def test_the_planted_groups_are_recovered(demo_run: DemoRun, truth: dict[str, Any]) -> None:
    clients = pd.read_parquet(demo_run("fr") / "tables" / "group_clients.parquet")
    planted = clients.client_id.map(lambda code: truth["clients"][code]["group"])
    assert clients.group.nunique() == planted.nunique() == 3
    assert adjusted_rand_score(planted, clients.group) >= 0.85


def test_only_words_differ_between_the_languages(demo_run: DemoRun) -> None:
    assert metrics_of(demo_run("fr")) == metrics_of(demo_run("en"))


class VisibleText(HTMLParser):
    """The text of a page, and the alternative text of its figures."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag == "style"
        self.parts += [value or "" for name, value in attrs if name in ("alt", "aria-label")]

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def visible_text(page: Path) -> str:
    parser = VisibleText()
    parser.feed(page.read_text(encoding="utf-8"))
    return " ".join(" ".join(parser.parts).split())


@pytest.mark.parametrize("page", ["index", *NOTEBOOKS])
def test_no_english_is_left_on_a_french_page(demo_run: DemoRun, page: str) -> None:
    text = visible_text(demo_run("fr") / f"{page}.html")
    english = [
        sentence
        for sentence, french in catalogue("fr").items()
        if sentence != french and len(sentence) > 15 and "{" not in sentence and sentence in text
    ]
    assert english == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["index", *NOTEBOOKS])
def test_a_page_is_in_its_language_and_light(demo_run: DemoRun, language: str, page: str) -> None:
    path = demo_run(language) / f"{page}.html"
    html = path.read_text(encoding="utf-8")
    assert f'<html lang="{language}"' in html
    assert "<script" not in html
    assert path.stat().st_size <= 1_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_and_no_free_text_is_published(
    demo_run: DemoRun, root: Path, language: str
) -> None:
    run = demo_run(language)
    names = pd.read_csv(root / "data/demo/clients.csv", sep=";", encoding="cp1252", dtype=str)[
        "Raison sociale"
    ]
    long_names = [name for name in names if len(name) > 8]
    assert len(long_names) > 300
    for page in run.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert [name for name in long_names if name in text] == []
    for table in run.glob("tables/*.parquet"):
        values = pd.read_parquet(table).select_dtypes("object").astype(str).to_numpy().ravel()
        assert set(values).isdisjoint(long_names)
