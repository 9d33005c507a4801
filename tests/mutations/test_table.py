import os
from pathlib import Path

from mutations.table import page


def test_the_page_of_mutations_is_what_the_corpus_gives(root: Path) -> None:
    path = root / "docs" / "mutations.md"
    text = page()
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
