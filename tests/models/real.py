"""The public data sets as (x, t_x, T) histories: one purchase per client and day."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from clientaudit.models.btyd import Histories, collapse


@dataclass(frozen=True)
class Split:
    """Clients born before a cut-off, as seen then, and their purchase days within a horizon."""

    clients: pd.DataFrame
    histories: Histories
    row: np.ndarray
    later: np.ndarray


def cdnow_days(shared: Path, *, sample: bool) -> pd.DataFrame:
    """One row per client and day: client, day, amount."""
    name, client = ("sample", "sample_id") if sample else ("master", "customer_id")
    rows = pd.read_csv(shared / f"cdnow/cdnow_{name}.csv.gz", parse_dates=["date"])
    days = rows.groupby([client, "date"], as_index=False).amount.sum()
    return days.set_axis(["client", "day", "amount"], axis=1)


def online_retail_days(shared: Path) -> pd.DataFrame:
    """One row per client and day: client, day; credit notes and free lines left out."""
    rows = pd.read_parquet(shared / "online_retail/online_retail.parquet")
    credit = rows.InvoiceNo.astype(str).str.startswith("C")
    kept = rows[rows.CustomerID.notna() & ~credit & (rows.Quantity > 0) & (rows.UnitPrice > 0)]
    days = pd.DataFrame({"client": kept.CustomerID, "day": kept.InvoiceDate.dt.normalize()})
    return days.drop_duplicates().sort_values(["client", "day"], ignore_index=True)


def split(days: pd.DataFrame, cut: str, *, horizon: int, unit: float = 7.0) -> Split:
    """What was known at the end of day `cut`, in units of that many days; `horizon` in days."""
    end = pd.Timestamp(cut)
    known = days[days.day <= end]
    gaps = known.groupby("client").day.diff().dt.days / unit
    clients = (
        known.assign(log_gap=np.log(gaps).fillna(0.0))
        .groupby("client")
        .agg(first=("day", "min"), last=("day", "max"), n=("day", "size"), logs=("log_gap", "sum"))
    )
    clients = clients.assign(
        x=clients.n - 1,
        t_x=(clients["last"] - clients["first"]).dt.days / unit,
        T=(end - clients["first"]).dt.days / unit,
    )
    after = days[(days.day > end) & (days.day <= end + pd.Timedelta(days=horizon))]
    later = after.groupby("client").size().reindex(clients.index).fillna(0).to_numpy(float)
    histories, row = collapse(clients.x, clients.t_x, clients["T"], log_gaps=clients.logs)
    return Split(clients, histories, row, later)
