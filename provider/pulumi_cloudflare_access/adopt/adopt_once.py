"""A small module that has a program adopt, for one run, what an import file cannot take over.

That is everything where the Pulumi CLI is older than 3.254, and resources with secret inputs, which
no preview shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from .matching import Match, key_of

NAME = "adopt_once.py"
TEXT = '''\
"""For one `pulumi up`: import it in the first line of __main__.py. Then remove both.

    import adopt_once  # noqa: F401
"""

import json

import pulumi

# The ids of the live objects, by class and resource name.
IDS: dict[str, str] = json.loads(
    r"""
{ids}
"""
)


def adopt(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Have a resource take over the object of its name."""
    id_ = IDS.get(args.type_.rpartition(":")[2] + "::" + args.name)
    if id_ is None:
        return None
    return pulumi.ResourceTransformationResult({**args.props, "adopt": id_}, args.opts)


pulumi.runtime.register_stack_transformation(adopt)
'''


def text(matches: Iterable[Match]) -> str:
    """Write the module for these matches."""
    ids = {key_of(match.planned): match.id for match in matches}
    # In ASCII, and without the one sign that would end the text: names are anybody's data.
    written = json.dumps(ids, indent=1, sort_keys=True).replace('"""', r"\u0022\u0022\u0022")
    return TEXT.replace("{ids}", written)
