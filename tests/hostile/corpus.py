"""Texts that try to be more than text: one per way out that we know of."""

SIGN = "PWNED"  # what a text would write wherever it were executed
HIT = f"window.__hit='{SIGN}'"

MARKUP = (
    f"<script>{HIT}</script>",
    f'<img src=x onerror="{HIT}">',
    f'<svg onload="{HIT}"><a xlink:href="javascript:{HIT}"><text>x</text></a></svg>',
    f'"><body onload={HIT}>',
    f"' autofocus onfocus='{HIT}",
    f"</style><script>{HIT}</script>",
    f"</title></textarea></noscript><script>{HIT}</script>",
    f"--><script>{HIT}</script><!--",
    f"]]><script>{HIT}</script><![CDATA[",
    f"javascript:{HIT}",
    f"data:text/html,<script>{HIT}</script>",
    f'<iframe srcdoc="<script>{HIT}</script>"></iframe>',
    '<meta http-equiv=refresh content="0;url=http://canary.invalid/">',
    "<link rel=stylesheet href=http://canary.invalid/x.css>",
    "<base href=http://canary.invalid/>",
    "<form action=http://canary.invalid/><input name=a></form>",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"&#60;script&#62;{HIT}&#60;/script&#62;",
    f"\\u003cscript\\u003e{HIT}\\u003c/script\\u003e",
)
STYLE = (
    '"; } body { background: url(http://canary.invalid/b.png) } /*',
    "x} @import 'http://canary.invalid/x.css';",
    "expression(alert(1)) \\00003c",
)
MARKDOWN = (
    f"[click](javascript:{HIT})",
    "![image](http://canary.invalid/i.png)",
    "<http://canary.invalid/>",
    "# heading\u00a0| cell | `code` **bold** _it_",
    "```python",
)
SPREADSHEET = (
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://canary.invalid/","x")',
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\uff1d1+1",
    "{=1+1}",
    "http://canary.invalid/link",
    "file:///etc/passwd",
    "0012345",
    "1E5",
    "#REF!x",
)
PATHS = (
    "../../x",
    "..\\..\\x",
    "/etc/passwd",
    "C:\\Windows\\win.ini",
    "CON",
    ".hidden",
    "-rf",
    "~root",
)
TEMPLATES = (
    "$\\frac{",
    "$x^2$ \\input{/etc/passwd}",
    "{share:pct}",
    "{0}",
    "{0.__class__}",
    "{",
    "}",
    "%s %(x)s %n",
    "${HOME} $(id) `id`",
    "{{7*7}}",
    "{% include '/etc/passwd' %}",
    "{{ ''.__class__.__mro__ }}",
    "'''; import os; os.system('id') #",
    '"""+str(1/0)+"""',
    "'; DROP TABLE clients; --",
    '" OR ""="',
    "\\",
    '\\n\\"',
    "Revenue",
    "Clients",
    "yes",
    "nan",
    "NULL",
    "!!python/object/apply:os.system ['id']",
    "Content-Type: text/plain; charset=UTF-7",
)
UNICODE = (
    "line\u2028break\u2029s",
    "\u202egnp.exe\u202c",
    "\u2066isolated\u2069",
    "zero\u200bwidth\u200d\ufeffjoined",
    "storm" + "\u0301\u0323\u0489" * 40,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 emoji \U0001f3f4",
    "\ufb01 \ufdfd \u01c5 ß \u0130 \u0131",
    "\u0430pple homograph",
    "tag\U000e0041\U000e0042",
    "private\ue000\U0010fffd",
    "non\ufdd0character",
)
# They reach neither a page nor a workbook: XML forbids them, terminals obey them.
CONTROLS = (
    "esc\x1b[31mred\x1b]0;title\x07",
    "bell\x07back\x08space",
    "csi\x9b31m",
    "del\x7f",
    "last\uffff",
)
# A cell keeps them; blanks around a cell do not count, and a tab is a blank.
BROKEN_LINES = ("two\nlines", "two\r\nlines", "return\rhere")
LONG = "long " + "W" * 10_000

TEXTS = (*MARKUP, *STYLE, *MARKDOWN, *SPREADSHEET, *PATHS, *TEMPLATES, *UNICODE, *CONTROLS,
         *BROKEN_LINES, LONG)  # fmt: skip
FILE_NAMES = (
    "-rf.csv",
    ".hidden.csv",
    "=cmd%s{0}$(id).csv",
    "a\"b'c`d.csv",
    "<img src=x onerror=window.__hit=1>.csv",
    "two\nlines\x1b[31m.csv",
    "\u202egnp.csv",
    "$\\frac{.csv",
)
SHEET = "<b>='{0}'&\"%s"
HEADING = "<script>{0}=cmd|\"'%s[x]\\"
