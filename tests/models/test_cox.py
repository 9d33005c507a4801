"""Cox's regression and its check against R's survival 3.5.3."""

import numpy as np
import pandas as pd
import pytest

from clientaudit.models.cox import NotFitted, cox_model

ROSSI = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


@pytest.fixture(scope="module")
def rossi(shared_data) -> pd.DataFrame:
    return pd.read_csv(shared_data / "survival" / "rossi.csv")


def fit(frame, names=ROSSI, **more):
    return cox_model(
        frame["week"].to_numpy(float),
        frame["arrest"].to_numpy(bool),
        frame[list(names)].to_numpy(float),
        names=names,
        **more,
    )


def test_rossi_as_r_fits_it(rossi):
    found = fit(rossi)
    assert found.coefficients == pytest.approx(
        [-0.379422, -0.057438, 0.313900, -0.149796, -0.433704, -0.084871, 0.091497], abs=1e-6
    )
    assert (found.high - found.low) / (2 * 1.959964) == pytest.approx(
        [0.191379, 0.021999, 0.307993, 0.212224, 0.381868, 0.195757, 0.028649], abs=1e-6
    )
    assert found.p_values[0] == pytest.approx(0.047416, abs=1e-5)


def test_the_check_of_proportional_hazards_is_that_of_cox_zph(rossi):
    found = fit(rossi)
    checks = dict(zip(ROSSI, found.proportionality, strict=True))
    assert checks["age"] == pytest.approx(0.0145, abs=5e-5)
    assert checks["wexp"] == pytest.approx(0.0398, abs=5e-5)


def test_telco_as_r_fits_it(shared_data):
    frame = pd.read_csv(shared_data / "telco" / "Telco-Customer-Churn.csv.gz")
    covariates = np.column_stack(
        [
            frame["Contract"] == "One year",
            frame["Contract"] == "Two year",
            frame["MonthlyCharges"],
            frame["PaperlessBilling"] == "Yes",
        ]
    ).astype(float)
    found = cox_model(
        frame["tenure"].to_numpy(float),
        (frame["Churn"] == "Yes").to_numpy(),
        covariates,
        names=("one year", "two years", "charges", "paperless"),
    )
    assert found.coefficients == pytest.approx(
        [-2.161878, -4.171360, -0.00102983, 0.2502327], abs=2e-6
    )


def test_too_few_losses_are_an_answer(rossi):
    assert fit(rossi.head(100)) == NotFitted(int(rossi.head(100)["arrest"].sum()), 70)


def test_a_time_before_every_entry_changes_nothing(rossi):
    late = fit(rossi, entries=np.full(len(rossi), 0.5))
    assert late.coefficients == pytest.approx(fit(rossi).coefficients)
    assert late.proportionality == pytest.approx(fit(rossi).proportionality)


def test_the_order_of_clients_does_not_matter(rossi):
    shuffled = fit(rossi.sample(frac=1, random_state=3))
    assert shuffled.coefficients == pytest.approx(fit(rossi).coefficients, abs=1e-9)
    assert shuffled.proportionality == pytest.approx(fit(rossi).proportionality, abs=1e-9)
