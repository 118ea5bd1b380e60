"""The shape of the code: imports point left, importing is light, names and sizes stay sane."""

import ast
import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from factory.listing import TABLES
from generators.registry import entries

ROOT = Path(__file__).parent.parent
PACKAGES = ("generators", "filters", "sft", "factory")  # from left to right
HEAVY = ("torch", "vllm", "transformers", "datasets", "sympy", "reasoning_gym", "pandas", "openai")
LONGEST = 300  # lines
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module that a file imports, inside of functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folder = path.relative_to(ROOT).parent.parts
            start = folder[: len(folder) - node.level + 1] if node.level else ()
            yield node.lineno, ".".join([*start, *filter(None, [node.module])])
        elif isinstance(node, ast.Call) and _is_import(node.func):
            arguments = [a.value for a in node.args if isinstance(a, ast.Constant)]
            yield from ((node.lineno, a) for a in arguments if isinstance(a, str))


def _is_import(function: ast.expr) -> bool:
    name = getattr(function, "attr", getattr(function, "id", ""))
    return name in ("import_module", "__import__")


def wrong_way(path: Path) -> list[str]:
    allowed = PACKAGES[: PACKAGES.index(path.relative_to(ROOT).parts[0]) + 1]
    return [
        f"{name_of(path)}, line {line}: {module}"
        for line, module in imported(path)
        if (top := module.split(".")[0]) in (*PACKAGES, "tests", "benchmarks")
        and top not in allowed
    ]


def test_imports_point_left() -> None:
    assert FILES
    assert [found for path in FILES for found in wrong_way(path)] == []


@pytest.mark.parametrize(
    "text",
    [
        "import filters",
        "import filters.verdict as v",
        "from filters.verdict import keep",
        "def f():\n    from factory import build",
        "import importlib\nimportlib.import_module('sft.rl')",
        "if True:\n    class C:\n        import tests.conftest",
    ],
)
def test_an_import_that_points_right_is_seen(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "generators" / "some.py"
    path.parent.mkdir()
    path.write_text(text)
    assert len(wrong_way(path)) == 1


def test_the_command_loads_nothing_heavy() -> None:
    code = (
        "import time; began = time.perf_counter(); import factory.cli, json, sys;"
        "print(json.dumps([time.perf_counter() - began, sorted(sys.modules)]))"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, loaded = json.loads(done.stdout)
    print(f"import factory.cli: {seconds:.2f} s, {time.perf_counter() - began:.2f} s with Python")
    assert "factory.cli" in loaded
    assert {name.split(".")[0] for name in loaded} & set(HEAVY) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_exposes_what_it_says(package: str) -> None:
    module = importlib.import_module(package)
    exposed = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    said = list(getattr(module, "__all__", []))
    assert len(said) == len(set(said))
    assert set(said) == exposed


def words(name: str) -> list[str]:
    """The words of a name, of whichever_case or WhicheverCase."""
    return re.findall(r"[a-z]+|[A-Z][a-z]*|[0-9]+", name)


EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "base", "misc"}


def test_names_say_what_a_thing_is() -> None:
    said = {path: words(path.stem) for path in FILES}
    assert [name_of(p) for p, w in said.items() if {x.lower() for x in w} & EMPTY_WORDS] == []
    classes = [
        f"{name_of(path)}: {node.name}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and {x.lower() for x in words(node.name)} & EMPTY_WORDS
    ]
    assert classes == []


def test_files_are_short() -> None:
    lines = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


def test_every_file_says_what_it_is() -> None:
    first = {
        name_of(path): (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n")[0]
        for path in FILES
        if path.read_bytes()
    }
    assert [name for name, line in first.items() if not line.endswith((".", ":", "?"))] == []


def test_no_file_names_a_place_of_one_machine() -> None:
    private = re.compile(r"/(?:home|root|Users|work)/\w")
    assert [name_of(p) for p in FILES if private.search(p.read_text("utf-8"))] == []


def filters_in_readme(text: str) -> set[str]:
    """First words of the rows of the tables that stand under a heading about filters."""
    found: set[str] = set()
    under = False
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            under = "filters" in line.lower()
        elif under and (row := re.match(r"\|\s*`(\w+)`\s*\|", line)):
            found.add(row[1])
    return found


def test_the_readme_lists_every_filter_and_no_other() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    if not re.search(r"^#+ .*filters", text, re.IGNORECASE | re.MULTILINE):
        pytest.skip("README.md has no heading about filters yet")
    ours = {e.name for e in entries("filter") if e.function.__module__.startswith("filters.")}
    assert filters_in_readme(text) == ours


def test_a_table_elsewhere_is_no_table_of_filters() -> None:
    text = "# A\n| `x` | y |\n## The filters\n|---|\n| `a` | b |\n| `c_d` |\n# B\n| `z` | y |\n"
    assert filters_in_readme(text) == {"a", "c_d"}


def test_registered_names_are_plain_words() -> None:
    names = [entry.name for table in TABLES for entry in entries(table)]
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
