"""The queries that find what two exports hold both; words in braces are filled in."""

WRITTEN = ("days", "shared", "ranks", "documents", "signatures", "parts", "held", "copies",
           "versions", "common", "counts", "linked", "proven", "numbers", "judged")  # fmt: skip
SHARED_DAYS = """
create or replace temp table {shared} as
select date from {lines} group by date having min(_file) <> max(_file)
"""
DAYS = """
create or replace temp table {days} as
select _file, date, count(*)::bigint as rows, sum(amount_net) as revenue from {lines} group by all
"""
# The later export comes first. What it is called decides only between files that are equal.
RANKS = """
create or replace temp table {ranks} as
select _file, sum(rows)::bigint as file_rows, row_number() over (
    order by max(date) desc, sum(rows) desc, sum(revenue) desc, min(date) desc, _file) as rank
from {days} group by _file
"""
DOCUMENTS = """
create or replace temp table {documents} as
select {document} as document from {lines} semi join {shared} using (date)
where {numbered} group by document having min(_file) <> max(_file)
"""
SIGNATURES = """
create or replace temp table {signatures} as
select date, _file, count(*)::bigint as rows, sum(({content} >> 16)::bigint) as signature
from {lines} semi join {shared} using (date) group by all
"""
TWIN_FILES = """
select a._file, b._file
from {signatures} a join {signatures} b
    on a.date = b.date and a._file < b._file and a.rows = b.rows and a.signature = b.signature
join {ranks} one on one._file = a._file join {ranks} two on two._file = b._file
group by all
having sum(a.rows) >= least({least}, any_value(one.file_rows), any_value(two.file_rows))
order by all
"""
PARTS = """
create or replace temp table {parts} as select * from (values {values}) as t(_file, part)
"""
DAY_DOCUMENTS = """
create or replace temp table {documents} as
select {document} as document from {days} join {parts} using (_file)
group by document having count(*) > 1
"""
HELD = """
create or replace temp table {held} as
select {document} as document, _file, _row, date, amount_net, {content} as content,
    {number} as number, {product} as product
from {lines} semi join {shared} using (date) {in_parts}
where {numbered} and {document} in (from {documents})
"""
COPIES = """
create or replace temp table {copies} as
select document, _file, count(*) as rows, sum((content >> 16)::bigint) as signature,
    sum((product >> 16)::bigint) as products
from {held} group by all
"""
VERSIONS = """
create or replace temp table {versions} as
select document, min(rows) = max(rows) and min(signature) = max(signature) as same,
    min(rows) = max(rows) and coalesce(min(products) = max(products), false) as same_products,
    min_by(_file, rank) as best
from {copies} join {ranks} using (_file) group by document
"""
# Documents with a line that is the same in two files.
COMMON = """
create or replace temp table {common} as
select distinct document from {held} group by document, content having min(_file) <> max(_file)
"""
# How many documents each file has on the days that it shares.
COUNTS = """
create or replace temp table {counts} as
select _file, count(distinct {document}) as documents
from {lines} semi join {shared} using (date) {in_parts} where {numbered} group by _file
"""
# Pairs of files that overlap: half of the documents that both hold are the same, or have the same
# products; where no product is mapped, nine documents in ten of one of them are in both and have
# as many lines.
LINKED = """
create or replace temp table {linked} as
select a._file as first, b._file as last
from {copies} a join {copies} b on a.document = b.document and a._file < b._file
join {counts} one on one._file = a._file join {counts} two on two._file = b._file
group by all
having 2 * count(*) filter (a.rows = b.rows and a.signature = b.signature) >= count(*)
    or 2 * count(*) filter (a.rows = b.rows and a.products = b.products) >= count(*)
    or {no_product} and count(*) filter (a.rows = b.rows)
        >= 0.9 * least(any_value(one.documents), any_value(two.documents))
"""
# Documents in two files that overlap.
PROVEN = """
create or replace temp table {proven} as
select distinct one.document from {copies} one join {copies} two
    on one.document = two.document and one._file < two._file
semi join {linked} pairs on pairs.first = one._file and pairs.last = two._file
"""
# collides: a line number has two contents. meets: a line number is in two files.
NUMBERS = """
create or replace temp table {numbers} as
select document, bool_or(two_contents) as collides, bool_or(two_files) as meets
from (
    select document, min(content) <> max(content) as two_contents,
        min(_file) <> max(_file) as two_files
    from {held} group by document, number
) group by document
"""
JUDGED = """
create or replace temp table {judged} as
with traits as (
    select *, document in (from {common}) as common, document in (from {proven}) as proven
    from {versions} join {numbers} using (document)
)
select document, same, best, collides, {by_document} and not same and (
    collides and (common or proven) or not meets and (common or proven and same_products)
) as clash
from traits
"""
FOUND = """
create or replace temp table {found} as
select _file, _row, date, amount_net, document, best as kept_file,
    case when clash then 'version' else 'overlap' end as step
from {held} join {judged} using (document) where (same or clash) and _file <> best
union all
select _file, _row, date, amount_net, document, kept_file, 'overlap' from (
    select *, row_number() over line as place, first_value(_file) over line as kept_file
    from (
        select *, row_number() over (
            partition by document, _file, number, content order by _row) as copy
        from {held} join {judged} using (document) where not same and not clash
    ) join {ranks} using (_file)
    window line as (partition by document, number, content, copy order by rank)
) where place > 1
"""
PAIRS = """
select _file, kept_file, step, documents, rows, year, revenue from (
    select _file, kept_file, step, count(distinct document) as documents, count(*) as rows
    from {found} group by all
) join (
    select _file, kept_file, step, year(date)::varchar as year, sum(amount_net) as revenue
    from {found} group by all
) using (_file, kept_file, step)
order by all
"""
DIFFERING = """
select clash, count(distinct document), coalesce(sum(amount_net) filter (_file = best), 0),
    coalesce(sum(amount_net) filter (_file <> best), 0)
from {held} join {judged} using (document)
where not same and (clash or collides and {by_number} or not {by_document})
group by clash
"""
COMPARED = (HELD, COPIES, VERSIONS, COMMON, COUNTS, LINKED, PROVEN, NUMBERS, JUDGED, FOUND)
