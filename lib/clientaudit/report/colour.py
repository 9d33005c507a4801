"""The firm's colour on a page, made readable: contrast as WCAG 2 defines it."""

AA = 4.5  # WCAG 2.2, 1.4.3: text of normal size
STEPS = 50
PAPER = {"light": "#f4f1ea", "dark": "#20272f"}  # the least favourable surface of each theme
TOWARDS = {"light": "#000000", "dark": "#ffffff"}


def readable(colour: str, theme: str) -> str:
    """The colour, darkened (light theme) or lightened (dark theme) as little as it takes.

    colour: `#rrggbb`. theme: "light" or "dark".

    >>> readable("#1f4e79", "light")
    '#1f4e79'
    >>> contrast(readable("#ffff00", "light"), PAPER["light"]) >= AA
    True
    """
    for step in range(STEPS + 1):
        candidate = _mixed(colour, TOWARDS[theme], step / STEPS)
        if contrast(candidate, PAPER[theme]) >= AA:
            return candidate
    return TOWARDS[theme]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 (equal) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _parts(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
