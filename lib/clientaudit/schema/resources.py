"""What clients cost and could bring, and who serves them."""

from clientaudit.schema.column import (
    RECOMMENDED,
    REQUIRED,
    Column,
    TableSchema,
    enum,
)

RESOURCES = (
    TableSchema(
        "costs",
        "one row per activity",
        "the unit cost, or hours and hourly rate, of an order line, a delivery, a visit, "
        "a complaint and the like",
        (
            enum(
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
            enum("purpose", "Purpose", "acquisition retention winback", REQUIRED),
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
            enum("source", "Source", "client rep sector_ratio model"),
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
