"""Every threshold: its default, its unit and meaning, and where the default comes from."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from clientaudit.settings.model import Settings


def _split(value: object) -> object:
    """A list given as text on the command line: `30, 90, 180`."""
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


LARGEST = 10**9  # a count, a number of days or a seed
LARGEST_CUT = 10**12  # a limit between scores, in the currency
CENTURY_YEARS, CENTURY_DAYS = 100, 36_500  # longer would leave the calendar
Cuts = Annotated[list[float], BeforeValidator(_split)]


class Thresholds(Settings):
    """The thresholds of one audit. A notebook's parameters carry the same names and defaults.

    `description` is what the report prints beside a value: meaning, unit, then the source in
    brackets.
    """

    window_months: int = Field(
        12,
        ge=1,
        le=120,
        description="months of the period looked at, up to the cut-off [our default]",
    )
    strategic_share: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="share of revenue above which a client is strategic [reference articles]",
    )
    long_tenure_years: float = Field(
        5.0,
        gt=0,
        le=CENTURY_YEARS,
        description="years after which a relation is long [our default]",
    )
    min_cell: int = Field(
        5, ge=1, description="clients under which a rate or a cell is masked [our default]"
    )
    min_clients: int = Field(
        30, ge=2, description="clients under which nothing is fitted [our default]"
    )
    rfm_mode: Literal["quantile", "fixed", "own_rhythm"] = Field(
        "quantile",
        description="how clients are scored: against each other (quantile), by the limits given "
        "below (fixed), or with silence over the client's own interval (own_rhythm) [Hughes 1994]",
    )
    rfm_bins: int = Field(
        0, ge=0, le=5, description="highest score; 0 = 5, or 3 under 200 clients [our default]"
    )
    rfm_recency_limits: Cuts = Field(
        default=[],
        description="days that separate the recency scores, shortest first [our default]",
    )
    rfm_frequency_limits: Cuts = Field(
        default=[], description="purchase days that separate the frequency scores [our default]"
    )
    rfm_money_limits: Cuts = Field(
        default=[],
        description="revenue that separates the money scores, in the currency [our default]",
    )
    min_gaps: int = Field(
        3, ge=1, description="intervals that a client's own rhythm takes at least [our default]"
    )
    max_groups: int = Field(
        6, ge=2, le=8, description="largest number of groups of clients tried [our default]"
    )
    min_jaccard: float = Field(
        0.75,
        gt=0,
        lt=1,
        description="likeness with which each group must come back when clients are drawn again "
        "[Hennig 2007]",
    )
    worry_ratio: float = Field(
        1.6667,
        gt=1,
        le=100,
        description="silence over own mean interval that calls for action [reference articles]",
    )
    dormant_days: int = Field(
        90,
        ge=1,
        le=CENTURY_DAYS,
        description="days of silence of a dormant client [reference articles]",
    )
    lost_days: int = Field(
        365,
        ge=1,
        le=CENTURY_DAYS,
        description="days of silence of a lost client [reference articles]",
    )
    max_unanswered: int = Field(
        3,
        ge=1,
        description="solicitations in a row without an answer that call for action "
        "[reference articles]",
    )
    reaction_window_days: int = Field(
        30,
        ge=1,
        le=CENTURY_DAYS,
        description="days within which a purchase or a call is an answer [our default]",
    )
    contract_alert_weeks: int = Field(
        6,
        ge=1,
        le=CENTURY_DAYS // 7,
        description="weeks ahead in which contract deadlines are watched [our default]",
    )
    alert_cost_month: float = Field(
        30.0,
        ge=0,
        description="cost of the watch in a month, in the currency [reference articles]",
    )
    backtest_days: int = Field(
        0,
        ge=0,
        le=CENTURY_DAYS,
        description="days that the back-test looks ahead; 0 = a year, or the longest that leaves "
        "three dates [our default]",
    )
    untouched_share: float = Field(
        0.10,
        ge=0,
        lt=1,
        description="share of the alerts left alone at random, to measure what calls bring "
        "[our default]",
    )
    share_a: float = Field(
        0.20, gt=0, lt=1, description="largest share of clients in class A [reference articles]"
    )
    share_b: float = Field(
        0.30, ge=0, lt=1, description="largest share of clients in class B [our default]"
    )
    share_c: float = Field(
        0.30,
        ge=0,
        lt=1,
        description="largest share of clients in class C; the others are D [our default]",
    )
    w_margin: float = Field(
        0.50,
        ge=0,
        le=1,
        description="weight of the yearly profit in the grid, or of what stands in for it "
        "[our default]",
    )
    w_potential: float = Field(
        0.25, ge=0, le=1, description="weight of the unused potential in the grid [our default]"
    )
    w_relation: float = Field(
        0.25,
        ge=0,
        le=1,
        description="weight of the quality of the relation in the grid [our default]",
    )
    max_subjective_weight: float = Field(
        0.15,
        ge=0,
        le=1,
        description="largest weight of a criterion that rests on the word of a sales person "
        "[our default]",
    )
    hysteresis: float = Field(
        0.02,
        ge=0,
        le=0.2,
        description="share of clients around a limit within which a client keeps its class "
        "[our default]",
    )
    contacts_per_year: Cuts = Field(
        default=[12.0, 6.0, 2.0, 1.0],
        min_length=4,
        max_length=4,
        description="contacts a year with a client of class A, B, C and D [our default]",
    )
    review_months: int = Field(
        12,
        ge=1,
        le=120,
        description="months after which the classes are looked at again [reference articles]",
    )
    capital_cost: float = Field(
        0.08,
        ge=0,
        le=1,
        description="what a year of late payment costs, as a share of the amount [our default]",
    )
    recon_tol: float = Field(
        0.01,
        gt=0,
        lt=1,
        description="difference from the accounts that passes, as a share [our default]",
    )
    seed: int = Field(20260831, ge=0, description="seed of every random draw [our default]")

    @field_validator("share_c")
    @classmethod
    def _shares_leave_something(cls, value: float, info: ValidationInfo) -> float:
        if value + sum(info.data.get(name, 0.0) for name in ("share_a", "share_b")) > 1:
            raise ValueError("must be at most 1 together with share_a and share_b.")
        return value

    @field_validator("w_relation")
    @classmethod
    def _something_weighs(cls, value: float, info: ValidationInfo) -> float:
        if value + sum(info.data.get(name, 1.0) for name in ("w_margin", "w_potential")) <= 0:
            raise ValueError("must be above 0 where w_margin and w_potential are 0.")
        return value

    @field_validator("contacts_per_year")
    @classmethod
    def _of_a_year(cls, value: list[float]) -> list[float]:
        if any(not 0 <= count <= 365 for count in value):
            raise ValueError("must be four numbers from 0 to 365.")
        return value

    @field_validator("*")
    @classmethod
    def _of_this_world(cls, value: Any) -> Any:
        if isinstance(value, int | float) and value > LARGEST:
            raise ValueError(f"must be at most {LARGEST:,}.")
        if isinstance(value, list) and any(abs(cut) > LARGEST_CUT for cut in value):
            raise ValueError(f"must lie between -{LARGEST_CUT:,} and {LARGEST_CUT:,}.")
        return value
