# SPDX-License-Identifier: Apache-2.0
"""A picture of a run, written as SVG: for every row the speed of this library and of the best peer
as a fraction of the limit's, one above the other for each type and number of threads."""

from xml.sax.saxutils import escape

LEFT, RIGHT, TOP, WIDTH = 170, 30, 70, 900
MARK, GAP = 6, 6  # pixels of a mark's line, and between rows
MOST = 1.5  # of the limit; what is faster is drawn at the edge
OURS, PEER = "#1b6ca8", "#e08e0b"


def x_of(fraction):
    return LEFT + min(fraction, MOST) / MOST * (WIDTH - LEFT - RIGHT)


def circle(x, y, colour):
    return f'<circle cx="{x:.1f}" cy="{y}" r="2.6" fill="{colour}"/>'


def text(x, y, words, rest=""):
    return f'<text x="{x:.1f}" y="{y}" {rest}>{escape(words)}</text>'


def marks(record, y):
    if "best_peer" in record:
        peer = record["contestants"][record["best_peer"]]["median"]
        yield circle(x_of(record["limit"] / peer), y, PEER)
    yield circle(x_of(record["of_limit"]), y, OURS)


def svg(run):
    rows = {}
    for record in run["rows"]:
        if "of_limit" in record:
            rows.setdefault(record["row"], []).append(record)
    body, y = [], TOP
    for name, records in rows.items():
        middle = y + MARK * (len(records) - 1) / 2
        body.append(text(LEFT - 8, middle + 4, name, 'text-anchor="end"'))
        for record in records:
            body += marks(record, y)
            y += MARK
        y += GAP
    kinds = dict.fromkeys(f"{r['dtype']} {r['threads']}T" for r in run["rows"])
    head = [
        text(LEFT, 20, "Speed as a fraction of the limit", 'font-size="14"'),
        circle(LEFT + 4, 36, OURS) + text(LEFT + 12, 40, "cumulus"),
        circle(LEFT + 84, 36, PEER) + text(LEFT + 92, 40, "best peer"),
        text(LEFT + 170, 40, "from top to bottom: " + ", ".join(kinds)),
    ]
    for fraction in (0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5):
        x = x_of(fraction)
        colour = "#888" if fraction in (0.9, 1.0) else "#ddd"
        head.append(f'<path d="M{x:.1f} {TOP - 10}V{y}" stroke="{colour}"/>')
        head.append(text(x, y + 16, f"{fraction:g}", 'text-anchor="middle"'))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 30}" '
            'font-family="sans-serif" font-size="11">',
            f'<rect width="{WIDTH}" height="{y + 30}" fill="white"/>',
            *head,
            *body,
            "</svg>\n",
        ]
    )
