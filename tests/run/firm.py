"""A firm whose audits are run on tiny notebooks: where everything stands, and the commands."""

from dataclasses import dataclass
from pathlib import Path

from clientaudit.run.pipeline import Outcome, run_engagement
from clientaudit.run.plan import RunOptions
from clientaudit.run.verify import Verification, verify_run

NAME = "essai-fils_2026-06-30_en"


@dataclass(frozen=True)
class Firm:
    """A firm's folder and the notebooks of its audit."""

    folder: Path

    @property
    def notebooks(self) -> Path:
        return self.folder / "suite"

    @property
    def engagement(self) -> Path:
        return self.folder / "firm" / "engagement.yml"

    @property
    def store(self) -> Path:
        return self.engagement.with_name(".clientaudit")

    @property
    def last_run(self) -> Path:
        return self.engagement.with_name("reports") / NAME

    def run(self, **options) -> Outcome:
        return run_engagement(
            self.engagement, RunOptions(**options), progress=lambda _: None, folder=self.notebooks
        )

    def verify(self, run: Path, engagement: Path | None = None) -> Verification:
        return verify_run(run, engagement, progress=lambda _: None, folder=self.notebooks)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
