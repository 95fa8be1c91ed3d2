# SPDX-License-Identifier: BSD-3-Clause
"""Reports as text and as a page."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from zlib import crc32

from executorch.exir.report import Arena, Block, Method, Operator, Report

_WIDTH, _HEIGHT = 960, 260
_MARGIN = 80

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 66em; padding: 0 1em }
body { color: #1b1f24 } h1 { font-size: 1.5em } h3 { font-size: 1em; margin-bottom: .3em }
h2 { font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #d0d7de }
table { border-collapse: collapse; width: 100% } tr { border-bottom: 1px solid #eaeef2 }
td, th { padding: .2em .7em .2em 0; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } td:not(.n):nth-child(5) { font-size: .8em; color: #57606a }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.dim { color: #57606a } svg { width: 100%; height: auto; background: #f6f8fa }
svg text { font: 11px system-ui, sans-serif; fill: #57606a }
svg rect.b { stroke: #fff; stroke-width: .4 } svg rect.b:hover { stroke: #000; stroke-width: 1.2 }
.bound { stroke: #cf222e; stroke-dasharray: 5 3; fill: none }
""".strip()


def format_bytes(count: float) -> str:
    """`count` with three digits or so: 512 B, 1.5 KiB, 23.1 MiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError


def format_flops(count: int) -> str:
    """`count` operations with a prefix: 950, 1.2 k, 3.4 M, 5.6 G."""
    value = float(count)
    for unit in ("", " k", " M", " G"):
        if value < 1000 or unit == " G":
            return f"{value:.0f}{unit}" if not unit else f"{value:.1f}{unit}"
        value /= 1000
    raise AssertionError


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.1f} %"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _sizes(dtype: str, sizes: Sequence[int]) -> str:
    return f"{dtype}[{', '.join(map(str, sizes))}]"


def _over_bound(arena: Arena) -> str:
    if arena.lower_bound == 0:
        return ""
    return f"{arena.bytes / arena.lower_bound:.3f} x"


def _reasons(operator: Operator) -> str:
    return "; ".join(f"{reason} ({count})" for reason, count in operator.reasons.items())


def _delegation(method: Method) -> str:
    if not method.delegates:
        return "nothing is delegated"
    operators = method.delegated_operators
    count = "an unknown number of" if operators is None else str(operators)
    return (
        f"{count} operators in {_count(len(method.delegates), 'delegate call')}: "
        f"{_percent(method.delegated_share)} by count, "
        f"{_percent(method.delegated_flops_share)} by estimated arithmetic"
    )


def _table(rows: Iterable[Sequence[str]], indent: str = "    ") -> list[str]:
    """Aligned columns; the first one is on the left, the others too unless they are numbers."""
    rows = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(row, widths)
        ]
        lines.append((indent + "  ".join(cells)).rstrip())
    return lines


def to_text(report: Report) -> str:
    lines = [
        f"Program of {format_bytes(report.file_bytes)}, {_count(len(report.methods), 'method')}"
    ]
    lines += ["", "File"]
    lines += _table((s.name, str(s.offset), format_bytes(s.bytes)) for s in report.sections)
    lines += ["", f"Constants: {len(report.constants)}, {format_bytes(report.constant_bytes)}"]
    lines += _table(
        (c.name, _sizes(c.dtype, c.sizes), format_bytes(c.bytes)) for c in report.constants[:10]
    )
    for method in report.methods:
        lines += ["", f"Method {method.name}"]
        lines.append(f"  delegation: {_delegation(method)}")
        for delegate in method.delegates:
            inside = ""
            if delegate.operators is not None:
                inside = f", {_count(sum(delegate.operators.values()), 'operator')}"
            lines.append(f"    {delegate.backend}: {format_bytes(delegate.bytes)}{inside}")
        lines.append(
            f"  kernels: {_count(method.kernel_calls, 'call')}, "
            f"{format_flops(method.kernel_flops)} operations"
        )
        lines += _table(
            (op.name, str(op.count), format_flops(op.flops), _reasons(op))
            for op in method.operators
        )
        lines.append("  memory:")
        lines += _table(
            (
                f"arena {arena.id} ({arena.device})",
                format_bytes(arena.bytes),
                f"at least {format_bytes(arena.lower_bound)} needed",
                _over_bound(arena),
            )
            for arena in method.arenas
        )
        lines.append("  largest tensors:")
        lines += _table(
            (
                block.name,
                _sizes(block.dtype, block.sizes),
                format_bytes(block.bytes),
                f"arena {block.arena} at {block.offset}",
            )
            for block in method.largest_tensors
        )
    return "\n".join(lines) + "\n"


def _cell(text: str, number: bool = False) -> str:
    return f"<td{' class=n' if number else ''}>{html.escape(text)}</td>"


def _html_table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    body = "".join(
        f"<tr>{''.join(_cell(cell, i in numbers) for i, cell in enumerate(row))}</tr>"
        for row in rows
    )
    titles = "".join(
        f"<th{' class=n' if i in numbers else ''}>{title}</th>" for i, title in enumerate(head)
    )
    return f"<table><tr>{titles}</tr>{body}</table>"


def _color(name: str) -> str:
    """Equal for equal kinds of operators: numbers at the end of a name don't count."""
    kind = name.rstrip("0123456789_")
    return f"hsl({crc32(kind.encode()) % 360}, 55%, 62%)"


def timeline_svg(method: Method, arena: Arena) -> str:
    """Who is where in an arena (bytes upwards) at which step (to the right)."""
    blocks = [block for block in method.timeline if block.arena == arena.id and block.bytes]
    steps, size = max(method.steps, 1), max(arena.bytes, 1)
    x = (_WIDTH - _MARGIN - 10) / steps
    y = (_HEIGHT - 40) / size
    floor = _HEIGHT - 25

    def rectangle(block: Block) -> str:
        last = block.last - block.first + 1
        title = html.escape(
            f"{block.name}: {_sizes(block.dtype, block.sizes)}, {format_bytes(block.bytes)} "
            f"at {block.offset}, steps {block.first} to {block.last}"
        )
        return (
            f'<rect class="b" x="{_MARGIN + block.first * x:.2f}" '
            f'y="{floor - (block.offset + block.bytes) * y:.2f}" width="{last * x:.2f}" '
            f'height="{block.bytes * y:.2f}" fill="{_color(block.name)}">'
            f"<title>{title}</title></rect>"
        )

    bound = floor - arena.lower_bound * y
    ticks = []
    for part in range(5):
        level = floor - size * part / 4 * y
        ticks.append(
            f'<text x="{_MARGIN - 6}" y="{level + 4:.1f}" text-anchor="end">'
            f"{format_bytes(size * part / 4)}</text>"
        )
    interval = 10 ** max(0, math.ceil(math.log10(steps / 10))) if steps > 10 else 1
    for step in range(0, steps, interval):
        ticks.append(
            f'<text x="{_MARGIN + step * x:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">'
            f"{step}</text>"
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Memory timeline of arena {arena.id}">'
        f"{''.join(ticks)}{''.join(map(rectangle, blocks))}"
        f'<line class="bound" x1="{_MARGIN}" x2="{_WIDTH - 10}" y1="{bound:.1f}" y2="{bound:.1f}"/>'
        "</svg>"
    )


def _method_html(method: Method) -> str:
    parts = [f"<h2>Method <code>{html.escape(method.name)}</code></h2>"]
    parts.append(f"<p>Delegation: {html.escape(_delegation(method))}.</p>")
    if method.delegates:
        parts.append(
            _html_table(
                ("backend", "operators", "arithmetic", "payload"),
                (
                    (
                        d.backend,
                        "unknown"
                        if d.operators is None
                        else ", ".join(f"{name} ({count})" for name, count in d.operators.items()),
                        "" if d.flops is None else format_flops(d.flops),
                        format_bytes(d.bytes),
                    )
                    for d in method.delegates
                ),
                {2, 3},
            )
        )
    parts.append(
        f"<h3>Kernels: {_count(method.kernel_calls, 'call')}, "
        f"{format_flops(method.kernel_flops)} operations</h3>"
    )
    if method.operators:
        parts.append(
            _html_table(
                ("operator", "calls", "arithmetic", "why it was not delegated", "for example"),
                (
                    (op.name, str(op.count), format_flops(op.flops), _reasons(op), op.example)
                    for op in method.operators
                ),
                {1, 2},
            )
        )
    for arena in method.arenas:
        if arena.bytes == 0:
            continue
        parts.append(
            f"<h3>Arena {arena.id} ({html.escape(arena.device)}): {format_bytes(arena.bytes)}, "
            f"{_over_bound(arena)} the lower bound of {format_bytes(arena.lower_bound)}</h3>"
            f"{timeline_svg(method, arena)}"
            '<p class="dim">Steps to the right, addresses upwards; the dashed line is the lower '
            "bound. Point at a block to read what it is.</p>"
        )
    parts.append("<h3>Largest tensors</h3>")
    parts.append(
        _html_table(
            ("tensor", "type", "bytes", "arena", "offset", "steps"),
            (
                (
                    b.name,
                    _sizes(b.dtype, b.sizes),
                    format_bytes(b.bytes),
                    str(b.arena),
                    str(b.offset),
                    f"{b.first} to {b.last}",
                )
                for b in method.largest_tensors
            ),
            {2, 3, 4, 5},
        )
    )
    return "".join(parts)


def to_html(report: Report) -> str:
    sections = _html_table(
        ("part", "offset", "bytes"),
        ((s.name, str(s.offset), format_bytes(s.bytes)) for s in report.sections),
        {1, 2},
    )
    constants = _html_table(
        ("constant", "type", "bytes"),
        ((c.name, _sizes(c.dtype, c.sizes), format_bytes(c.bytes)) for c in report.constants[:20]),
        {2},
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Export report</title><style>{_STYLE}</style></head><body>"
        f"<h1>Export report: {format_bytes(report.file_bytes)}, "
        f"{_count(len(report.methods), 'method')}</h1>"
        f"{''.join(map(_method_html, report.methods))}"
        f"<h2>File</h2>{sections}<h2>Constants: {len(report.constants)}, "
        f"{format_bytes(report.constant_bytes)}</h2>{constants}</body></html>\n"
    )
