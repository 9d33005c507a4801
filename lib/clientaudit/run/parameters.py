"""Which value each parameter of a run takes, and where it comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from clientaudit.errors import AuditError
from clientaudit.run.notebooks import KNOWN, NAME, NotebookInfo, full_name
from clientaudit.settings import Engagement, Thresholds
from clientaudit.settings.model import nearest

# Declared by every notebook, but given by options of their own.
OPTIONS = {"engagement": "the engagement file", "as_of": "--as-of", "language": "--language"}


def parse_given(texts: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` of the command line as a mapping.

    Raises AuditError: no `=`, a name given twice, or a name that is not one (papermill would run
    it as code).
    """
    given: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals:
            raise AuditError(f'-p "{text}": write NAME=VALUE.')
        if not NAME.fullmatch(name):
            raise AuditError(f'-p "{text}": "{name}" is not a name (a-z, digits, _).')
        if name in given:
            raise AuditError(f"-p {name} is given twice.")
        if name in OPTIONS:
            raise AuditError(f"-p {name}: is given by {OPTIONS[name]}.")
        given[name] = value.strip()
    return given


def resolve_thresholds(
    selected: Sequence[NotebookInfo],
    engagement: Engagement,
    given: Mapping[str, str],
    *,
    available: Sequence[NotebookInfo] = (),
) -> dict[str, Thresholds]:
    """The thresholds of each selected notebook, by its name.

    Command line > `notebooks.parameters` > `thresholds` > default. A value of the command line
    reaches every selected notebook that declares its name. available: every notebook of the
    folder, for names in the engagement file that are not selected.

    Raises AuditError: a name that no selected notebook declares, a value of the wrong type or
    out of bounds, a notebook that does not exist.
    """
    _refuse_undeclared(selected, given)
    own = _own_parameters(engagement, available or selected)
    return {
        notebook.name: _validated(
            engagement.thresholds,
            own.get(notebook.name, {})
            | {name: v for name, v in given.items() if name in notebook.parameter_names},
            notebook.name,
        )
        for notebook in selected
    }


def kernel_values(notebook: NotebookInfo, thresholds: Thresholds) -> dict[str, Any]:
    """Resolved values of the thresholds that a notebook declares."""
    return {
        name: getattr(thresholds, name)
        for name in notebook.parameter_names
        if name in Thresholds.model_fields
    }


def _refuse_undeclared(selected: Sequence[NotebookInfo], given: Mapping[str, str]) -> None:
    declared = sorted(
        {name for n in selected for name in n.parameter_names if name in Thresholds.model_fields}
    )
    for name in given:
        if name not in declared:
            advice = nearest(name, declared) if declared else "they declare none."
            raise AuditError(f'-p {name}: no selected notebook declares "{name}"; {advice}')


def _own_parameters(
    engagement: Engagement, available: Sequence[NotebookInfo]
) -> dict[str, dict[str, Any]]:
    """`notebooks.parameters` by full name; a notebook of the suite may be missing here."""
    names = list(dict.fromkeys([*KNOWN, *(notebook.name for notebook in available)]))
    by_name = {notebook.name: notebook for notebook in available}
    own: dict[str, dict[str, Any]] = {}
    for text, values in engagement.notebooks.parameters.items():
        name = full_name(text, names)
        own.setdefault(name, {}).update(values)
        declared = by_name[name].parameter_names if name in by_name else tuple(values)
        for key in values:
            if key not in declared:
                raise AuditError(
                    f'{engagement.path.name}, notebooks.parameters: {name} has no "{key}"; '
                    f"{nearest(key, list(declared))}"
                )
    return own


def _validated(base: Thresholds, changes: Mapping[str, Any], notebook: str) -> Thresholds:
    try:
        return Thresholds.model_validate(base.model_dump() | dict(changes))
    except ValidationError as error:
        first = error.errors()[0]
        name = first["loc"][0]
        message = first["msg"].removeprefix("Value error, ")
        raise AuditError(
            f'{notebook}: {name} is "{changes.get(str(name), first["input"])}"; {message}.'
        ) from None
