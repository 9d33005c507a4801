"""Pages: nothing runs, nothing is loaded, everything has its place."""

import base64
import re
from itertools import pairwise

import pytest
from nbformat.v4 import new_code_cell, new_output

from clientaudit.errors import AuditError
from clientaudit.figures.blank import not_drawn
from clientaudit.findings import Conclusion, Finding, KeyFigure
from clientaudit.report.confidence import estimates, figure_text, plain, worst
from clientaudit.report.page import render_index, render_page
from clientaudit.text import Say
from report.samples import ASLEEP, BEST, HOSTILE, check, engagement, notebook, page
from report.structure import Node, parse

EN, FR = Say("en"), Say("fr")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
LANDMARKS = ["header", "nav", "main", "footer"]


@pytest.fixture(scope="module")
def html() -> str:
    return render_page(notebook(), page())


@pytest.fixture(scope="module")
def tree(html) -> Node:
    return parse(html)


@pytest.fixture(scope="module")
def index() -> Node:
    second = page(notebook="06_departures", question="Who is going quiet?", checks=())
    return parse(render_index([page(), second]))


def texts(tree: Node, *tags: str) -> list[str]:
    return [re.sub("[ \n]+", " ", node.text).strip(" ") for node in tree.find_all(*tags)]


def hostile(text: str) -> tuple[str, Node]:
    finding = Finding("a.b", "Best client: {name:text}.", {"name": text})
    asked = page(
        question=text,
        engagement=engagement(consultant=text, confidentiality=text).model_copy(
            update={"firm": text}
        ),
        conclusion=Conclusion((finding,)),
        reproducibility=text,
        contents=(("x.html", text),),
    )
    html = render_page(notebook(), asked)
    return html, parse(html)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_text_wherever_it_stands(text):
    html, tree = hostile(text)
    assert "script" not in {node.tag for node in tree.walk()}
    assert not [n.attributes for n in tree.walk() if any(a.startswith("on") for a in n.attributes)]
    assert len(tree.find_all("style")) == 1
    assert {i.attributes["src"].partition(":")[0] for i in tree.find_all("img")} == {"data"}
    assert tree.find_all("h1")[0].text == text
    assert html.count("</style>") == 1


def test_no_page_holds_a_script_or_an_address_to_load(html):
    assert "<script" not in html
    assert not re.search(r"""(?:src|href)=["'](?!data:|#|[\w-]+\.html)""", html)
    assert "url(" not in html
    assert "@import" not in html


def test_the_browser_is_told_to_load_nothing(tree):
    policies = [m.attributes.get("content") for m in tree.find_all("meta")]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policies


def test_code_is_never_shown(html):
    assert "secret_code_is_not_shown" not in html


def test_html_that_is_not_ours_is_dropped_and_its_text_escaped(html):
    assert "onclick" not in html
    assert "not &lt;b&gt;ours&lt;/b&gt;" in html
    assert "a warning" not in html


def test_a_sentence_that_a_cell_says_is_a_paragraph(tree):
    assert "l'écart" in texts(tree.find_all("main")[0], "p")


def test_the_page_names_its_language():
    french = parse(render_page(notebook(FR), page(FR)))
    assert french.find_all("html")[0].attributes["lang"] == "fr"
    assert "Quelle confiance accorder à ces résultats\u00a0?" in texts(french, "h2")


def test_the_question_is_the_only_first_heading_and_no_level_is_skipped(tree, index):
    for found in (tree, index):
        levels = [int(h.tag[1]) for h in found.find_all("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_landmarks_stand_once_and_in_order(tree, index):
    for found in (tree, index):
        assert [n.tag for n in found.find_all(*LANDMARKS)] == LANDMARKS
        skip = found.find_all("a")[0].attributes["href"]
        assert skip == "#" + found.find_all("main")[0].attributes["id"]


def test_every_link_inside_the_page_leads_somewhere_and_ids_are_unique(tree, index):
    for found in (tree, index):
        ids = [n.attributes["id"] for n in found.walk() if "id" in n.attributes]
        assert len(set(ids)) == len(ids)
        links = [a.attributes["href"] for a in found.find_all("a")]
        assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_the_main_finding_comes_first_then_the_key_figures(tree):
    main = tree.find_all("main")[0]
    assert texts(main, "p")[0] == BEST.say(EN)
    assert texts(main, "dt") == ["Clients", "Revenue", "Repeat", "Alerts"]
    assert "€1,234,568" in texts(main, "dd")
    assert "▲ 3.7% · €1,190,000 a year before" in texts(main, "dd")
    assert "95% interval: 58% to 66%" in texts(main, "dd")


@pytest.mark.parametrize(
    ("count", "columns"),
    [(1, ""), (2, ""), (3, "by-three"), (4, "by-four"), (5, "by-three one-short"), (6, "by-three")],
)
def test_no_key_figure_is_left_alone_on_a_line(count, columns):
    figures = tuple(KeyFigure("Clients", n, "int") for n in range(count))
    tree = parse(render_page(notebook(), page(conclusion=Conclusion((BEST,), key_figures=figures))))
    [strip] = [n for n in tree.find_all("dl") if "key-figures" in n.attributes["class"]]
    assert strip.attributes["class"].split() == ["key-figures", *columns.split()]


def test_a_chart_that_is_not_drawn_is_a_sentence_and_takes_no_number():
    blank = not_drawn(EN, title="Nobody's cost is known.", source="s")._repr_mimebundle_()
    made = notebook()
    made.cells.insert(2, new_code_cell("", outputs=[new_output("execute_result", blank[0])]))
    main = parse(render_page(made, page())).find_all("main")[0]
    assert "Nobody's cost is known." in texts(main, "p")
    [chart] = [f for f in main.find_all("figure") if f.attributes["class"] == "chart"]
    assert texts(chart, "figcaption") == ["Figure 1"]


def test_a_figure_is_an_image_whose_alternative_text_is_its_finding(tree):
    drawings = [i for i in tree.find_all("img") if "svg" in i.attributes["src"]]
    assert [i.attributes["alt"] for i in drawings] == [BEST.say(EN)]
    svg = base64.b64decode(drawings[0].attributes["src"].partition(",")[2])
    assert svg.startswith(b"<svg")


def test_the_reservations_and_the_way_they_bend_the_results_are_said(tree):
    box = next(n for n in tree.find_all("section") if n.attributes.get("class") == "box")
    said = " ".join(box.text.split())
    assert "3.1% of the lines carry no client code." in said
    assert "Effect on the results: Revenue per client is too low." in said
    assert "1 check passed." in said


def test_a_check_of_another_report_is_not_said():
    asked = page(checks=(check(affects=("departures",)),))
    assert asked.verdict == "PASS"
    assert "carry no client code" not in render_page(notebook(), asked)
    assert page(notebook="00_intake", checks=asked.checks).verdict == "FLAG"


def test_a_report_on_all_of_the_data_is_refused_only_with_the_whole_run():
    partly, wholly = check("REFUSE"), check("REFUSE", refuses_run=True)
    assert page(checks=(partly,)).verdict == "REFUSE"
    assert page(notebook="00_intake", checks=(partly,)).verdict == "FLAG"
    assert page(notebook="00_intake", checks=(wholly,)).verdict == "REFUSE"


def test_a_refusal_of_a_report_that_is_not_there_does_not_mark_the_index():
    asked = page(checks=(check("REFUSE", affects=("cohorts",)),))
    tree = parse(render_index([asked]))
    badges = [n.text for n in tree.find_all("span") if "badge" in n.attributes.get("class", "")]
    assert badges == ["Sound", "Sound"]


def test_a_changed_parameter_is_marked(tree):
    rows = [n for n in tree.find_all("tr") if "changed" in n.attributes.get("class", "")]
    assert [r.find_all("code")[0].text for r in rows] == ["rfm_bins"]


def test_the_perimeter_the_cut_off_and_the_consultant_are_on_the_cover(tree):
    cover = texts(tree.find_all("header")[0], "dd")
    assert cover == ["31 Aug 2026", "Cabinet Mercier", "Strictly personal", "Entity: Lyon, Dijon"]


def test_a_draft_says_so():
    draft = parse(render_page(notebook(), page(engagement=engagement(draft=True))))
    assert "Draft" in texts(draft.find_all("header")[0], "p")


def test_other_reports_are_linked_but_not_this_one(tree):
    links = [a.attributes["href"] for a in tree.find_all("a")]
    assert "01_portrait.html" in links
    assert "index.html" in links
    assert "04_rfm.html" not in links


def test_the_same_notebook_gives_the_same_bytes(html):
    assert render_page(notebook(), page()) == html


def test_a_page_is_light(html):
    assert len(html.encode()) < 1_000_000


def test_the_index_gives_each_report_its_first_finding_and_verdict(index):
    entries = index.find_all("ol")[0].find_all("li")
    assert [e.find_all("a")[0].attributes["href"] for e in entries] == [
        "04_rfm.html",
        "06_departures.html",
    ]
    assert [texts(e, "span") for e in entries] == [["With reservations"], ["Sound"]]
    assert texts(entries[0], "p") == [BEST.say(EN)]


def test_the_index_lists_what_to_ask_for_once_and_the_workbook(index):
    [asked] = [n for n in index.find_all("ul") if n.attributes.get("class") == "requests"]
    reason = "3.1% of the lines carry no client code."
    assert texts(asked, "li") == [f"The client file{reason}"]
    assert "workbook.xlsx" in [a.attributes["href"] for a in index.find_all("a")]


def test_a_missing_table_is_a_request_of_the_index_and_a_reservation_of_its_report():
    gap = page(checks=(check(bias=""),))
    sentence = gap.checks[0].finding.say(EN)
    assert render_index([gap]).count(sentence) == 1
    assert sentence in render_page(notebook(), gap)


def test_a_logo_is_part_of_the_page(tmp_path):
    (tmp_path / "logo.png").write_bytes(PNG)
    settings = engagement(logo="logo.png")
    settings._path = tmp_path / "engagement.yml"
    tree = parse(render_page(notebook(), page(engagement=settings)))
    logo = tree.find_all("header")[0].find_all("img")[0].attributes["src"]
    assert base64.b64decode(logo.partition(",")[2]) == PNG


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file"),
        (b"<svg onload='alert(1)'/>", "not a PNG or JPEG"),
        (PNG + b"0" * 300_000, "300,000 are allowed"),
    ],
)
def test_a_logo_that_cannot_be_used_is_refused(tmp_path, content, message):
    settings = engagement(logo="logo.png")
    settings._path = tmp_path / "engagement.yml"
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(AuditError, match=message):
        render_page(notebook(), page(engagement=settings))


def test_an_estimate_is_said_with_its_interval_in_its_own_unit():
    found = estimates([BEST, ASLEEP, Finding("a.b", "Nothing to count.")], EN)
    assert [(e.interval, e.n) for e in found] == [("8% to 19%", "112")]


@pytest.mark.parametrize(
    ("figure", "change"),
    [
        (KeyFigure("Clients", 110, "int", previous=100), "▲ 10\u00a0%"),
        (KeyFigure("Clients", 90, "int", previous=100), "▼ 10\u00a0%"),
        (KeyFigure("Clients", 90, "int", previous=0), ""),
        (KeyFigure("Clients", 0.25, "pct", previous=0.3), "▼ 5,0\u00a0pts"),
        (KeyFigure("Clients", 90, "int"), ""),
        (KeyFigure("Clients", float("nan"), "pct", previous=float("nan")), ""),
    ],
)
def test_a_change_carries_its_direction(figure, change):
    assert figure_text(figure, FR).change == change


def test_the_worst_verdict_counts():
    assert worst(["PASS", "REFUSE", "FLAG"]) == "REFUSE"
    assert worst([]) == "PASS"


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.6667, "1,6667"), (365, "365"), (True, "oui"), ([], "–"), ([30.0, 90.0], "30 ; 90")],
)
def test_a_parameter_is_shown_as_it_is(value, text):
    assert plain(value, FR) == text
