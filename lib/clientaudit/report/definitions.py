"""What the columns of the workbook mean: for its read-me. `Sheet.column` wins over `column`."""

DEFINITIONS = {
    "client_id": "Code of the client, as in the firm's files after the rules of the engagement "
    "file.",
    "name": "Name of the client, as in the client file.",
    "rfm_segment": "Group of the client by its recency and frequency scores.",
    "revenue": "Net amount of all lines up to the cut-off date, credit notes taken off.",
    "revenue_window": "Net amount of the period that ends on the cut-off date.",
    "revenue_prior_window": "Net amount of the period before, of the same length.",
    "margin": "Net amount less cost, over the lines whose cost is known; empty where none is.",
    "margin_window": "Margin of the period that ends on the cut-off date.",
    "margin_prior_window": "Margin of the period before.",
    "revenue_with_cost": "The part of revenue on which the margin is measured.",
    "credit_amount": "Amount of the credit notes, already taken off revenue.",
    "first_purchase": "First purchase day in the exports; empty for a client with credit notes "
    "only.",
    "last_purchase": "Last purchase day up to the cut-off date.",
    "recency_days": "Days from the last purchase to the cut-off date.",
    "observed_days": "Days from the first purchase to the cut-off date.",
    "last_order_age_days": "Days from the first to the last purchase.",
    "occasion_count": "Days with at least one document that is not a credit note; several "
    "invoices on one day count once.",
    "occasion_count_window": "Purchase days of the period that ends on the cut-off date.",
    "occasion_count_prior_window": "Purchase days of the period before.",
    "repeat_count": "Purchase days after the first.",
    "invoice_count": "Documents that are not credit notes.",
    "credit_note_count": "Documents that are credit notes.",
    "line_count": "Invoice lines, those of credit notes included.",
    "family_count": "Product families bought at least once.",
    "gap_count": "Intervals between two purchase days that follow each other.",
    "mean_gap_days": "Mean length of these intervals, in days.",
    "median_gap_days": "Half of these intervals are shorter, in days.",
    "sd_gap_days": "Standard deviation of these intervals, in days.",
    "is_left_truncated": "The client was one before the exports begin, or may have been: its "
    "tenure is a minimum.",
    "silence_ratio": "Days since the last purchase over the client's own mean interval, where the "
    "scores are made with it.",
    "recency_basis": "What the recency score compares: days, or silence over own interval.",
    "r_score": "From 1 (silent longest) to the highest score (bought last).",
    "f_score": "From 1 (fewest purchase days) to the highest score (most).",
    "m_score": "From 1 (least revenue) to the highest score (most).",
    "Segments.recency_days": "Half of the clients of the group have been silent for longer.",
    "Segments.occasion_count": "Half of the clients of the group bought on more days.",
    "client_count": "Clients of the group.",
    "client_share": "Clients of the group, of all clients.",
    "revenue_share": "Revenue of the group, of all revenue.",
    "advice": "What we suggest for such clients.",
    "why": "Reason given by the engagement file, or the rule itself.",
    "line": "Line of the file, its headings counted.",
    "Actions.date": "Day on which the action was last proposed; yours to fill in for an action of "
    "your own.",
    "action": "What to do. Add your own in new rows: the next run reads this sheet and takes it "
    "over.",
    "owner": "Who does it: the client's sales person, unless you change it.",
    "due_on": "Day by which it should be done.",
    "Actions.status": "To do, done or dropped. What is to do becomes a task in crm/tasks.csv; what "
    "is done or dropped stays in the register. An action of the last audit that nobody has touched "
    "is dropped if it is no longer called for.",
    "comment": "Yours: kept from year to year.",
    "Decisions.date": "Day of the decision; proposed ones bear the cut-off date.",
    "decision": "What was decided. Another class than the grid's counts from the next run on if "
    "its row says by whom.",
    "prospect_id": "Prospect, where the decision is about one who is no client.",
    "reason_code": "Why; grid where the points decide.",
    "told_honestly": "Whether the client was told the reason as it is.",
    "override_by": "Who decided otherwise than the grid.",
    "override_reason": "And why.",
    "review_on": "Day on which the decision is looked at again.",
    "Grid.points": "The three weights times the points beside them, added up: from 0 to 100.",
    "profit_points": "Of a hundred clients of the grid, how many have a lower profit; those with "
    "the same, the client itself included, count half.",
    "margin_points": "Of a hundred clients of the grid, how many have a lower margin; those with "
    "the same, the client itself included, count half. No cost to serve is known.",
    "revenue_points": "Of a hundred clients of the grid, how many have a lower revenue; those with "
    "the same, the client itself included, count half. No cost is known.",
    "potential_points": "The same for what the client could still buy.",
    "relation_points": "The same for the quality of the relation.",
    "profit_weight": "Weight of the points for profit; a criterion that is not measured has none, "
    "and the others share it.",
    "margin_weight": "Weight of the points for margin; a criterion that is not measured has none, "
    "and the others share it.",
    "revenue_weight": "Weight of the points for revenue; a criterion that is not measured has "
    "none, and the others share it.",
    "measured_share": "Part of the weights that rests on measurements, not on what somebody "
    "has said.",
    "is_grey_zone": "In most years like this one, chance alone would give another class.",
    "attention": "Among clients that bring as much: more time for one that grows beyond chance and "
    "could buy more, less for one that buys nearly all that it could and does not grow.",
    "wallet_share": "What the client bought in the period, of what it could buy.",
    "p_class": "How often the client would have this class if the same year were lived again.",
}
