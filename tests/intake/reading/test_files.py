import gzip
import hashlib
import unicodedata
from pathlib import Path

import pytest

from clientaudit.errors import AuditError
from clientaudit.intake.reading import files
from clientaudit.intake.reading.files import find_files, unpacked


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"a;b\n")


def test_a_glob_finds_its_files_sorted_by_name(tmp_path):
    write(tmp_path, "ventes_2025.csv", "ventes_2023.csv", "ventes_2024.csv", "achats_2024.csv")
    found = find_files(["ventes_20*.csv"], tmp_path)
    assert [f.name for f in found] == ["ventes_2023.csv", "ventes_2024.csv", "ventes_2025.csv"]


def test_a_file_matched_twice_is_read_once(tmp_path):
    write(tmp_path, "a.csv", "b.csv")
    assert [f.name for f in find_files(["b.csv", "*.csv", "./a.csv"], tmp_path)] == [
        "a.csv",
        "b.csv",
    ]


def test_files_may_lie_above_the_folder_or_deep_in_it(tmp_path):
    write(tmp_path, "exports/v.csv", "audit/in/2024/w.csv")
    found = find_files(["../exports/*.csv", "in/**/*.csv"], tmp_path / "audit")
    assert [f.name for f in found] == ["../exports/v.csv", "in/2024/w.csv"]


def test_an_absolute_pattern_is_named_relative_to_the_folder(tmp_path):
    write(tmp_path, "exports/v.csv")
    (tmp_path / "audit").mkdir()
    found = find_files([str(tmp_path / "exports" / "*.csv")], tmp_path / "audit")
    assert [f.name for f in found] == ["../exports/v.csv"]


def test_hash_and_size_are_those_of_the_file_on_disk(tmp_path):
    content = gzip.compress(b"a;b\n1;2\n")
    (tmp_path / "v.csv.gz").write_bytes(content)
    (found,) = find_files(["v.csv.gz"], tmp_path)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert (found.size, found.format, found.packed) == (len(content), "csv", True)


def test_capital_endings_are_known(tmp_path):
    write(tmp_path, "V.CSV", "W.TXT.GZ")
    assert [f.format for f in find_files(["*"], tmp_path)] == ["csv", "txt"]


def test_brackets_in_a_name_are_first_taken_as_they_are(tmp_path):
    write(tmp_path, "ventes [2024].csv", "ventes 2.csv")
    assert [f.name for f in find_files(["ventes [2024].csv"], tmp_path)] == ["ventes [2024].csv"]


def test_a_name_with_decomposed_accents_is_found(tmp_path):
    write(tmp_path, unicodedata.normalize("NFD", "réglées_2024.csv"))
    assert len(find_files(["réglées_*.csv"], tmp_path)) == 1


def test_lock_files_of_excel_are_no_exports(tmp_path):
    write(tmp_path, "ventes.xlsx", "~$ventes.xlsx")
    assert [f.name for f in find_files(["*.xlsx"], tmp_path)] == ["ventes.xlsx"]


def test_no_match_lists_what_is_there(tmp_path):
    write(tmp_path, "sales.csv", "clients.xlsx")
    with pytest.raises(AuditError, match=r'"ventes\*\.csv".*holds: clients\.xlsx, sales\.csv\.'):
        find_files(["ventes*.csv"], tmp_path)


def test_every_pattern_must_match(tmp_path):
    write(tmp_path, "a.csv")
    with pytest.raises(AuditError, match=r'"sub/b\.csv": no such file'):
        find_files(["a.csv", "sub/b.csv"], tmp_path)


def test_another_ending_is_refused_with_those_allowed(tmp_path):
    write(tmp_path, "ventes.pdf")
    with pytest.raises(AuditError, match=r"ventes\.pdf: .* csv, tsv, txt, xlsx"):
        find_files(["ventes.pdf"], tmp_path)


def test_a_packed_file_is_unpacked_and_removed(tmp_path):
    (tmp_path / "v.csv.gz").write_bytes(gzip.compress(b"a;b\n"))
    (found,) = find_files(["v.csv.gz"], tmp_path)
    with unpacked(found) as path:
        assert path.read_bytes() == b"a;b\n"
    assert not path.parent.exists()


def test_an_unpacked_copy_is_removed_after_an_error(tmp_path):
    (tmp_path / "v.csv.gz").write_bytes(gzip.compress(b"a;b\n"))
    (found,) = find_files(["v.csv.gz"], tmp_path)
    with pytest.raises(ZeroDivisionError), unpacked(found) as path:
        raise ZeroDivisionError
    assert not path.parent.exists()


@pytest.mark.parametrize("content", [gzip.compress(b"a;b\n" * 99, mtime=0)[:-9], b"a;b\n1;2\n"])
def test_a_cut_or_false_gzip_file_is_refused(tmp_path, content):
    (tmp_path / "v.csv.gz").write_bytes(content)
    (found,) = find_files(["v.csv.gz"], tmp_path)
    with pytest.raises(AuditError, match=r"v\.csv\.gz: is not a whole gzip file"), unpacked(found):
        pass


def test_a_gzip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "SWELL_BYTES", 1_000_000)
    (tmp_path / "v.csv.gz").write_bytes(gzip.compress(b"0" * 3_000_000))
    (found,) = find_files(["v.csv.gz"], tmp_path)
    with pytest.raises(AuditError, match="over 200 times its size"), unpacked(found):
        pass
