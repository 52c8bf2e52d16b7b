# SPDX-License-Identifier: Apache-2.0
"""A picture of a run, written as SVG: for every row the speed of this library and of the best peer as
a fraction of the limit's."""

from xml.sax.saxutils import escape

LEFT, RIGHT, TOP, LINE, WIDTH = 230, 30, 60, 16, 900
MOST = 1.5  # of the limit; what is faster is drawn at the edge


def x_of(fraction):
    return LEFT + min(fraction, MOST) / MOST * (WIDTH - LEFT - RIGHT)


def svg(run):
    records = [r for r in run["rows"] if "of_limit" in r]
    height = TOP + LINE * len(records) + 40
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="{LEFT}" y="20" font-size="14">Speed as a fraction of the limit</text>',
    ]
    for k, (colour, name) in enumerate((("#1b6ca8", "cumulus"), ("#e08e0b", "best peer"))):
        x = LEFT + 110 * k
        out.append(f'<circle cx="{x + 4}" cy="36" r="4" fill="{colour}"/>')
        out.append(f'<text x="{x + 13}" y="40">{name}</text>')
    for fraction in (0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.25, 1.5):
        x = x_of(fraction)
        strong = fraction in (0.9, 1.0)
        out.append(
            f'<line x1="{x:.1f}" y1="{TOP - 8}" x2="{x:.1f}" y2="{height - 32}" '
            f'stroke="{"#888" if strong else "#ddd"}"/>'
        )
        out.append(f'<text x="{x:.1f}" y="{height - 16}" text-anchor="middle">{fraction:g}</text>')
    for k, record in enumerate(records):
        y = TOP + LINE * k
        label = f"{record['row']} {record['dtype']} {record['threads']}T"
        out.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(label)}</text>')
        if "best_peer" in record:
            peer = record["contestants"][record["best_peer"]]["median"]
            x = x_of(record["limit"] / peer)
            out.append(f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#e08e0b"/>')
        x = x_of(record["of_limit"])
        out.append(f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="#1b6ca8"/>')
    out.append("</svg>")
    return "\n".join(out) + "\n"
