"""YAML as Pulumi reads it: NO is a country, 12:30 a time, 0777 and 1e3 are numbers.

PyYAML goes by YAML 1.1, Pulumi by 1.2 and some of 1.1. A date stays the text that it is.
"""

from __future__ import annotations

import re

import yaml

# In this order: the first that matches says what a value without quotes is.
TYPES = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9_]*)", "-+0123456789"),
    "float": (r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
}
KEPT = frozenset({"tag:yaml.org,2002:null", "tag:yaml.org,2002:merge"})


class Loader(yaml.SafeLoader):
    """Reads plain data."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own name and kind
        first: [(tag, pattern) for tag, pattern in found if tag in KEPT]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


for _name, (_pattern, _first) in TYPES.items():
    Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), list(_first)
    )


class Dumper(yaml.SafeDumper):
    """Writes plain data, every text in quotes: who reads it has no choice."""


Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
