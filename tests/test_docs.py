"""What the documents show runs as it stands there."""

import json
import re

import pytest
from conftest import ROOT, Desk


def blocks(name: str, language: str) -> list[str]:
    """The code blocks of a document."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)


@pytest.fixture
def plugins(desk: Desk) -> Desk:
    """CONTRIBUTING's filter, source and generator, used by one spec."""
    names = []
    for number, code in enumerate(blocks("CONTRIBUTING.md", "python")):
        names.append(f"example_{number}.py")
        (desk.folder / names[-1]).write_text(code, "utf-8")
    desk.spec(
        use=names,
        models={"m": {"backend": "scripted", "wrong": 0.0}},
        sources={"s": {"squares": 7, "start": 3}},
        generate=[{"briefly": {"stream": "r", "from": ["s"], "model": "m", "samples": 2}}],
        filters=["complete", {"hesitation": {"at_most": 5}}],
    )
    return desk


def test_contributing_shows_a_filter_a_source_and_a_generator_that_work(plugins: Desk) -> None:
    plugins.build()
    stages = plugins.ledger()
    assert stages["rows s"]["kept"] == 7
    assert stages["generate briefly r"]["kept"] == 14
    assert stages["filters hesitation"]["kept"] == stages["filters complete"]["kept"] > 0


def test_contributing_says_fifteen_lines_and_means_it() -> None:
    assert len(blocks("CONTRIBUTING.md", "python")[0].strip().splitlines()) <= 15


def test_the_example_filter_judges_as_it_says(plugins: Desk) -> None:
    for waits, outcome in ((5, "keep"), (6, "reject")):
        row = {"question": "?", "response": "<think>" + "Wait, no.\n" * waits + "</think>4"}
        plugins.lines("rows.jsonl", [row])
        told = plugins.factory(
            "filter", "hesitation", "at_most=5", "--use", "example_0.py", "--file", "rows.jsonl"
        )
        assert json.loads(told.stdout)["verdict"]["outcome"] == outcome


def test_the_readme_spec_is_a_spec(desk: Desk) -> None:
    spec = next(text for text in blocks("README.md", "yaml") if "sources:" in text)
    (desk.folder / "spec.yaml").write_text(spec, "utf-8")
    row = {
        "prompt": "1 or 2?\n1. one\n2. two",
        "gold": "2",
        "content": "<think>t</think>\\boxed{2}",
    }
    desk.lines("outputs.jsonl", [{**row, "finish_reason": "stop"}])
    desk.build()
    assert len(desk.dataset(name="mine")) == 1


def test_the_documents_say_what_the_filters_say_of_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else `make docs` is due."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import filter_quality
    import filter_table

    readme = (ROOT / "README.md").read_text("utf-8")
    assert filter_table.with_table(readme) == readme
    page = (ROOT / "docs" / "filters.md").read_text("utf-8")
    for name in filter_quality.NOTES:
        assert filter_quality.described(name) in page, name


def test_every_file_the_readme_names_is_there() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (ROOT / name).exists(), name
    tree = text.split("## The tree")[1]
    for name in re.findall(r"\b(\w+(?:\.py|/))(?=\s)", tree):
        assert list(ROOT.glob(name)) + list(ROOT.glob(f"*/{name}")), name
