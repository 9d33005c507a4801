"""The command line: run, check, init, verify, notebooks, purge."""

import datetime as dt
import io
import os
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clientaudit.errors import AuditError, printable
from clientaudit.run.failures import NotebookFailed

if TYPE_CHECKING:
    from clientaudit.run.plan import RunOptions

DONE, REFUSED, MISTAKE, NOTEBOOK_FAILED, OUR_BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130

app = typer.Typer(
    help="Audit of a firm's client base: from raw exports to HTML reports and a workbook.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

EngagementFile = Annotated[Path, typer.Argument(metavar="ENGAGEMENT.yml", show_default=False)]


def main() -> None:
    """Console entry point."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for name in ("SIGTERM", "SIGHUP"):  # to be ended, or a closed terminal, is as good as Ctrl-C
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores it
            signal.signal(number, signal.default_int_handler)
    app()


@app.command()
def run(
    engagements: Annotated[list[Path], typer.Argument(metavar="ENGAGEMENT.yml...")],
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Last day of the audited period, YYYY-MM-DD.")
    ] = "",
    language: Annotated[str, typer.Option(metavar="fr|en", help="Language of the reports.")] = "",
    only: Annotated[
        str, typer.Option(metavar="04,06", help="Notebooks to run, by number or name.")
    ] = "",
    previous: Annotated[
        Path | None, typer.Option(metavar="RUN_DIR", help="The last audit's run.")
    ] = None,
    data: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the exports.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of the runs.")] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME=VALUE", help="A parameter of the notebooks."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", help="Notebooks side by side.")] = None,
) -> None:
    """Read the exports, run the notebooks, publish the reports.

    The last line on standard output is the page to open.
    """

    def options() -> "RunOptions":
        from clientaudit.run.execute import default_jobs
        from clientaudit.run.parameters import parse_given
        from clientaudit.run.plan import RunOptions

        return RunOptions(
            as_of=_day(as_of),
            language=language or None,
            only=tuple(part for part in only.split(",") if part.strip()),
            previous=previous,
            data=data,
            out=out,
            parameters=parse_given(parameters or []),
            jobs=default_jobs() if jobs is None else jobs,
        )

    statuses: list[int] = []
    for path in engagements:
        statuses.append(_status(partial(_run_one, path, options)))
        if statuses[-1] == INTERRUPTED:
            break
    raise typer.Exit(max(statuses))


@app.command()
def check(engagement: EngagementFile) -> None:
    """Read the exports only: what the mapping keeps, reconciliation, verdicts."""
    raise typer.Exit(_status(lambda: _check(engagement)))


@app.command()
def init(
    exports: Annotated[list[Path], typer.Argument(metavar="EXPORT...", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the engagement file.")
    ] = None,
) -> None:
    """Propose an engagement.yml for unknown exports, files or folders; apply nothing.

    The last line on standard output is the file to read and correct.
    """
    raise typer.Exit(_status(lambda: _init(exports, out)))


@app.command()
def verify(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", show_default=False)],
    engagement: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The engagement file, if it was moved.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", help="Notebooks side by side.")] = None,
) -> None:
    """Run again from the same inputs and compare every file with the run's."""
    raise typer.Exit(_status(lambda: _verify(run_dir, engagement, jobs)))


@app.command()
def notebooks() -> None:
    """List the notebooks: question, parameters, defaults, units and sources."""
    raise typer.Exit(_status(_notebooks))


@app.command()
def purge(
    engagement: Annotated[Path, typer.Argument(metavar="ENGAGEMENT.yml")] = Path("engagement.yml"),
) -> None:
    """Delete the prepared tables and private logs beside an engagement file."""
    raise typer.Exit(_status(lambda: _purge(engagement)))


def _run_one(path: Path, options: Callable[[], "RunOptions"]) -> int:
    from clientaudit.run.pipeline import run_engagement
    from clientaudit.run.progress import Display

    asked = options()
    with Display() as display:
        outcome = run_engagement(path, asked, progress=display)
    for sentence in outcome.refusals:
        _tell(f"Refused: {sentence}")
    typer.echo(outcome.index)
    return REFUSED if outcome.refusals else DONE


def _check(path: Path) -> int:
    from clientaudit.run.dry_run import dry_run
    from clientaudit.run.pipeline import open_plan, refusals
    from clientaudit.run.plan import RunOptions, make_plan
    from clientaudit.run.progress import Display
    from clientaudit.run.publish import tidy_up

    plan = make_plan(path, RunOptions(language="en"))
    tidy_up(plan.parent)
    with Display() as display:
        audit = open_plan(plan, display)
    typer.echo(dry_run(audit))
    return REFUSED if refusals(audit) else DONE


def _init(exports: list[Path], out: Path | None) -> int:
    from clientaudit.intake.proposal.propose import propose, write_proposal
    from clientaudit.run.proposal_table import proposal_text

    proposal = propose(exports, out)
    write_proposal(proposal)
    typer.echo(proposal_text(proposal))
    typer.echo(proposal.path)
    return DONE


def _verify(run_dir: Path, engagement: Path | None, jobs: int | None) -> int:
    from clientaudit.run.progress import Display
    from clientaudit.run.publish import tidy_up
    from clientaudit.run.verify import verify_run

    tidy_up(run_dir.resolve().parent)
    with Display() as display:
        found = verify_run(run_dir, engagement, jobs=jobs, progress=display)
    for line in (*found.inputs, *found.outputs):
        typer.echo(printable(line))
    if found.same:
        typer.echo("Every file comes out again, byte for byte.")
        return DONE
    for line in found.versions:
        _tell(f"Other version: {line}")
    return REFUSED


def _notebooks() -> int:
    from clientaudit.run.dry_run import aligned
    from clientaudit.run.notebooks import FOLDER, find_notebooks
    from clientaudit.settings import Thresholds

    for notebook in find_notebooks(FOLDER):
        typer.echo(f"{notebook.name}: {notebook.question}")
        rows = []
        for parameter in notebook.parameters:
            field = Thresholds.model_fields.get(parameter.name)
            meaning = field.description if field else parameter.comment
            rows.append(["", parameter.name, repr(parameter.default), meaning or ""])
        typer.echo(aligned(["", "parameter", "default", "meaning, unit [source]"], rows) + "\n")
    return DONE


def _purge(path: Path) -> int:
    from clientaudit.run import purge

    typer.echo(f"{purge.purge(path)}: nothing is left.")
    return DONE


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise AuditError(f'--as-of "{text}" is not a date. Write it as YYYY-MM-DD.') from None


def _status(action: Callable[[], int]) -> int:
    """Exit status of a command, its error told as its reader needs it."""
    from clientaudit.engine.disk import disk_faults

    try:
        with disk_faults(Path.cwd()):
            return action()
    except AuditError as error:
        _tell(str(error))
        return MISTAKE
    except NotebookFailed as error:
        _tell(str(error))
        return NOTEBOOK_FAILED
    except KeyboardInterrupt:
        _tell("Interrupted: nothing half done was left.")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - whatever is left is ours
        _tell("This is our bug, not a mistake of yours; please report what follows.")
        _tell(traceback.format_exc())
        return OUR_BUG


def _tell(text: str) -> None:
    typer.echo(printable(text), err=True)


if __name__ == "__main__":
    main()
