"""The mapping of an engagement file: how raw exports become canonical tables."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from clientaudit.settings.model import Settings

LARGEST = 10**15  # of an amount or a number to compare with


def _listed(value: Any) -> Any:
    """A single value where a list is also allowed."""
    return value if isinstance(value, list) or value is None else [value]


def _pattern(value: str | None) -> str | None:
    """A regular expression of RE2: no text makes it take for ever, as those of Python may."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex("", pattern=value or "")
    except pa.ArrowInvalid as error:
        detail = str(error).partition(": ")[2] or str(error)
        raise ValueError(
            f"is not a regular expression: {detail}. Look-around and back-references are not "
            "available."
        ) from None
    return value


def _short_form(value: Any) -> Any:
    """`date: "Date facture"` is short for `date: {from: "Date facture"}`."""
    return {"from": value} if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_listed, json_schema_input_type=list[str] | str)]


class Dialect(Settings):
    """How the values of a file are written; what is None is detected and stated in report 00."""

    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[",", "."] | None = None
    thousands: Texts | None = None
    date_format: Texts | None = None

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "a".encode(value).decode(value, "replace")
            except (LookupError, UnicodeError):
                raise ValueError("is not an encoding; try utf-8, cp1252 or utf-16.") from None
        return value

    @field_validator("separator")
    @classmethod
    def _one_sign(cls, value: str | None) -> str | None:
        sign = "\t" if value in ("tab", "\\t") else value
        if sign is not None and (len(sign) != 1 or sign in '"\r\n'):
            raise ValueError('must be one sign, such as ";", ",", "|" or "\\t".')
        return sign

    @field_validator("date_format")
    @classmethod
    def _whole_date(cls, formats: list[str] | None) -> list[str] | None:
        for text in formats or []:
            if not re.search(r"%[yY]", text) or not re.search(r"%[mbB]", text):
                raise ValueError("a date format needs a year and a month, such as %d/%m/%Y.")
        return formats

    def over(self, other: "Dialect") -> "Dialect":
        """This dialect, completed by `other` where it says nothing."""
        mine = {k: v for k, v in self.model_dump().items() if v is not None}
        return Dialect(**(other.model_dump() | mine))


class Tests(Settings):
    """What a cell may be tested for."""

    equals: str | None = None
    in_: Texts | None = Field(None, alias="in")
    starts_with: str | None = None
    ends_with: str | None = None
    matches: str | None = None
    is_empty: bool | None = None
    greater_than: Decimal | None = None
    less_than: Decimal | None = None

    @field_validator("matches")
    @classmethod
    def _regular_expression(cls, value: str | None) -> str | None:
        return _pattern(value)

    @field_validator("greater_than", "less_than")
    @classmethod
    def _of_this_world(cls, value: Decimal | None) -> Decimal | None:
        if value is not None and value.copy_abs() > LARGEST:
            raise ValueError(f"must lie between -{LARGEST} and {LARGEST}.")
        return value

    @property
    def tests(self) -> dict[str, Any]:
        """The test given, by its name in the file."""
        names = ("equals", "in_", "starts_with", "ends_with", "matches", "is_empty")
        found = {name: getattr(self, name) for name in (*names, "greater_than", "less_than")}
        return {name: value for name, value in found.items() if value is not None}


class Condition(Tests):
    """One condition on a column of the source: exactly one test."""

    column: str

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if len(self.tests) != 1:
            raise ValueError(
                "needs exactly one of equals, in, starts_with, ends_with, matches, is_empty, "
                "greater_than, less_than."
            )
        return self


class DropRule(Condition):
    """Rows that are not kept, and why."""

    why: str = ""


class CreditNotes(Tests):
    """Which lines are credit notes (by doc_type, or by one condition) and their sign."""

    sign: Literal["negative_if_positive", "as_is"] = "as_is"
    column: str | None = None

    @model_validator(mode="after")
    def _condition_is_whole(self) -> "CreditNotes":
        _ = self.condition
        return self

    @property
    def condition(self) -> Condition | None:
        """The condition that marks a credit note, or None where doc_type or the sign does."""
        given = self.model_dump(exclude={"sign"}, exclude_none=True)
        return Condition(**given) if given else None


class ColumnMapping(Settings):
    """Where one canonical column comes from and how its text is cleaned."""

    from_: str | None = Field(None, alias="from")
    value: str | None = None
    formula: str | None = None
    remove: Texts = Field([], max_length=100)
    pad: int | None = Field(None, ge=1, le=64)
    upper: bool = False
    unit: str | None = None
    map: dict[str, str | None] | None = None
    map_file: str | None = None
    otherwise: str | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnMapping":
        origins = [self.from_, self.value, self.formula]
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("needs exactly one of from, value, formula.")
        if self.map is not None and self.map_file is not None:
            raise ValueError("takes map or map_file, not both.")
        return self

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, value: str | None) -> str | None:
        found = re.fullmatch(r"([kK]?)([A-Za-z]{3})", (value or "EUR").replace("€", "EUR"))
        if not found:
            raise ValueError("must be a currency such as EUR, or thousands of it, kEUR.")
        return value and found[1].lower() + found[2].upper()


class FileOptions(Settings):
    """Which files to read, and where the table stands in them."""

    files: Texts = Field(min_length=1)
    sheet: str | None = None
    header_row: int = Field(1, ge=1, le=10_000)
    stop_at: str | None = None
    defaults: Dialect = Dialect()

    @property
    def may_be_quoted(self) -> bool:
        """Whether a cell may stand between quotes, as in every csv."""
        return True

    @field_validator("stop_at")
    @classmethod
    def _regular_expression(cls, value: str | None) -> str | None:
        return _pattern(value)


class Join(FileOptions):
    """A look-up: at most one row of `files` for each value of the source columns in `on`."""

    on: dict[str, str] = Field(min_length=1)


class Source(FileOptions):
    """One set of exports that feeds a canonical table."""

    preset: Literal["fec"] | None = None
    columns: dict[
        str,
        Annotated[
            ColumnMapping, BeforeValidator(_short_form, json_schema_input_type=ColumnMapping | str)
        ],
    ] = {}
    join: Annotated[
        list[Join], BeforeValidator(_listed, json_schema_input_type=list[Join] | Join)
    ] = []
    credit_notes: CreditNotes = CreditNotes()
    keep: Annotated[
        list[Condition],
        BeforeValidator(_listed, json_schema_input_type=list[Condition] | Condition),
    ] = []
    drop: Annotated[
        list[DropRule], BeforeValidator(_listed, json_schema_input_type=list[DropRule] | DropRule)
    ] = []
    unique: Texts | None = None
    fx: Literal["multiply", "divide"] | None = None

    @property
    def may_be_quoted(self) -> bool:
        """A FEC has no quotes around its cells: `"` is a sign like the others."""
        return self.preset is None
