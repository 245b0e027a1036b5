"""The table of docs/figures.md, made of `build/bench.json`: `make bench ARGS=--docs`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from benchmarks.figures import shown

if TYPE_CHECKING:
    from pathlib import Path

BEGIN, END = "<!-- figures: make bench ARGS=--docs -->", "<!-- end of figures -->"
# In {braces} names of figures. The last column is what there is to compare with.
ROWS = """
first `up` of 5,000 objects | {requests, 5,000 objects: first up} |
`preview` of 5,000 objects | {requests, 5,000 objects: preview, no change} |
1,000 objects adopted by their ids | {requests, 1,000 objects: adopted by their ids} | one GET each: 1,000
`refresh` of 5,000 objects | {requests, 5,000 objects: refresh, no drift} | one GET each: 5,000
`up` of 1,000 groups | {up of 1,000 groups at 150 ms} |
… `PULUMI_SKIP_CHECKPOINTS=true` | {up of 1,000 groups at 150 ms, PULUMI_SKIP_CHECKPOINTS=true} |
… and `--parallel 32` | {up of 1,000 groups at 150 ms, PULUMI_SKIP_CHECKPOINTS=true --parallel 32} |
`preview` of 1,000 groups | {preview of 1,000 groups, no change} |
`refresh` of 1,000 groups | {refresh of 1,000 groups at 150 ms by the engine} |
… the plugin's part | {refresh of 1,000 groups at 150 ms} | one GET each: {1,000 groups at 150 ms, one GET each}
1,000 creates, the plugin's part | {1,000 creates at 150 ms} | four at a time: {1,000 creates at 150 ms, 4 at a time}
5,000 requests within the rate limit | {5,000 requests: our schedule} | the least: {5,000 requests: the least that the rate limit lets them take}
200 creates, Cloudflare at once | {200 creates of a group, nothing to wait for} | a resource that does nothing: {200 creates of a resource that does nothing}
1,000 times Check + Diff | {1,000 serial Check + Diff} | a resource that does nothing: {1,000 serial Check + Diff of a resource that does nothing}
import, over `import pulumi` | {import pulumi_cloudflare_access, over import pulumi} | `pulumi_cloudflare`: {import pulumi_cloudflare, over import pulumi}
… with `AccessGroup`, `rules` in use | {AccessGroup and rules in use, over import pulumi} |
… memory | {AccessGroup and rules in use, over import pulumi: memory} | `pulumi_cloudflare`: {import pulumi_cloudflare, over import pulumi: memory}
who gets in: 100,000 people, 500 applications, 2,000 policies | {who gets in: 100,000 people by 500 applications by 2,000 policies, every cell} |
… a preview of 1,911 objects, read and compared | {who gets in: a preview of 1,911 objects, 42 places changed, read and compared} |
… 1,000 rules, proved for everybody | {who gets in: 1,000 rules in at most 20 policies, proved} |
"""  # noqa: E501 - a table


def written(page: str, figures: Path) -> str:
    """Return the page with the figures of that file."""
    found = {figure["name"]: figure for figure in json.loads(figures.read_text())}

    def told(match: re.Match[str]) -> str:
        figure = found.get(match[1])
        if figure is None or figure["value"] is None:
            return "(not measured)"
        unit = figure["unit"] or ("request" if figure["value"] == 1 else "requests")
        return f"{shown(figure['value'])} {unit}"

    rows = re.sub(r"\{(.+?)\}", told, ROWS.strip()).splitlines()
    table = ["| | | beside it |", "|---|---|---|", *(f"| {row.strip()} |" for row in rows)]
    text = "\n".join([BEGIN, *table, END])
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: text, page, flags=re.DOTALL)
