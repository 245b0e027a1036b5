"""A Pulumi project for a live account: files by kind, references as variables.

Code is made of syntax trees, never of text, and formatted by ruff in the configuration that holds
where the project is. For the same account it is the same to the last byte.
"""

from __future__ import annotations

import ast
import collections
import graphlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Hashable, Iterable, Mapping, Sequence
from importlib import util
from pathlib import Path
from typing import Any, TypeVar

import yaml

from ..errors import SettingsError
from ..iam.permission_group import GetPermissionGroupResult
from . import classes
from .account import Catalogue, Known, LiveObject, whole_kind
from .names import Names
from .values import Call, Ref, call, expression, references

T = TypeVar("T", bound=Hashable)
ELSEWHERE, PEOPLE = "elsewhere", "people"
MODULE_DOCS = {
    ELSEWHERE: "What the account has and this program does not declare: it is only referred to.",
    PEOPLE: "People who are named together in several places.",
}
# Of so many, a list of people is one that somebody means.
FEWEST_PEOPLE = 3


def module_of(kind: str) -> str:
    """Return the file of a kind, that of its whole for a part."""
    word = (whole_kind(kind) or kind).removeprefix("access_").removeprefix("zero_trust_")
    return f"{word[:-1]}ies" if word.endswith("y") else word if word.endswith("s") else f"{word}s"


class Module:
    """One file of the project."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.body: list[tuple[ast.stmt, Sequence[str]]] = []
        self.uses: set[tuple[str, str]] = set()

    def text(self) -> str:
        """Return the file, not formatted yet."""
        names = {
            node.id
            for statement, _ in self.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Name)
        }
        title = self.name.replace("_", " ").capitalize()
        doc = MODULE_DOCS.get(self.name, f"{title} of the account.")
        lines = [f'"""{doc}"""', ""]
        if "pulumi" in names:
            lines.append("import pulumi")
        if "cloudflare" in names:
            lines.append("import pulumi_cloudflare_access as cloudflare")
        if used := sorted(names & {"grants", "rules", "scopes"}):
            lines.append(f"from pulumi_cloudflare_access import {', '.join(used)}")
        by_module = collections.defaultdict(list)
        for module, variable in sorted(self.uses):
            by_module[module].append(variable)
        lines.append("")
        lines += [f"from {module} import {', '.join(of)}" for module, of in by_module.items()]
        lines.append("")
        for statement, comments in self.body:
            lines += [f"# {_one_line(comment)}" for comment in comments]
            lines.append(ast.unparse(ast.fix_missing_locations(statement)))
        return "\n".join(lines) + "\n"


class Project:
    """The program for some objects."""

    def __init__(
        self,
        objects: Sequence[LiveObject],
        catalogue: Catalogue,
        *,
        lookups: bool = False,
        protect: bool = False,
    ) -> None:
        """Take what is declared, and where to find what is only referred to."""
        self._objects = {one.key: one for one in objects}
        self._catalogue = catalogue
        self._lookups = lookups
        self._protect = protect
        # Parts have the ids of their wholes: these are what others refer to.
        self._by_id = {one.id: one for one in objects if one.whole is None}
        homes = {module_of(one.kind) for one in objects}
        self._names = Names({*homes, ELSEWHERE, PEOPLE})
        self.modules = {name: Module(name) for name in (PEOPLE, ELSEWHERE, *sorted(homes))}
        self._variables: dict[str, tuple[str, str]] = {}
        self._resources: dict[tuple[str, str], str] = {}
        self._cut: set[tuple[str, str]] = set()
        self._people: dict[tuple[str, ...], str] = {}
        self.ids: dict[str, str] = {}
        self._write()

    # ---------------------------------------------------------------------------------- in order

    def _write(self) -> None:
        self._share_people()
        for one in self._by_id.values():
            self._name(one)
        needs: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for key, one in self._objects.items():
            ids = {*references([*one.arguments.values()]), *([one.whole] if one.whole else [])}
            needs[key] = {self._by_id[id_].key for id_ in ids if id_ in self._by_id}
        homes: dict[str, set[str]] = {name: set() for name in self.modules}
        for key, others in needs.items():
            homes[self._home(key)] |= {self._home(other) for other in others} - {self._home(key)}
        _, cut_homes = in_order(homes)
        for key, others in needs.items():
            for other in [*others]:
                if (self._home(key), self._home(other)) in cut_homes:
                    others.discard(other)
                    self._cut.add((key[1], other[1]))
        order, cut = in_order(needs)
        self._cut |= {(key[1], other[1]) for key, other in cut}
        for key in order:
            self._declare(self._objects[key])

    def _home(self, key: tuple[str, str]) -> str:
        return module_of(key[0])

    def _name(self, one: LiveObject) -> None:
        text, word = one.given_name or one.text, one.kind.rpartition("_")[2]
        self._variables[one.id] = module_of(one.kind), self._names.variable(text, word, one.id)
        self._resources[one.key] = self._names.resource(text, one.kind, one.id)

    def _declare(self, one: LiveObject) -> None:
        module = self.modules[module_of(one.kind)]

        def name(id_: str) -> ast.expr:
            return self._reference(one, id_, module)

        arguments: dict[str, Any] = {}
        if one.whole is not None:
            arguments[str(classes.whole(one.kind))] = Ref(one.whole)
            wholes = self._by_id.get(one.whole)
            stem = self._resources[wholes.key] if wholes else one.whole[:8]
            suffix = one.kind.removeprefix(whole_kind(one.kind) or "").strip("_") or "parts"
            self._resources[one.key] = self._names.resource(f"{stem}-{suffix}", one.kind, one.id)
        arguments |= {n: self._labelled(one, v) for n, v in one.arguments.items()}
        if one.scope.kind == "zone":
            arguments["zone_id"] = one.scope.id
        resource, of = self._resources[one.key], classes.class_name(one.kind)
        keywords = {n: self._expression(v, name, module) for n, v in arguments.items()}
        if self._protect:
            keywords["opts"] = expression(
                Call("pulumi.ResourceOptions", (), {"protect": True}), name
            )
        made = call(f"cloudflare.{of}", [ast.Constant(resource)], keywords)
        self.ids[f"{of}::{resource}"] = one.id
        statement: ast.stmt = ast.Expr(made)
        if one.whole is None:
            target = ast.Name(self._variables[one.id][1], ast.Store())
            statement = ast.Assign([target], made, lineno=0)
        module.body.append((statement, one.left_out))

    # -------------------------------------------------------------------------------- references

    def _reference(self, one: LiveObject, id_: str, module: Module) -> ast.expr:
        """Return the variable for an object, or its id where there is none that could be used."""
        if (one.id, id_) in self._cut:
            return ast.Constant(id_)
        if id_ not in self._variables:
            known = self._catalogue.find(id_)
            if known is None:
                return ast.Constant(id_)
            if known.result is GetPermissionGroupResult:
                return ast.Constant(known.name if known.is_unique else id_)
            self._look_up(known)
        home, variable = self._variables[id_]
        if home != module.name:
            module.uses.add((home, variable))
        return ast.Name(variable, ast.Load())

    def _look_up(self, known: Known) -> None:
        """Write down what is only referred to."""
        result = known.result.__name__
        word = result.removeprefix("Get").removesuffix("Result")
        function = "".join(f"_{one.lower()}" if one.isupper() else one for one in word)
        variable = self._names.variable(known.name, function.strip("_"), known.id)
        self._variables[known.id] = ELSEWHERE, variable
        said = {"name": known.name} if known.is_unique and known.name else {"id": known.id}
        found = Call(f"cloudflare.{result}", (), {"id": known.id, "name": known.name})
        if self._lookups:
            found = Call(f"cloudflare.get{function}", (), said)
        made = expression(found, ast.Constant)
        target = ast.Name(variable, ast.Store())
        self.modules[ELSEWHERE].body.append((ast.Assign([target], made, lineno=0), ()))

    def _labelled(self, one: LiveObject, value: Any) -> Any:
        """Have a rule about an object that can only be called by its id say its name, too."""
        match value:
            case Call("rules.group", (Ref(id_),), kwargs) if (one.id, id_) in self._cut:
                return Call("rules.group", (Ref(id_),), {**kwargs, "label": self._by_id[id_].text})
            case list():
                return [self._labelled(one, inner) for inner in value]
            case Mapping():
                return {key: self._labelled(one, inner) for key, inner in value.items()}
        return value

    # ------------------------------------------------------------------------------------ people

    def _share_people(self) -> None:
        """Have people who are named together in several places in one list."""
        places: collections.Counter[tuple[str, ...]] = collections.Counter()
        texts: dict[tuple[str, ...], str] = {}
        for one in self._objects.values():
            for value in one.arguments.values():
                for people in _lists_of_people(value):
                    places[people] += 1
                    texts.setdefault(people, one.text)
        module = self.modules[PEOPLE]
        for people, count in sorted(places.items(), key=lambda item: (texts[item[0]], item[0])):
            if count > 1 and len(people) >= FEWEST_PEOPLE:
                variable = self._names.variable(f"{texts[people]} people", PEOPLE, people[0])
                self._people[people] = variable
                target = ast.Name(variable, ast.Store())
                made = expression([*people], ast.Constant)
                module.body.append((ast.Assign([target], made, lineno=0), ()))

    def _expression(self, value: Any, name: Any, module: Module) -> ast.expr:
        match value:
            case list() if (people := people_in(value)) in self._people:
                module.uses.add((PEOPLE, self._people[people]))
                shared = ast.Name(self._people[people], ast.Load())
                rest = [one for one in value if _person(one) is None]
                inner: ast.expr = shared
                if not isinstance(next(one for one in value if _person(one)), str):
                    person = ast.Name("person", ast.Load())
                    element = call("rules.email", [person], {})
                    comprehension = ast.comprehension(
                        ast.Name("person", ast.Store()), shared, [], 0
                    )
                    inner = ast.ListComp(element, [comprehension])
                if not rest:
                    return inner
                others = [self._expression(one, name, module) for one in rest]
                return ast.List([ast.Starred(inner, ast.Load()), *others], ast.Load())
            case list():
                return ast.List([self._expression(v, name, module) for v in value], ast.Load())
            case Mapping():
                values = [self._expression(inner, name, module) for inner in value.values()]
                return ast.Dict([ast.Constant(key) for key in value], values)
        return expression(value, name)


def _lists_of_people(value: Any) -> Iterable[tuple[str, ...]]:
    if isinstance(value, list):
        if people := people_in(value):
            yield people
        for inner in value:
            yield from _lists_of_people(inner)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _lists_of_people(inner)


def people_in(value: Sequence[Any]) -> tuple[str, ...]:
    """Return the addresses in a list of rules or of people."""
    return tuple(sorted(filter(None, map(_person, value))))


def _person(value: Any) -> str | None:
    match value:
        case Call("rules.email", (str(address),)):
            return address
        case str() if "@" in value and " " not in value:
            return value
    return None


def in_order(needs: Mapping[T, Iterable[T]]) -> tuple[list[T], set[tuple[T, T]]]:
    """Sort what needs others behind these; say which needs were cut to break cycles."""
    rank = {one: number for number, one in enumerate(needs)}
    left = {one: {other for other in others if other in rank} for one, others in needs.items()}
    cut = {(one, one) for one, others in left.items() if one in others}
    for one, _ in cut:
        left[one].discard(one)
    while True:
        sorter = graphlib.TopologicalSorter(
            {one: sorted(others, key=rank.__getitem__) for one, others in left.items()}
        )
        try:
            return [*sorter.static_order()], cut
        except graphlib.CycleError as error:
            ring = error.args[1]
            # The later one of two neighbours can wait for the other.
            pairs = [(user, used) for used, user in itertools.pairwise(ring)]
            user, used = max(pairs, key=lambda pair: (rank[pair[1]] - rank[pair[0]], rank[pair[0]]))
            left[user].discard(used)
            cut.add((user, used))


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------ files


def require_ruff() -> None:
    """Raise SettingsError unless ruff is installed."""
    if util.find_spec("ruff") is None:
        raise SettingsError(
            "adopt new formats what it writes with ruff: pip install "
            "'pulumi-cloudflare-access[adopt]'"
        )


def require_empty(folder: Path) -> None:
    """Raise SettingsError for a folder that holds anything."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder}: is not empty, and nothing of it is overwritten")


def write_project(
    folder: Path,
    project: Project,
    account_id: str,
    objects: Sequence[LiveObject],
    undeclared: Mapping[str, str],
) -> None:
    """Write the project, whole or not at all. Raises SettingsError.

    `undeclared` are the objects that no program can declare, and why.
    """
    require_empty(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, where the same configuration of ruff holds.
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        made = Path(beside) / folder.name
        made.mkdir()
        try:
            _write_files(made, project, account_id)
            _write_ids(made, project, objects, undeclared)
            _format(made)
            if folder.exists():
                folder.rmdir()
            shutil.move(made, folder)
        except OSError as error:
            raise SettingsError(f"{folder}: {error.strerror}") from None


def _write_files(made: Path, project: Project, account_id: str) -> None:
    modules = [module for module in project.modules.values() if module.body]
    for module in modules:
        (made / f"{module.name}.py").write_text(module.text(), encoding="utf-8")
    homes = sorted(m.name for m in modules if m.name not in {ELSEWHERE, PEOPLE})
    lines = [
        '"""The account, as it was found. Every object of it is declared in a file by kind."""'
    ]
    lines += ["", *(f"import {home}  # noqa: F401" for home in homes), ""]
    (made / "__main__.py").write_text("\n".join(lines), encoding="utf-8")
    settings = {
        # What Pulumi takes for a project's name.
        "name": re.sub(r"[^A-Za-z0-9_.-]+", "-", made.name)[:100].strip("-") or "cloudflare",
        "description": "The Cloudflare account, taken over as it was found",
        "runtime": {"name": "python"},
        "config": {"cloudflare-access:accountId": {"value": account_id}},
    }
    (made / "Pulumi.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def _write_ids(
    made: Path, project: Project, objects: Sequence[LiveObject], undeclared: Mapping[str, str]
) -> None:
    left_out = [
        {"object": f"{classes.class_name(one.kind)} {one.text} ({one.id})", "left out": reason}
        for one in objects
        for reason in one.left_out
    ]
    left_out += [{"object": id_, "left out": reason} for id_, reason in undeclared.items()]
    document = {"ids": dict(sorted(project.ids.items())), "left_out": left_out}
    text = json.dumps(document, indent=1, ensure_ascii=False)
    (made / "adopt.json").write_text(f"{text}\n", encoding="utf-8")


def _format(made: Path) -> None:
    for arguments in (("check", "--select", "I", "--fix"), ("format",)):
        run = subprocess.run(  # noqa: S603 - the extra's own ruff
            [sys.executable, "-m", "ruff", *arguments, "--quiet", "--no-cache", "."],
            cwd=made,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise SettingsError(f"ruff {arguments[0]} failed:", *run.stderr.splitlines())
