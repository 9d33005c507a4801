"""The canonical tables and every column that a figure or a table may show.

Ids are text; dates carry no time; money is DECIMAL(18,4) excluding VAT, in the engagement's one
currency, unless the name says `_incl_vat`. A French label is the translation of the English one.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "money", "decimal", "integer", "boolean", "enum"]
REQUIRED, RECOMMENDED, OPTIONAL = "required", "recommended", "optional"


@dataclass(frozen=True)
class Column:
    """One column: name, kind, English label, need, unit, and what an enum may hold."""

    name: str
    kind: Kind
    label: str
    need: str = OPTIONAL
    unit: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One canonical table: what one row is, its columns, and what to ask a firm for to get it."""

    name: str
    grain: str
    request: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the table has none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns without which the table cannot be read."""
        return tuple(column.name for column in self.columns if column.need == REQUIRED)


def _enum(name: str, label: str, values: str, need: str = OPTIONAL) -> Column:
    return Column(name, "enum", label, need, values=tuple(values.split()))


_TABLES = (
    TableSchema(
        "transactions",
        "one row per invoice line",
        "the invoice lines of the last five years, one row per line, with client code, date, "
        "invoice number, product, amount excluding VAT and cost price",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Invoice date", REQUIRED),
            Column("amount_net", "money", "Net amount", REQUIRED, "currency"),
            Column("order_date", "date", "Order date"),
            Column("doc_id", "text", "Invoice number", RECOMMENDED),
            _enum(
                "doc_type", "Document type", "invoice credit_note rebate order other", RECOMMENDED
            ),
            Column("line_no", "text", "Line number"),
            Column("source_doc_id", "text", "Credited invoice"),
            Column("product_id", "text", "Product", RECOMMENDED),
            Column("product_family", "text", "Product family", RECOMMENDED),
            Column("quantity", "decimal", "Quantity"),
            Column("unit_of_measure", "text", "Unit of measure"),
            Column("list_price", "money", "List price", unit="currency per unit"),
            Column("unit_price", "money", "Unit price", unit="currency per unit"),
            Column("discount_pct", "decimal", "Discount", unit="percent, 0 to 100"),
            Column("rebate_amount", "money", "Year-end rebate", unit="currency"),
            Column("cost_amount", "money", "Cost", RECOMMENDED, "currency"),
            Column("rep_id", "text", "Sales person"),
            Column("channel", "text", "Channel"),
            Column("entity", "text", "Entity"),
            Column("site_id", "text", "Site"),
            Column("contract_id", "text", "Contract"),
            Column("promised_date", "date", "Promised delivery"),
            Column("delivered_date", "date", "Delivery"),
            Column("currency", "text", "Currency"),
            Column("fx_rate", "decimal", "Exchange rate"),
        ),
    ),
    TableSchema(
        "clients",
        "one row per client",
        "the client file: code, name, group, sector, date of the first purchase, sales person, "
        "payment terms",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("group_id", "text", "Group", RECOMMENDED),
            Column("name", "text", "Name"),
            _enum("kind", "Kind of client", "company person public"),
            Column("siren", "text", "SIREN"),
            Column("siret", "text", "SIRET"),
            Column("country", "text", "Country"),
            Column("postal_code", "text", "Postal code"),
            Column("region", "text", "Region"),
            Column("sector", "text", "Sector", RECOMMENDED),
            Column("size_employees", "integer", "Employees"),
            Column("size_revenue", "money", "Client's own revenue", unit="currency"),
            Column("client_since", "date", "Client since", RECOMMENDED),
            Column("acquisition_channel", "text", "Acquisition channel", RECOMMENDED),
            Column("acquisition_rep_id", "text", "Acquired by"),
            Column("referred_by", "text", "Referred by"),
            Column("rep_id", "text", "Sales person"),
            Column("rep_senior", "boolean", "Senior sales person"),
            Column("payment_terms_days", "integer", "Payment terms", unit="days"),
            _enum("terms_mode", "Terms counted from", "net eom"),
            Column("strategic_tag", "text", "Strategic tag"),
            Column("strategic_reason", "text", "Reason of the tag"),
            _enum("status", "Status", "active closed blocked prospect"),
            Column("closed_date", "date", "Closed on"),
            Column("satisfaction", "decimal", "Satisfaction", unit="0 to 10"),
            Column("nps", "decimal", "Net promoter score", unit="-100 to 100"),
            Column("satisfaction_date", "date", "Satisfaction asked on"),
            Column("relation_manual", "decimal", "Relation as rated", unit="0 to 4"),
            Column("relation_rater", "text", "Rated by"),
            Column("relation_date", "date", "Rated on"),
            Column("opt_out", "boolean", "Opted out", RECOMMENDED),
        ),
    ),
    TableSchema(
        "products",
        "one row per product",
        "the product file: reference, family, launch date, margin rate",
        (
            Column("product_id", "text", "Product", REQUIRED),
            Column("family", "text", "Product family", REQUIRED),
            Column("range_level", "text", "Range"),
            Column("launch_date", "date", "Launched on", RECOMMENDED),
            Column("margin_rate", "decimal", "Margin rate", unit="share, 0 to 1"),
        ),
    ),
    TableSchema(
        "contracts",
        "one row per contract term",
        "the contracts: client, start, end, notice, tacit renewal, yearly amount",
        (
            Column("contract_id", "text", "Contract", REQUIRED),
            Column("client_id", "text", "Client", REQUIRED),
            Column("start_date", "date", "Start", REQUIRED),
            Column("end_date", "date", "End", RECOMMENDED),
            Column("notice_days", "integer", "Notice", unit="days"),
            Column("tacit_renewal", "boolean", "Tacit renewal"),
            Column("term_months", "integer", "Term", unit="months"),
            Column("amount_year", "money", "Yearly amount", unit="currency"),
            _enum("status", "Status", "active terminated expired"),
            Column("terminated_on", "date", "Terminated on"),
            _enum("terminated_by", "Terminated by", "client us"),
            Column("product_family", "text", "Product family"),
        ),
    ),
    TableSchema(
        "contacts",
        "one row per solicitation or reaction",
        "the contacts of the CRM: client, date, direction, channel, purpose, reaction",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Date", REQUIRED),
            _enum("direction", "Direction", "out in", REQUIRED),
            _enum("channel", "Channel", "email phone visit mail event meeting", RECOMMENDED),
            _enum(
                "purpose",
                "Purpose",
                "offer new_product retention winback invitation service other",
                RECOMMENDED,
            ),
            _enum(
                "reaction",
                "Reaction",
                "none opened replied meeting order refused opt_out",
                RECOMMENDED,
            ),
            Column("campaign_id", "text", "Campaign"),
            Column("rep_id", "text", "Sales person"),
            Column("director_involved", "boolean", "Director involved"),
            Column("cost", "money", "Cost", unit="currency"),
        ),
    ),
    TableSchema(
        "incidents",
        "one row per complaint, dispute or late delivery",
        "the complaints and disputes: client, dates, kind, founded or not, amounts, hours spent",
        (
            Column("incident_id", "text", "Incident", REQUIRED),
            Column("client_id", "text", "Client", REQUIRED),
            Column("opened_on", "date", "Opened on", REQUIRED),
            Column("closed_on", "date", "Closed on", RECOMMENDED),
            _enum(
                "kind",
                "Kind",
                "late_delivery quality service invoice price relation other",
                REQUIRED,
            ),
            Column("founded", "boolean", "Founded", RECOMMENDED),
            Column("severity", "integer", "Severity", unit="1 to 3"),
            Column("amount_disputed", "money", "Amount disputed", unit="currency"),
            Column("credit_granted", "money", "Credit granted", unit="currency"),
            Column("hours", "decimal", "Hours spent", unit="hours"),
            Column("owner_department", "text", "Department"),
            Column("committed_no_repeat_on", "date", "Commitment given on"),
        ),
    ),
    TableSchema(
        "payments",
        "one row per invoice or settlement",
        "the invoices with due date, payment date, amount including VAT and reminders sent",
        (
            Column("doc_id", "text", "Invoice number", REQUIRED),
            Column("client_id", "text", "Client", REQUIRED),
            Column("invoice_date", "date", "Invoice date", REQUIRED),
            Column("due_date", "date", "Due date", RECOMMENDED),
            Column("paid_date", "date", "Paid on", RECOMMENDED),
            Column("amount_incl_vat", "money", "Amount including VAT", REQUIRED, "currency"),
            Column("reminders", "integer", "Reminders"),
            Column("method", "text", "Method"),
        ),
    ),
    TableSchema(
        "quotes",
        "one row per quote",
        "the quotes: client, date, first and final amounts, won or lost, reason, family",
        (
            Column("quote_id", "text", "Quote", REQUIRED),
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Date", REQUIRED),
            Column("amount_first", "money", "First amount", RECOMMENDED, "currency"),
            Column("amount_final", "money", "Final amount", RECOMMENDED, "currency"),
            _enum("status", "Status", "won lost open expired", REQUIRED),
            Column("lost_reason", "text", "Reason of the loss"),
            Column("competitor", "text", "Competitor"),
            Column("family", "text", "Product family"),
            Column("is_new_product", "boolean", "New product"),
            Column("rep_id", "text", "Sales person"),
            Column("price_cut_requested", "boolean", "Price cut asked"),
            Column("price_cut_requested_pct", "decimal", "Price cut asked", unit="percent"),
            Column("price_cut_granted_pct", "decimal", "Price cut granted", unit="percent"),
            Column("competitor_claim", "boolean", "Competitor named as cheaper"),
            Column("competitor_proof", "boolean", "Claim proved"),
        ),
    ),
    TableSchema(
        "concessions",
        "one row per exception granted",
        "the exceptions granted: client, date, kind, value, counterpart, hours",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Date", REQUIRED),
            _enum(
                "kind",
                "Kind",
                "discount free_goods terms fee_waiver after_sales priority other",
                REQUIRED,
            ),
            Column("value", "money", "Value", RECOMMENDED, "currency"),
            Column("rep_id", "text", "Sales person"),
            Column("approved_by", "text", "Approved by"),
            Column("department", "text", "Department"),
            _enum(
                "counterpart",
                "Counterpart",
                "none volume term payment range reference after_sales",
                RECOMMENDED,
            ),
            Column("hours", "decimal", "Hours spent", unit="hours"),
        ),
    ),
    TableSchema(
        "departures",
        "one row per lost client",
        "the clients known to be lost: date, reason, who said so, competitor",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Date", REQUIRED),
            _enum(
                "reason",
                "Reason",
                "technology disappointment price late_delivery rep misunderstanding closed "
                "need_gone payment_stop own_decision unknown",
                RECOMMENDED,
            ),
            _enum("reason_source", "Who said so", "asked_client rep_guess form"),
            Column("competitor", "text", "Competitor"),
            Column("would_return_if", "text", "Would return if"),
            Column("interview_channel", "text", "Asked by"),
        ),
    ),
    TableSchema(
        "actions",
        "one row per action on a client",
        "the actions taken on clients: programme, step, cost, owner, dates, outcome",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("date", "date", "Date", REQUIRED),
            _enum("program", "Programme", "winback retention loyalty release", REQUIRED),
            Column("step", "text", "Step"),
            Column("cost", "money", "Cost", unit="currency"),
            Column("owner", "text", "Owner"),
            Column("due_on", "date", "Due on"),
            Column("done_on", "date", "Done on"),
            _enum("outcome", "Outcome", "returned no pending"),
            Column("commitment", "text", "Commitment"),
        ),
    ),
    TableSchema(
        "decisions",
        "one row per decision on a client or prospect",
        "the register of decisions of the previous audit",
        (
            Column("client_id", "text", "Client"),
            Column("prospect_id", "text", "Prospect"),
            Column("date", "date", "Date", REQUIRED),
            Column("audit_id", "text", "Audit"),
            _enum(
                "decision",
                "Decision",
                "class_A class_B class_C class_D keep fix release refused re_entry",
                REQUIRED,
            ),
            Column("reason_code", "text", "Reason"),
            Column("told_honestly", "boolean", "Honest answer given"),
            Column("override_by", "text", "Overridden by"),
            Column("override_reason", "text", "Reason of the override"),
            Column("review_on", "date", "Review on"),
        ),
    ),
    TableSchema(
        "costs",
        "one row per activity",
        "the unit cost, or hours and hourly rate, of an order line, a delivery, a visit, "
        "a complaint and the like",
        (
            _enum(
                "activity",
                "Activity",
                "order_line delivery visit call complaint dispute return credit_note reminder "
                "quote other",
                REQUIRED,
            ),
            Column("unit_cost", "money", "Unit cost", RECOMMENDED, "currency"),
            Column("hours", "decimal", "Hours", unit="hours"),
            Column("hourly_rate", "money", "Hourly rate", unit="currency per hour"),
            Column("valid_from", "date", "Valid from"),
        ),
    ),
    TableSchema(
        "client_costs",
        "one row per client, period and activity",
        "the cost of serving each client, where the firm keeps it",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("period", "date", "Period", REQUIRED),
            Column("activity", "text", "Activity", REQUIRED),
            Column("amount", "money", "Amount", REQUIRED, "currency"),
        ),
    ),
    TableSchema(
        "marketing_spend",
        "one row per month, purpose and channel",
        "the marketing and sales spend per month, by purpose and channel",
        (
            Column("month", "date", "Month", REQUIRED),
            _enum("purpose", "Purpose", "acquisition retention winback", REQUIRED),
            Column("channel", "text", "Channel"),
            Column("amount", "money", "Amount", REQUIRED, "currency"),
            Column("rep_compensation", "money", "Sales pay", unit="currency"),
        ),
    ),
    TableSchema(
        "potentials",
        "one row per client, family and year",
        "what each client could buy in a year, and who says so",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("family", "text", "Product family"),
            Column("year", "integer", "Year"),
            Column("potential_amount", "money", "Potential", REQUIRED, "currency"),
            _enum("source", "Source", "client rep sector_ratio model"),
            Column("confidence", "integer", "Confidence", unit="1 to 3"),
        ),
    ),
    TableSchema(
        "reps",
        "one row per sales person",
        "the sales people: code, start, end, seniority, team",
        (
            Column("rep_id", "text", "Sales person", REQUIRED),
            Column("start", "date", "Start"),
            Column("end", "date", "End"),
            Column("seniority", "text", "Seniority"),
            Column("team", "text", "Team"),
        ),
    ),
    TableSchema(
        "targets",
        "one row per sales person and period",
        "the sales targets",
        (
            Column("rep_id", "text", "Sales person", REQUIRED),
            Column("period", "date", "Period", REQUIRED),
            Column("target_amount", "money", "Target", REQUIRED, "currency"),
        ),
    ),
    TableSchema(
        "assignments",
        "one row per client, sales person and period",
        "who was in charge of which client, from when to when",
        (
            Column("client_id", "text", "Client", REQUIRED),
            Column("rep_id", "text", "Sales person", REQUIRED),
            Column("from_date", "date", "From", REQUIRED),
            Column("to_date", "date", "To"),
        ),
    ),
    TableSchema(
        "prospects",
        "one row per prospect",
        "the prospects: source, sector, size, refused when and why",
        (
            Column("prospect_id", "text", "Prospect", REQUIRED),
            Column("created_on", "date", "Created on"),
            Column("source", "text", "Source"),
            Column("sector", "text", "Sector"),
            Column("size_employees", "integer", "Employees"),
            Column("refused_on", "date", "Refused on"),
            Column("refused_reason", "text", "Reason of the refusal"),
        ),
    ),
)
TABLES: dict[str, TableSchema] = {table.name: table for table in _TABLES}

_DERIVED = (
    Column("as_of", "date", "Cut-off date"),
    Column("first_purchase", "date", "First purchase"),
    Column("last_purchase", "date", "Last purchase"),
    Column("recency_days", "integer", "Days since the last purchase", unit="days"),
    Column("observed_days", "integer", "Days since the first purchase", unit="days"),
    Column("last_order_age_days", "integer", "Days from first to last purchase", unit="days"),
    Column("repeat_count", "integer", "Repeat purchases"),
    Column("occasion_count", "integer", "Purchase days"),
    Column("invoice_count", "integer", "Invoices"),
    Column("credit_note_count", "integer", "Credit notes"),
    Column("line_count", "integer", "Lines"),
    Column("family_count", "integer", "Product families"),
    Column("revenue", "money", "Revenue", unit="currency"),
    Column("revenue_with_cost", "money", "Revenue with a known cost", unit="currency"),
    Column("credit_amount", "money", "Amount of the credit notes", unit="currency"),
    Column("margin", "money", "Margin", unit="currency"),
    Column("margin_rate", "decimal", "Margin rate", unit="share"),
    Column("gap_count", "integer", "Intervals between purchases"),
    Column("mean_gap_days", "decimal", "Mean interval", unit="days"),
    Column("median_gap_days", "decimal", "Median interval", unit="days"),
    Column("sd_gap_days", "decimal", "Spread of intervals", unit="days"),
    Column("is_left_truncated", "boolean", "Older than the extract"),
    Column("client_count", "integer", "Clients"),
    Column("client_share", "decimal", "Share of clients", unit="share"),
    Column("revenue_share", "decimal", "Share of revenue", unit="share"),
    Column("cumulative_share", "decimal", "Cumulative share", unit="share"),
    Column("revenue_window", "money", "Revenue of the period", unit="currency"),
    Column("revenue_prior_window", "money", "Revenue of the period before", unit="currency"),
    Column("margin_window", "money", "Margin of the period", unit="currency"),
    Column("margin_prior_window", "money", "Margin of the period before", unit="currency"),
    Column("occasion_count_window", "integer", "Purchase days of the period"),
    Column("occasion_count_prior_window", "integer", "Purchase days of the period before"),
    Column("months", "integer", "Months", unit="months"),
    Column("statistic", "text", "Statistic"),
    Column("occasions_per_client", "decimal", "Purchase days per client"),
    Column("average_value", "money", "Revenue per purchase day", unit="currency"),
    Column("costed_share", "decimal", "Share of revenue with a known cost", unit="share"),
    Column("margin_share", "decimal", "Share of margin", unit="share"),
    Column("factor", "text", "Factor"),
    Column("ratio", "decimal", "Ratio to the period before"),
    Column("revenue_change", "money", "Part of the change in revenue", unit="currency"),
    Column("decile", "integer", "Tenth"),
    Column("top20_share", "decimal", "Share of the largest fifth", unit="share"),
    Column("clients_for_80_share", "decimal", "Clients who make 80 %", unit="share"),
    Column("first_ten_share", "decimal", "Share of the ten largest", unit="share"),
    Column("gini", "decimal", "Gini index"),
    Column("lost_count", "integer", "Clients lost"),
    Column("tenure_band", "text", "Age of the relation"),
    Column("tenure_years", "decimal", "Years as a client", unit="years"),
    Column("r_score", "integer", "Recency score"),
    Column("f_score", "integer", "Frequency score"),
    Column("m_score", "integer", "Money score"),
    Column("rfm_segment", "text", "RFM group"),
    Column("recency_basis", "text", "Recency measured in"),
    Column("silence_ratio", "decimal", "Silence over own interval"),
    Column("advice", "text", "What it calls for"),
    Column("criterion", "text", "Criterion"),
    Column("score", "integer", "Score"),
    Column("lowest", "decimal", "From"),
    Column("highest", "decimal", "To"),
    Column("grouping", "text", "Grouping"),
    Column("group", "text", "Group"),
    Column("recency_from", "integer", "Silent for at least, days", unit="days"),
    Column("recency_to", "integer", "Silent for at most, days", unit="days"),
    Column("returned_count", "integer", "Bought again"),
    Column("repeat_rate", "decimal", "Repeat-buying rate", unit="share"),
    Column("low_rate", "decimal", "Low bound", unit="share"),
    Column("high_rate", "decimal", "High bound", unit="share"),
    Column("method", "text", "Watched by"),
    Column("history", "text", "History"),
    Column("is_on_contract", "boolean", "Running contract"),
    Column("due_date", "date", "Act by"),
    Column("reasons", "text", "Reasons"),
    Column("step", "text", "Suggested step"),
    Column("stake", "money", "At stake in a year", unit="currency"),
    Column("yearly_value", "money", "Worth a year", unit="currency"),
    Column("open_gap_days", "decimal", "Own interval, open days", unit="days"),
    Column("open_silence_days", "integer", "Silent for, open days", unit="days"),
    Column("p_silence", "decimal", "Ordinary intervals as long", unit="share"),
    Column("p_gone", "decimal", "Probability gone", unit="share"),
    Column("level", "text", "Level"),
    Column("next_purchase", "date", "Next purchase due"),
    Column("alert_date", "date", "Alert on"),
    Column("unanswered_count", "integer", "Unanswered contacts"),
    Column("contract_end", "date", "End of contract"),
    Column("is_strategic", "boolean", "Strategic"),
    Column("is_long_standing", "boolean", "Long-standing"),
    Column("is_opted_out", "boolean", "Refuses solicitation"),
    Column("is_untouched", "boolean", "Leave alone"),
    Column("state", "text", "State"),
    Column("day_count", "integer", "Days ahead", unit="days"),
    Column("week_start", "date", "Week from"),
    Column("decide_by", "date", "Decide by"),
    Column("days_left", "integer", "Days left", unit="days"),
    Column("outcome", "text", "Outcome"),
    Column("is_notice_assumed", "boolean", "Notice assumed"),
    Column("explained_count", "integer", "Ordinary for the client"),
    Column("year_end", "date", "Year up to"),
    Column("loss_rate", "decimal", "Share lost", unit="share"),
    Column("lost_revenue", "money", "Revenue they had brought", unit="currency"),
    Column("revenue_loss_rate", "decimal", "Share of revenue lost", unit="share"),
    Column("revenue_low_rate", "decimal", "Low bound, revenue", unit="share"),
    Column("revenue_high_rate", "decimal", "High bound, revenue", unit="share"),
    Column("margin_loss_rate", "decimal", "Share of margin lost", unit="share"),
    Column("tenure_year", "integer", "Year of the relation"),
    Column("candidate", "text", "Way of telling"),
    Column("active_count", "integer", "Bought"),
    Column("auc_rate", "decimal", "Pairs in the right order", unit="share"),
    Column("log_loss", "decimal", "Log-loss"),
    Column("low_loss", "decimal", "Low bound of the log-loss"),
    Column("high_loss", "decimal", "High bound of the log-loss"),
    Column("brier", "decimal", "Brier score"),
    Column("lift", "decimal", "Lift of the first tenth"),
    Column("rule", "text", "Rule"),
    Column("alert_count", "integer", "Alerts"),
    Column("gone_count", "integer", "Bought no more"),
    Column("precision_rate", "decimal", "Right", unit="share"),
    Column("recall_rate", "decimal", "Of all who stopped", unit="share"),
    Column("captured_share", "decimal", "Of their revenue", unit="share"),
    Column("purchase_count", "integer", "Purchase days expected"),
    Column("low_count", "integer", "Low bound"),
    Column("high_count", "integer", "High bound"),
)


LABELS: dict[str, str] = {
    column.name: column.label for table in _TABLES for column in table.columns
} | {column.name: column.label for column in _DERIVED}
