"""One run of the hostile firm per way of naming clients: nothing runs, escapes or is lost."""

import base64
import json
import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import sync_playwright

from clientaudit.report.html import OURS
from clientaudit.text import cleaned
from hostile.corpus import FILE_NAMES, TEXTS
from hostile.firm import FIRM, KEY_NAME, NAME_MARK, WHY, plain_code, write_firm
from report.structure import Node, parse

TAGS = {
    "html", "head", "meta", "title", "style", "body", "a", "header", "div", "img", "p", "h1", "h2",
    "h3", "dl", "dt", "dd", "nav", "ul", "ol", "li", "main", "figure", "figcaption", "table",
    "thead", "tbody", "tr", "th", "td", "caption", "section", "span", "strong", "code", "footer",
    "br", "pre", "em",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "src", "alt", "dir", "id",
    "tabindex", "role", "aria-label", "aria-labelledby", "scope", "colspan", "width", "height",
    "download",
}  # fmt: skip
ADDRESS = re.compile(r"#[\w-]*|[\w-]+\.html|workbook\.xlsx")
IMAGE = re.compile(r"data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=]+")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LISTS = (2, 6, 7)  # positions of the sheets of alerts, actions and decisions
SHOWN = {cleaned(text).replace("\r\n", "\n").replace("\r", "\n") for text in map(plain_code, TEXTS)}
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class HostileRun:
    """A finished run. before: every path of its world before the run."""

    mode: str
    language: str
    home: Path
    folder: Path
    before: frozenset[str]
    done: subprocess.CompletedProcess[bytes]

    @property
    def pages(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("*.html"))}


@pytest.fixture(
    scope="module",
    params=[("names", "fr"), ("codes", "en"), ("pseudonyms", "fr")],
    ids=lambda parameter: parameter[0],
)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> HostileRun:
    mode, language = request.param
    world = tmp_path_factory.mktemp("world")
    engagement = write_firm(world, mode, language)
    before = frozenset(_paths(world))
    command = [sys.executable, "-m", "clientaudit.cli", "run", str(engagement)]
    environment = os.environ | {KEY_NAME: "a long secret"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    [index] = (engagement.parent / "reports").glob("*/index.html")
    return HostileRun(mode, language, engagement.parent, index.parent, before, done)


def _paths(world: Path) -> Iterator[str]:
    return (path.relative_to(world).as_posix() for path in world.rglob("*"))


@pytest.fixture(scope="module")
def trees(run: HostileRun) -> dict[str, Node]:
    return {name: parse(text) for name, text in run.pages.items()}


def cells(tree: Node) -> set[str]:
    return {node.text for node in tree.find_all("td", "th")}


def test_a_page_holds_nothing_but_the_tags_and_attributes_of_its_templates(trees):
    for name, tree in trees.items():
        assert {node.tag for node in tree.walk()} <= TAGS, name
        assert {a for node in tree.walk() for a in node.attributes} <= ATTRIBUTES, name


def test_a_page_leads_nowhere_but_to_its_neighbours_and_loads_nothing(trees):
    for name, tree in trees.items():
        nodes = list(tree.walk())
        assert all(ADDRESS.fullmatch(n.attributes.get("href", "#")) for n in nodes), name
        assert all(IMAGE.fullmatch(n.attributes["src"]) for n in nodes if "src" in n.attributes)
        refreshing = [n.attributes["content"] for n in nodes if "http-equiv" in n.attributes]
        assert refreshing == [POLICY], name


def test_a_style_sheet_is_ours_alone(run, trees):
    for name, tree in trees.items():
        assert len(tree.find_all("style")) == 1
        sheet = tree.find_all("style")[0].text
        assert not re.search(r"url\(|@import|expression|<|canary", sheet), name
        assert run.pages[name].count("</style>") == 1


def test_the_firm_and_its_settings_stand_on_the_page_as_they_were_written(run, trees):
    for tree in trees.values():
        [firm] = [n.text for n in tree.find_all("p") if n.attributes.get("class") == "firm"]
        assert firm == FIRM
        facts = [node.text for node in tree.find_all("header")[0].find_all("dd")]
        assert facts[1:3] == [TEXTS[1], TEXTS[5]]
        normal = ", ".join(TEXTS).replace("\r\n", "\n").replace("\r", "\n")
        assert facts[3].endswith(normal)
        assert FIRM in tree.find_all("title")[0].text
    told = cells(trees["00_intake.html"])
    assert {cleaned(name) for name in FILE_NAMES} <= told
    assert any(cleaned(WHY) in text for text in told)


def test_clients_stand_in_the_tables_as_they_were_written(run, trees):
    told = set().union(*map(cells, trees.values()))
    if run.mode == "pseudonyms":
        assert not {f"{text}{NAME_MARK}" for text in SHOWN} & told
        return
    assert len(SHOWN & told) >= 60
    assert {f"{text}{NAME_MARK}" in told for text in SHOWN & told} >= {run.mode == "names"}


def test_names_leave_only_where_the_engagement_lets_them(run):
    """In mode codes they stand in the alerts, actions and decisions of the workbook only."""
    found = {
        name
        for name, content in _contents(run.folder)
        if NAME_MARK.encode() in content or NAME_MARK in content.decode("utf-8", "ignore")
    }
    if run.mode == "codes":
        assert found <= {f"xl/worksheets/sheet{n + 1}.xml" for n in LISTS}
    else:
        assert bool(found) == (run.mode == "names")


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist())
        elif path.suffix == ".parquet":
            rows = str(pq.read_table(path).to_pylist())
            yield path.name, rows.encode("utf-8", "backslashreplace")
        elif path.is_file():
            yield path.name, path.read_bytes()


def test_a_drawing_is_lines_only(trees):
    drawn = 0
    for tree in trees.values():
        for image in tree.find_all("img"):
            kind, _, content = image.attributes["src"].partition(";base64,")
            if "svg" in kind:
                drawn += 1
                root = ElementTree.fromstring(base64.b64decode(content))
                tags = {node.tag.rpartition("}")[2] for node in root.iter()}
                assert tags <= {"svg", "defs", "style", "g", "path", "use", "clipPath", "rect"}
                names = {key.rpartition("}")[2] for node in root.iter() for key in node.attrib}
                assert not {name for name in names if name.startswith("on")}
    assert drawn > 8


def test_a_workbook_holds_no_formula_no_link_and_every_text(run):
    with zipfile.ZipFile(run.folder / "workbook.xlsx") as archive:
        names = archive.namelist()
        assert not [n for n in names if re.search("vba|external|connection|embed|ctrlProp", n)]
        for name in names:
            tags = {node.tag for node in ElementTree.fromstring(archive.read(name)).iter()}
            assert not tags & {f"{MAIN}f", f"{MAIN}hyperlink", f"{MAIN}oleObject"}, name
    book = openpyxl.load_workbook(run.folder / "workbook.xlsx")
    told, listed = (
        {_unescaped(cell.value) for sheet in sheets for row in sheet for cell in row}
        for sheets in (book, [book.worksheets[n] for n in LISTS])
    )
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= set("nsdb")
    assert FIRM in told
    codes = {_unescaped(row[0].value) for row in list(book.worksheets[1])[1:]}
    if run.mode == "pseudonyms":
        assert all(re.fullmatch("[0-9a-f]{12}", code) for code in codes)
    else:
        assert codes == SHOWN
    named = {f"{text}{NAME_MARK}" for text in SHOWN} & told
    if run.mode == "codes":
        assert named <= listed
    else:
        assert len(named) == (len(SHOWN) if run.mode == "names" else 0)


def _unescaped(value: object) -> str:
    """The text that Excel shows for `_x000D_`, which openpyxl leaves; line ends as one sign."""
    text = str(value).replace("_x000D_", "\r")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_table_keeps_every_sign_of_a_code(run):
    codes = set(
        pq.read_table(run.folder / "tables/client_summary.parquet")["client_id"].to_pylist()
    )
    if run.mode == "pseudonyms":
        assert len(codes) == len(TEXTS)
        assert all(re.fullmatch("[0-9a-f]{12}", code) for code in codes)
    else:
        assert codes == set(map(plain_code, TEXTS))


def test_pseudonyms_replace_codes_wherever_a_client_is_named(run):
    prepared = next((run.home / ".clientaudit").glob("*/lines.parquet")).parent
    for path in (*run.folder.glob("tables/*.parquet"), *prepared.glob("*.parquet")):
        table = pq.read_table(path)
        for name in {"client_id", "account_id"} & set(table.column_names):
            codes = table[name].to_pylist()
            hidden = all(re.fullmatch("[0-9a-f]{12}", code) for code in codes)
            assert not codes or hidden == (run.mode == "pseudonyms"), path.name


def test_a_notebook_shows_only_what_is_known_to_be_harmless(run):
    for path in run.folder.glob("notebooks/*.ipynb"):
        notebook = json.loads(path.read_text("utf-8"))
        outputs = [o for c in notebook["cells"] for o in c.get("outputs", [])]
        assert {output["output_type"] for output in outputs} <= {"execute_result", "display_data"}
        kinds = {kind for output in outputs for kind in output["data"]}
        assert kinds <= {"text/plain", "text/html", "image/svg+xml", OURS}
        for output in outputs:
            html = "".join(output["data"].get("text/html", ""))
            assert {node.tag for node in parse(html).walk()} <= TAGS
            assert {a for n in parse(html).walk() for a in n.attributes} <= ATTRIBUTES
            assert "<script" not in "".join(output["data"].get("image/svg+xml", ""))


def test_metrics_and_manifest_are_json_that_any_program_reads(run):
    def no_constant(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    for name in ("metrics.json", "manifest.json"):
        text = (run.folder / name).read_text("utf-8")
        assert json.loads(text, parse_constant=no_constant)
    inputs = {entry["path"] for entry in json.loads(text)["inputs"]}
    assert set(FILE_NAMES) <= inputs


def test_nothing_is_written_outside_the_run_and_its_store(run):
    world = run.home.parent
    new = set(_paths(world)) - run.before
    home = run.home.name
    assert {path.split("/")[1] for path in new} == {".clientaudit", "reports"}
    assert all(path.startswith(f"{home}/") for path in new)
    published = [path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*")]
    assert all(
        re.fullmatch(r"(?:(?:tables|notebooks|crm)/)?[\w-]+(?:\.\w+)?", p) for p in published
    )
    assert re.fullmatch(rf"[a-z0-9-]+_2026-06-30_{run.language}", run.folder.name)
    assert [p.name for p in run.folder.parent.iterdir()] == [run.folder.name]


def test_what_is_prepared_is_for_its_owner_only(run):
    assert stat.S_IMODE((run.home / ".clientaudit").stat().st_mode) == 0o700


def test_the_terminal_gets_text_only(run):
    out, err = run.done.stdout.decode("utf-8"), run.done.stderr.decode("utf-8")
    assert Path(out.splitlines()[-1]) == run.folder / "index.html"
    assert not CONTROL.search(out.replace(str(run.home), ""))
    assert not CONTROL.search(err)
    assert "canary" not in err


def test_a_browser_runs_nothing_and_asks_for_nothing(run, chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in run.pages:
            page = browser.new_page()
            asked: list[str] = []
            told: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("dialog", lambda dialog, told=told: told.append(dialog.message))
            page.on("popup", lambda popup, told=told: told.append(popup.url))
            page.on("console", lambda message, told=told: told.append(message.text))
            page.on("pageerror", lambda error, told=told: told.append(str(error)))
            address = (run.folder / name).as_uri()
            page.goto(address, wait_until="networkidle")
            assert [url for url in asked if not url.startswith("data:")] == [address]
            assert told == []
            assert page.evaluate("[window.__hit, frames.length]") == [None, 0]
            assert page.url == address
        browser.close()
