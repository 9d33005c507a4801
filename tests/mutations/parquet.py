"""Exports from a data warehouse: Parquet with types that are not what they seem."""

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from mutations.corpus import exact, files, mutation, refused
from mutations.firm import AMOUNT, CLIENT, DATE, NUMBERS, Exports, File, day, number

BOTH = ("one", "all")


def arrays(file: File) -> dict[str, pa.Array]:
    """The columns of the export: numbers and dates typed."""
    columns = {}
    for name in file.heading:
        texts = [row[name] for row in file.rows]
        if name in NUMBERS:
            columns[name] = pa.array([number(text) for text in texts], pa.decimal128(18, 4))
        elif name == DATE:
            columns[name] = pa.array([day(text) for text in texts])
        else:
            columns[name] = pa.array(texts)
    return columns


def save(file: File, columns: dict[str, pa.Array]) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    file.name, file.raw = file.name.replace(".csv", ".parquet"), out.getvalue()


def changed(column: str, change: Callable[[pa.Array], pa.Array]) -> Callable[[File], None]:
    """A function that saves a file as Parquet with one column changed."""
    return lambda file: save(file, (own := arrays(file)) | {column: change(own[column])})


@mutation(
    "Parquet",
    exact(),
    where=("all",),
    type=(pa.decimal128(18, 4), pa.float64(), pa.float32(), pa.decimal128(38, 10)),
)
def types_of_amounts(exports: Exports, where: str, type: pa.DataType) -> None:
    """Decimals of any scale, binary numbers of either size."""
    kind = float if pa.types.is_floating(type) else Decimal
    for file in files(exports, where):
        changed(AMOUNT, lambda array: pa.array([kind(v.as_py()) for v in array], type))(file)


@mutation(
    "Parquet",
    exact(),
    where=("all",),
    type=(
        pa.date32(),
        pa.date64(),
        pa.timestamp("ms"),
        pa.timestamp("ns"),
        pa.timestamp("us", "UTC"),
    ),
)
def types_of_dates(exports: Exports, where: str, type: pa.DataType) -> None:
    """Days, or moments of any precision."""
    for file in files(exports, where):
        changed(DATE, lambda array: array.cast(type))(file)


@mutation("Parquet", exact(), where=BOTH, zone=("Europe/Paris", "America/New_York", "Asia/Tokyo"))
def midnights_of_another_time_zone(exports: Exports, where: str, zone: str) -> None:
    """Days stored as the midnight of a place: the evening before, in UTC."""

    def moments(array: pa.Array) -> pa.Array:
        place = ZoneInfo(zone)
        return pa.array(
            [dt.datetime.combine(value.as_py(), dt.time(), place) for value in array],
            pa.timestamp("us", zone),
        )

    for file in files(exports, where):
        changed(DATE, moments)(file)


@mutation("Parquet", refused("local midnight"), where=BOTH)
def midnights_whose_time_zone_is_lost(exports: Exports, where: str) -> None:
    """The same, written by a program that keeps only UTC."""

    def moments(array: pa.Array) -> pa.Array:
        place = ZoneInfo("Europe/Paris")
        return pa.array(
            [dt.datetime.combine(value.as_py(), dt.time(), place) for value in array],
            pa.timestamp("us", "UTC"),
        )

    for file in files(exports, where):
        changed(DATE, moments)(file)


@mutation("Parquet", exact(), told=(False,), where=("all",))
@mutation("Parquet", refused("Date facture"), told=(True,), where=BOTH)
def days_as_whole_numbers(exports: Exports, where: str) -> None:
    """20240131 as a number."""
    for file in files(exports, where):
        changed(DATE, lambda array: pa.array([int(f"{v.as_py():%Y%m%d}") for v in array]))(file)


@mutation("Parquet", refused("Date facture"), where=("all",), unit=(1, 86_400, 86_400_000))
def days_counted_from_1970(exports: Exports, where: str, unit: int) -> None:
    """Days, seconds or milliseconds since 1970 as a plain number."""
    epoch = dt.date(1970, 1, 1)
    for file in files(exports, where):
        changed(DATE, lambda array: pa.array([(v.as_py() - epoch).days * unit for v in array]))(
            file
        )


@mutation("Parquet", exact(), where=("one",), column=(CLIENT, DATE))
def dictionaries(exports: Exports, where: str, column: str) -> None:
    """Columns stored as a dictionary."""
    for file in files(exports, where):
        changed(column, lambda array: array.dictionary_encode())(file)


@mutation("Parquet", exact(), type=(pa.large_string(), pa.binary(), pa.string_view()))
def types_of_codes(exports: Exports, type: pa.DataType) -> None:
    """Text of any kind."""
    for file in exports.files:
        changed(CLIENT, lambda array: array.cast(type))(file)


@mutation("Parquet", refused('"Montant HT"|is empty'), value=(float("nan"), float("inf"), None))
def numbers_that_are_none(exports: Exports, value: float | None) -> None:
    """NaN, infinity, or nothing, in one row."""

    def with_value(array: pa.Array) -> pa.Array:
        numbers = [float(v.as_py()) for v in array]
        return pa.array([*numbers[:50], value, *numbers[51:]])

    changed(AMOUNT, with_value)(exports.middle)


@mutation("Parquet", exact(), where=BOTH)
def amounts_as_text(exports: Exports, where: str) -> None:
    """Numbers and dates as the French text of the csv files."""
    for file in files(exports, where):
        save(file, {name: pa.array([row[name] for row in file.rows]) for name in file.heading})


@mutation("Parquet", refused("Parquet"), size=(100, 4000))
def a_parquet_file_that_is_cut(exports: Exports, size: int) -> None:
    """A transfer that stopped."""
    save(exports.middle, arrays(exports.middle))
    assert exports.middle.raw is not None
    exports.middle.raw = exports.middle.raw[:-size]
