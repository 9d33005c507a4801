import copy
from pathlib import Path

import pytest

from mutations.corpus import Case, cases
from mutations.firm import Exports, Truth, clean_exports, truth_of
from mutations.harness import read, run


@pytest.fixture(scope="module")
def clean() -> Exports:
    return clean_exports()


@pytest.fixture(scope="module")
def truth(clean: Exports) -> Truth:
    return truth_of(clean)


@pytest.fixture(scope="module")
def usual(clean: Exports, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Checks that do not pass on the clean exports, whose accounts are given."""
    folder = tmp_path_factory.mktemp("clean")
    outcome = read(clean, truth, folder, told=True, accounts=True)
    assert outcome.totals == truth
    return set(outcome.flagged or ())


@pytest.mark.parametrize("case", cases(), ids=str)
def test_no_damage_gives_a_wrong_total_in_silence(
    case: Case, clean: Exports, truth: Truth, usual: set[str], tmp_path: Path
) -> None:
    outcome = run(case, copy.deepcopy(clean), truth, tmp_path)
    silent = usual if case.accounts else usual | {"reconciliation"}
    kind = outcome.kind(truth, silent, case.expected.by)
    assert kind == case.expected.kind, outcome
    if kind == "undetectable":
        assert case.expected.by in outcome.listed


def test_every_blind_spot_of_the_clean_exports_is_tried(
    clean: Exports, truth: Truth, tmp_path: Path
) -> None:
    outcome = read(clean, truth, tmp_path, told=True, accounts=False)
    tried = {case.expected.by for case in cases() if case.expected.kind == "undetectable"}
    assert outcome.listed
    assert outcome.listed <= tried
