"""What every settings model shares: frozen, no unknown key, faults with the line they stand on."""

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from clientaudit.errors import AuditError, Fault
from clientaudit.settings.yaml_lines import Document, Location


class Settings(BaseModel):
    """A frozen part of the settings; a key that it does not know is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        """A key with nothing behind it, as after its items were commented out, is not given."""
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: v for key, v in data.items() if v is not None or key not in known}


Model = TypeVar("Model", bound=Settings)


def validate(
    model: type[Model], document: Document, name: str, found: Sequence[Fault] = ()
) -> Model:
    """The document as a `model`. Raises AuditError with every fault and its line.

    found: faults that were found in the document before.
    """
    faults: list[Fault] = []
    try:
        value = model.model_validate(document.data)
    except ValidationError as error:
        faults = [_fault(model, document, name, detail) for detail in error.errors()]
    if faults or found:
        raise AuditError(f"{name} cannot be used.", [*faults, *found])
    return value


def nearest(word: str, known: list[str]) -> str:
    """Advice naming the known word nearest to `word`, else all of them."""
    plain = {name.casefold(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.casefold(), list(plain), n=1, cutoff=0.5)
    return (
        f'did you mean "{plain[close[0]]}"?' if close else f"it must be one of {', '.join(known)}."
    )


def _fault(model: type[Settings], document: Document, name: str, detail: Any) -> Fault:
    location = _known(document, detail["loc"])
    where = f"{name}, line {document.line(location)}"
    path = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        return Fault(where, f'unknown key "{path}"; {nearest(key, _keys(model, detail["loc"]))}')
    if detail["type"] == "missing":
        return Fault(where, f'"{path}" is missing.')
    message = detail["msg"].removeprefix("Value error, ")
    found = detail["input"]
    shown = f" (found: {found})" if isinstance(found, str | int | float) else ""
    return Fault(where, f'"{path}": {message}{shown}')


def _known(document: Document, location: Location) -> Location:
    """The location without the parts that validation added (a list around a single source)."""
    found: Location = ()
    for part in location:
        if (*found, part) in document.lines:
            found = (*found, part)
    return found


def _keys(model: type[Settings], location: Location) -> list[str]:
    """Keys that the model around a location allows."""
    current = model
    for part in location[:-1]:
        for name, field in current.model_fields.items():
            if part in (name, field.alias):
                current = next(_models(field.annotation), current)
    return [field.alias or name for name, field in current.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[Settings]]:
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
