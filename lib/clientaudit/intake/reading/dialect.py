"""How a text file is written: its encoding and its separator, detected where nobody said."""

import codecs
import csv
import re
from collections import Counter
from itertools import islice
from pathlib import Path

from clientaudit.intake.reading.files import CHUNK_BYTES
from clientaudit.settings.sources import Dialect

SEPARATORS = (";", "\t", "|", ",")
SAMPLE_LINES = 200
SAMPLE_BYTES = 1 << 16
ODD_SHARE = 0.25
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF8_CHARACTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
# What Western European text holds beyond ASCII; anything else speaks against cp1252.
USUAL = "À-ÖØ-öø-ÿŒœŸŠšŽž€£«»°’‘“”–—…•™®©§²³¹µ½¼¾·\u00b4¨×÷±¡¿ªº\u00a0"
ODD = re.compile(f"[^\\x00-\\x7f{USUAL}]|(?<=[a-zß-öø-ÿ])[À-ÖØ-ÞŒŠŽŸ]")


def used_dialect(
    path: Path, given: Dialect, header_row: int, *, quoted: bool = True
) -> tuple[Dialect, tuple[str, ...]]:
    """The dialect to read a delimited file with, and the names of its fields that were detected.

    What `given` says is taken as it is. quoted: whether cells may stand between quotes.
    """
    detected: dict[str, str] = {}
    if given.encoding is None:
        detected["encoding"] = detect_encoding(path)
    encoding = given.encoding or detected["encoding"]
    if given.separator is None:
        detected["separator"] = detect_separator(path, encoding, header_row, quoted=quoted)
    return Dialect(**detected).over(given), tuple(detected)


def codec(encoding: str) -> str:
    """The codec to open a file of that encoding with: a UTF-8 byte order mark is no text."""
    name = codecs.lookup(encoding).name
    return "utf-8-sig" if name == "utf-8" else name


def detect_encoding(path: Path) -> str:
    """Encoding of a text file: its byte order mark, UTF-8 if all of it is, else an 8-bit code.

    cp1252 is preferred to latin-1, which has no euro sign; cp850 and mac_roman are chosen where
    cp1252 would give signs that no text holds. A file that is UTF-8 but for a few bytes is
    called utf-8, so that those bytes are reported.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    return "utf-8" if _is_utf8(path) else _eight_bit_code(_accented_lines(path))


def detect_separator(path: Path, encoding: str, header_row: int, *, quoted: bool = True) -> str:
    """The separator that cuts the first lines, heading included, into the steadiest number of
    fields; at equal steadiness, into more fields.
    """
    with path.open(encoding=codec(encoding), errors="replace", newline="") as stream:
        lines = list(islice(stream, header_row - 1, header_row - 1 + SAMPLE_LINES))
    return max(SEPARATORS, key=lambda separator: _steadiness(lines, separator, quoted))


def _steadiness(lines: list[str], separator: str, quoted: bool) -> tuple[float, int]:
    reader = csv.reader(
        lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    )
    try:
        counts = Counter(len(cells) for cells in reader if cells)
    except csv.Error:
        return 0.0, 0
    fields, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    return (times / counts.total(), fields) if fields > 1 else (0.0, 0)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _accented_lines(path: Path) -> bytes:
    """The first lines that hold more than ASCII."""
    sample = b""
    with path.open("rb") as stream:
        while len(sample) < SAMPLE_BYTES and (chunk := stream.read(CHUNK_BYTES)):
            chunk += stream.readline()
            sample += b"\n".join(line for line in chunk.splitlines() if not line.isascii())
    return sample[:SAMPLE_BYTES]


def _eight_bit_code(sample: bytes) -> str:
    accents = sum(byte > 0x7F for byte in sample)
    if 2 * sum(map(len, UTF8_CHARACTER.findall(sample))) > accents:
        return "utf-8"
    text = sample.decode("cp1252", errors="replace")
    if "\ufffd" in text:
        others = [code for code in ("mac_roman", "cp850") if not ODD.search(sample.decode(code))]
        if others:
            return others[0]
    odd = len(ODD.findall(text))
    if odd <= ODD_SHARE * accents:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp850", "mac_roman"]).best()
    return best.encoding if best else "cp1252"
