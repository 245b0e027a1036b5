"""The pages and tables of the site that are made from the code: MkDocs calls these functions.

A page asks for a table by a comment, which GitHub does not show:

    <!-- facts: access_group -->     what a kind of resource is made of
    <!-- list: switches -->          what there is of something

The examples, CONTRIBUTING.md, SECURITY.md and CHANGELOG.md become pages of the site.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import messages
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import cli, errors, kinds, rules
from pulumi_cloudflare_access.access.identity_provider_fields import FIELDS
from pulumi_cloudflare_access.local_cloudflare.world.switches import Switches

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted(path for path in (ROOT / "examples").iterdir() if path.name[:2].isdigit())
FROM_ROOT = {"contributing.md": "CONTRIBUTING.md", "security.md": "SECURITY.md"} | {
    "changelog.md": "CHANGELOG.md"
}
LANGUAGES = {".py": "python", ".yaml": "yaml", ".yml": "yaml", ".sh": "sh", ".csv": "text"}
ASKED = re.compile(r"^<!-- (facts|list): (\w[\w-]*) -->$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the examples into the navigation."""
    pages = ["examples/index.md", *(f"examples/{path.name}.md" for path in EXAMPLES)]
    for entry in config.nav or ():
        if isinstance(entry, dict) and "Examples" in entry:
            entry["Examples"] = pages
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere in the repository."""
    made = {to: _from_root(ROOT / name) for to, name in FROM_ROOT.items()}
    made["examples/index.md"] = re.sub(
        r"\]\((\d\d_\w+)\)", r"](\1.md)", (ROOT / "examples/README.md").read_text()
    )
    for path in EXAMPLES:
        made[f"examples/{path.name}.md"] = _example(path)
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put in the tables that a page asks for."""
    del page, config, files

    def made(asked: re.Match[str]) -> str:
        return facts(asked[2]) if asked[1] == "facts" else LISTS[asked[2]]()

    return ASKED.sub(made, markdown)


def facts(kind: str) -> str:
    """Return what a kind of resource is made of, as a table."""
    provider = kinds.load(kind)
    article = {"account": "an account", "zone": "a zone"}
    rows = {
        "lives in": " or ".join(article[one] for one in provider.collection.scopes),
        "path": f"`…/{provider.collection.path}`",
        "token permission": f"{provider.collection.permission} Write; Read for a refresh",
        "`adopt=True` finds it by": f"`{provider.natural_key}`",
        "replaced by a change of": ", ".join(
            f"`{name}`"
            for name in [
                *(f"{scope}_id" for scope in provider.collection.scopes),
                *sorted(provider.replaced_by),
            ]
        ),
    }
    lines = [f"| {name} | {value} |" for name, value in rows.items() if value]
    return "\n".join(["| | |", "|---|---|", *lines])


def switches() -> str:
    """Return the switches of the local Cloudflare, as a table."""
    [of] = ast.parse(inspect.getsource(Switches)).body
    assert isinstance(of, ast.ClassDef)
    rows = ["| switch | values | default | |", "|---|---|---|---|"]
    for field, text in zip(of.body, of.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            values = re.sub(r"Literal\[(.*)\]", r"\1", ast.unparse(field.annotation))
            default = ast.unparse(field.value) if field.value else ""
            told = " ".join(str(ast.literal_eval(text.value)).split()).replace("|", "\\|")
            rows.append(f"| `{ast.unparse(field.target)}` | `{values}` | `{default}` | {told} |")
    return "\n".join(rows)


def commands() -> str:
    """Return the help of every command."""

    def told(command: click.Command, context: click.Context) -> Iterator[str]:
        yield f"## `{context.command_path}`\n\n```text\n{command.get_help(context)}\n```"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from told(found, click.Context(found, info_name=name, parent=context))

    context = click.Context(cli.main, info_name="cloudflare-access", max_content_width=100)
    return "\n\n".join(told(cli.main, context))


def rule_functions() -> str:
    """Return the functions that make rules."""
    made = inspect.getmembers(rules, inspect.isfunction)
    names = [name for name, of in made if of.__annotations__.get("return") == "Rule"]
    return described("access.rules", *(name for name in names if not name.startswith("_")))


def error_classes() -> str:
    """Return the errors, in the order of the module."""
    classes = [of for of in vars(errors).values() if inspect.isclass(of)]
    names = [of.__name__ for of in classes if issubclass(of, errors.CloudflareError)]
    return described("errors", *names)


def message_lists() -> str:
    """Return every message, by its sort."""
    classes = {name: of for name, of in vars(errors).items() if inspect.isclass(of)}
    parts = []
    for sort, said in messages.messages(classes).items():
        heading = f"`{sort}`" if sort in classes else sort
        parts.append("\n".join([f"### {heading}", "", *(f"- {_code(text)}" for text in said)]))
    return "\n\n".join(parts)


def described(module: str, *names: str) -> str:
    """Return what mkdocstrings makes a description of."""
    options = "    options:\n      heading_level: 3"
    return "\n\n".join(f"::: pulumi_cloudflare_access.{module}.{n}\n{options}" for n in names)


def look_ups() -> str:
    """Return what look-ups find."""
    names = [name for name in cloudflare.__all__ if name.startswith("Get")]
    return "\n\n".join(f"::: pulumi_cloudflare_access.{name}" for name in names)


def identity_providers() -> str:
    """Return which type of identity provider has which fields, as a table."""
    rows = ["| type | needs | takes |", "|---|---|---|"]
    for type_, fields in FIELDS.items():
        needs, takes = (", ".join(f"`{name}`" for name in names) for names in fields)
        rows.append(f"| `{type_}` | {needs} | {takes} |")
    return "\n".join(rows)


LISTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "errors": error_classes,
    "identity-providers": identity_providers,
    "look-ups": look_ups,
    "messages": message_lists,
    "rules": rule_functions,
    "switches": switches,
}


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _from_root(path: Path) -> str:
    text = path.read_text().replace("](docs/", "](")
    for to, name in FROM_ROOT.items():
        text = text.replace(f"]({name})", f"]({to})")
    return text


def _example(path: Path) -> str:
    text = re.sub(r"\]\(\.\./(\d\d_\w+)\)", r"](\1.md)", (path / "README.md").read_text())
    title, _, rest = text.partition("\n")
    parts = [f"{title}\n\n`examples/{path.name}`\n{rest}"]
    others = [*path.glob("*"), *path.rglob(".github/**/*.yml")]
    for file in sorted({file for file in others if file.suffix in LANGUAGES}, key=_order):
        name = file.relative_to(path)
        parts.append(f"`{name}`:\n\n```{LANGUAGES[file.suffix]}\n{file.read_text().strip()}\n```")
    return "\n\n".join(parts) + "\n"


def _order(file: Path) -> Any:
    return (file.name != "__main__.py", file.name == "Pulumi.yaml", str(file))
