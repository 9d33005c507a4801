"""The engagement file: one per firm, versioned, reused next year."""

import datetime as dt
import hashlib
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, field_validator

from clientaudit.errors import AuditError, Fault
from clientaudit.schema import TABLES
from clientaudit.settings.model import Settings, nearest, validate
from clientaudit.settings.sources import LARGEST, Dialect, Source, Texts, _listed
from clientaudit.settings.thresholds import Thresholds
from clientaudit.settings.yaml_lines import Document, Location, read_yaml

REPOSITORY = Path(__file__).resolve().parents[3]
SLUG_LENGTH = 40
FIRST_YEAR, LAST_YEAR = 1900, 2200  # as for the dates of the exports
PRESET_TABLES = ("transactions", "clients", "payments")


class Report(Settings):
    """What the cover of the reports carries."""

    consultant: str = ""
    logo: str | None = None
    colour: str = "#1f4e79"
    confidentiality: str = ""
    draft: bool = False

    @field_validator("colour")
    @classmethod
    def _hexadecimal(cls, value: str) -> str:
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            raise ValueError('must be six hexadecimal digits, such as "#1f4e79".')
        return value


class Privacy(Settings):
    """How clients are named in the reports."""

    mode: Literal["names", "codes", "pseudonyms"] = "codes"
    key_env: str = "CLIENT_AUDIT_KEY"
    names_in: list[Literal["action_list"]] = ["action_list"]


class Identity(Settings):
    """Two files of two columns: client code; its group, or the code that survives it."""

    groups_file: str | None = None
    merge_file: str | None = None


class Notebooks(Settings):
    """Which notebooks run, and parameters that differ for one of them."""

    only: Texts | None = None
    parameters: dict[str, dict[str, Any]] = {}

    @field_validator("parameters")
    @classmethod
    def _known_names(cls, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        known = list(Thresholds.model_fields)
        for notebook, parameters in value.items():
            for name in parameters:
                if name not in known:
                    raise ValueError(f'{notebook} has no "{name}"; {nearest(name, known)}')
        return value


class Engagement(Settings):
    """One firm's audit: its exports and their mapping, cut-off date, language, thresholds."""

    version: Literal[1] = 1
    firm: str = Field(min_length=1)
    as_of: dt.date | None = Field(None, ge=dt.date(FIRST_YEAR, 1, 1), le=dt.date(LAST_YEAR, 12, 31))
    language: Literal["fr", "en"] = "fr"
    currency: str = Field("EUR", pattern="^[A-Z]{3}$")
    fiscal_year_start: int = Field(1, ge=1, le=12)
    previous: str | None = None
    perimeter: dict[str, Texts] = {}
    report: Report = Report()
    privacy: Privacy = Privacy()
    defaults: Dialect = Dialect()
    tables: dict[
        str,
        Annotated[
            list[Source],
            BeforeValidator(_listed, json_schema_input_type=list[Source] | Source),
        ],
    ]
    identity: Identity = Identity()
    accounts: dict[int, Decimal] = {}
    thresholds: Thresholds = Thresholds()
    notebooks: Notebooks = Notebooks()
    _path: Path = PrivateAttr(default=Path("engagement.yml"))
    _data: Path | None = PrivateAttr(default=None)

    @property
    def previous_run(self) -> Path | None:
        """Folder of the last audit's run."""
        return self.path.parent / self.previous if self.previous else None

    @field_validator("version", mode="before")
    @classmethod
    def _version_number(cls, value: Any) -> Any:
        return int(value) if str(value).isdigit() else value

    @field_validator("perimeter")
    @classmethod
    def _columns_of_transactions(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        columns = TABLES["transactions"].columns
        known = [column.name for column in columns if column.kind in ("text", "enum")]
        for name in value:
            if name not in known:
                raise ValueError(f'transactions have no text "{name}"; {nearest(name, known)}')
        return value

    @field_validator("perimeter", "tables")
    @classmethod
    def _not_empty(cls, value: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for name, items in value.items():
            if not items:
                raise ValueError(f'"{name}" is empty: give what belongs to it, or leave it out.')
        return value

    @field_validator("accounts")
    @classmethod
    def _of_this_world(cls, value: dict[int, Decimal]) -> dict[int, Decimal]:
        for year, amount in value.items():
            if not FIRST_YEAR <= year <= LAST_YEAR or amount.copy_abs() > LARGEST:
                raise ValueError(
                    f"years from {FIRST_YEAR} to {LAST_YEAR}, amounts from -{LARGEST} to {LARGEST}."
                )
        return value

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._path

    @property
    def folder(self) -> Path:
        """The folder that `files` are relative to."""
        return self._data or self._path.parent

    @property
    def slug(self) -> str:
        """The firm's name for a folder: [a-z0-9-], with a short hash where letters were lost."""
        folded = unicodedata.normalize("NFKD", self.firm)
        ascii_name = folded.encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-")
        kept = sum(not unicodedata.combining(c) for c in folded) == len(ascii_name)
        if kept and 0 < len(slug) <= SLUG_LENGTH:
            return slug
        digest = hashlib.sha256(self.firm.encode()).hexdigest()[:8]
        return f"{slug[:SLUG_LENGTH].strip('-')}-{digest}".strip("-")


def load_engagement(path: Path, *, data: Path | None = None) -> Engagement:
    """Read an engagement file; `files` are relative to `data`, by default its own folder.

    Raises AuditError with every fault of the file and its line.
    """
    if not path.is_file():
        raise AuditError(f"{path}: there is no such engagement file.")
    if data is not None and not data.is_dir():
        raise AuditError(f"{data}: the data folder does not exist.")
    document = read_yaml(path)
    engagement = validate(Engagement, document, path.name, _name_faults(document, path.name))
    engagement._path = path.resolve()
    engagement._data = data.resolve() if data else None
    return engagement


def _name_faults(document: Document, file: str) -> list[Fault]:
    """Tables and columns that the schema does not have, and required ones that are missing."""
    data = document.data if isinstance(document.data, dict) else {}
    tables = data.get("tables")
    if not isinstance(tables, dict):
        return []
    found: list[tuple[Location, str]] = []
    if "transactions" not in tables:
        found.append((("tables",), '"transactions" is required.'))
    for name, sources in tables.items():
        place: Location = ("tables", name)
        if name not in TABLES:
            found.append((place, f'unknown table "{name}"; {nearest(name, list(TABLES))}'))
            continue
        presets = [s for s in _listed(sources) or [] if isinstance(s, dict) and s.get("preset")]
        if presets and name not in PRESET_TABLES:
            found.append((place, f"a preset gives {', '.join(PRESET_TABLES)}; not {name}."))
        elif len(presets) > 1:
            found.append((place, "a preset stands once, with all files: files: [A, B]."))
        for i, source in enumerate(_listed(sources) or []):
            own = (*place, i) if isinstance(sources, list) else place
            found += _column_problems(name, source, own)
    return [Fault(f"{file}, line {document.line(place)}", text) for place, text in found]


def _column_problems(table: str, source: Any, place: Location) -> list[tuple[Location, str]]:
    columns = (source.get("columns") or {}) if isinstance(source, dict) else None
    if not isinstance(columns, dict):
        return []
    schema = TABLES[table]
    known = [column.name for column in schema.columns]
    place = (*place, "columns")
    return [
        ((*place, name), f'{table} has no column "{name}"; {nearest(name, known)}')
        for name in columns
        if name not in known
    ] + [
        (place, f'{table} needs the column "{name}".')
        for name in schema.required
        if name not in columns and not source.get("preset")
    ]
