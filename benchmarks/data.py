"""Invoice lines of a firm that never was, and the engagement that reads them.

Five lines a document, fifty lines a client, thirty families: documents follow each other in the
file as a firm writes them, clients come in any order.
"""

from pathlib import Path

MILLION = 1_000_000
# Separator, quotes and decimal mark of a French export; cp1252 is written afterwards.
LINES = """
copy (
    select 'C' || lpad((hash(document) % {clients})::varchar, 7, '0') as client_id,
        date '2019-01-01' + (hash(document * 7 + 1) % 2500)::int as date,
        'F' || document as doc_id, 'P' || (hash(line) % 5000) as product_id,
        'FAM' || (hash(line) % 5000 % 30) as product_family,
        (case when hash(document * 3) % 30 = 0 then -1 else 1 end
            * (hash(line * 13) % 100000) / 100)::decimal(18, 4) as amount_net,
        (case when hash(document * 3) % 30 = 0 then -1 else 1 end
            * (hash(line * 13) % 100000) / 160)::decimal(18, 4) as cost_amount
    from (select range as line, range // {per_document} as document from range({lines}))
) to '{path}' (format parquet)
"""
CLEAN_CSV = """
copy (
    select client_id, strftime(date, '%d/%m/%Y') as date, doc_id, product_id, product_family,
        replace(amount_net::decimal(18, 2)::varchar, '.', ',') as amount_net,
        replace(cost_amount::decimal(18, 2)::varchar, '.', ',') as cost_amount
    from read_parquet('{source}')
) to '{path}' (format csv, delimiter ';', header)
"""
COLUMNS = (
    "{client_id: client_id, date: date, doc_id: doc_id, product_id: product_id, "
    "product_family: product_family, amount_net: amount_net, cost_amount: cost_amount}"
)
ENGAGEMENT = """firm: Benchmark
as_of: 2024-12-31
defaults: {{encoding: cp1252, separator: ";", decimal: ",", date_format: ["%d/%m/%Y"]}}
tables:
  transactions: {{files: {files}, columns: {columns}}}
"""


def write_lines(
    home: Path, line_count: int, *, per_client: int = 50, per_document: int = 5
) -> None:
    """Write `lines.parquet` of so many lines, and engagement.yml."""
    import duckdb

    path, clients = home / "lines.parquet", max(line_count // per_client, 1)
    lines = LINES.format(lines=line_count, clients=clients, per_document=per_document, path=path)
    duckdb.sql(lines)
    write_engagement(home, "lines.parquet")


def write_csv(home: Path, source: Path) -> None:
    """Write the same lines as `lines.csv` (cp1252 and CRLF, an accent in each), `clean.csv`
    (UTF-8 and LF), with an engagement of each: engagement.yml, clean.yml.
    """
    import duckdb

    clean, export = home / "clean.csv", home / "lines.csv"
    duckdb.sql(CLEAN_CSV.format(source=source, path=clean))
    with (
        clean.open(encoding="utf-8", newline="") as lines,
        export.open("w", encoding="cp1252", newline="") as out,
    ):
        while text := lines.read(16 * 1024 * 1024):
            out.write(text.replace(";FAM", ";Métal ").replace("\n", "\r\n"))
    write_engagement(home, "lines.csv")
    write_engagement(home, "clean.csv", "clean.yml")


def write_engagement(home: Path, files: str, name: str = "engagement.yml") -> None:
    """Write the engagement file of one export."""
    text = ENGAGEMENT.format(files=files, columns=COLUMNS)
    (home / name).write_text(text, encoding="utf-8")
