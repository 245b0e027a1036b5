"""YAML as Pulumi reads it: NO is a country, 12:30 a time, 0777 and 1e3 are numbers.

PyYAML follows YAML 1.1. Pulumi follows 1.2 with parts of 1.1. Dates stay texts.
"""

from __future__ import annotations

import re

import yaml

# The types of values without quotes, tried in this order: the pattern, and its first characters.
TYPES = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9_]*)", "-+0123456789"),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
}
KEPT = frozenset({"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"})


class Loader(yaml.SafeLoader):
    """Loads plain data only."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name and kind
        first: [(tag, pattern) for tag, pattern in found if tag in KEPT]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _name, (_pattern, _first) in TYPES.items():
    Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), list(_first)
    )


class Dumper(yaml.SafeDumper):
    """Writes plain data, with every text in quotes, so that no reader takes it for another type."""


Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
