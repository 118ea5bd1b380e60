"""A spec with a mistake is refused before any work, with the path and the nearest valid word."""

import dataclasses
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import factory
from factory import strict_yaml
from generators.errors import UserError

ROOT = Path(__file__).parent.parent.parent
DEMO = "reasoning.yaml"
RECORDED = """\
name: small
seed: 17
sources:
  mine: {jsonl: rows.jsonl, fields: {question: prompt, answer: gold}, kind: math, licence: MIT}
  more:
    jsonl: "*.jsonl"
    kind: math
    limit: 5
generate:
  - recorded:
      stream: reasoning
      from: [mine]
      fields: {response: said, completion_tokens: usage.out}
  - recorded: {stream: other, from: [more], outputs: {jsonl: outputs.jsonl}}
filters:
  - complete
  - think_format: {only: [reasoning]}
  - verify
  - pass_rate: {by: verify, at_least: 0.1}
  - best_of: {keep_at_most: 2, prefer: shortest}
corpus: {quotas: {reasoning: 100, other: {math: 5}}, test: 0.1}
limits: {unknown: 0.5}
"""


@dataclass
class Mistake:
    """A mutation of a spec, and what its author must be told."""

    base: str
    old: str
    """Text, or a pattern where there is a backslash in it; its first place is meant."""
    new: str
    told: str
    """Fragments of the message, separated by " ... "."""

    def __str__(self) -> str:
        return f"{self.new[-40:] or 'without ' + self.old.strip()}"


def demo(old: str, new: str, told: str) -> Mistake:
    """A mistake in the spec that is shipped."""
    return Mistake(DEMO, old, new, told)


def rec(old: str, new: str, told: str) -> Mistake:
    """A mistake in a spec of recorded outputs."""
    return Mistake(RECORDED, old, new, told)


MISTAKES = [
    # A key that there is not, at every level.
    demo("seed:", "sede:", "sede: unknown setting 'sede'; did you mean 'seed'?"),
    demo("filters:", "filtres:", "filtres: unknown setting ... did you mean 'filters'?"),
    demo("generate:", "generators:", "generators: unknown setting ... did you mean 'generate'?"),
    demo("count:", "cuont:", "sources.made.cuont: unknown setting ... did you mean 'count'?"),
    demo("licence:", "license:", "sources.made.license: unknown ... did you mean 'licence'?"),
    demo("cut_off:", "cutoff:", "models.pretended.cutoff: unknown ... did you mean 'cut_off'?"),
    demo("samples:", "sampels:", "generate.0.teacher.sampels: unknown ... mean 'samples'?"),
    demo("at_least", "atleast", "filters.3.pass_rate.atleast: unknown ... mean 'at_least'?"),
    demo("keep_at_most", "keep_most", "filters.5.best_of.keep_most ... mean 'keep_at_most'?"),
    demo("quotas:", "quota:", "corpus.quota: unknown setting 'quota'; did you mean 'quotas'?"),
    demo("unknown:", "unknow:", "limits.unknow: unknown setting ... did you mean 'unknown'?"),
    demo("models:", "sampling: {temprature: 1}\nmodels:",
         "sampling.temprature: unknown ... did you mean 'temperature'?"),
    demo(r"samples: \d+", "samples: 4, sampling: {topp: 1}",
         "generate.0.teacher.sampling.topp: unknown setting ... did you mean 'top_p'?"),
    demo(r"wrong: [\d.]+", "sampling: {max_token: 1}",
         "models.pretended.sampling.max_token: unknown ... did you mean 'max_tokens'?"),
    demo(r"wrong: [\d.]+", "price: {input: 1, ouput: 2}",
         "models.pretended.price.ouput: unknown setting 'ouput'; did you mean 'output'?"),
    demo("name:", "nmae:", "nmae: unknown setting 'nmae'; did you mean 'name'?"),
    demo("stream:", "steam:", "generate.0.teacher.steam: unknown ... did you mean 'stream'?"),
    demo("verify\n", "verify: {onyl: [reasoning]}\n", "filters.2.verify.onyl ... mean 'only'?"),
    rec("question: prompt", "questoin: prompt",
        "sources.mine.fields.questoin: unknown field ... did you mean 'question'?"),
    rec("response: said", "respnse: said",
        "generate.0.recorded.fields.respnse: unknown field ... did you mean 'response'?"),
    # A name that nobody has.
    demo("procedural:", "procedurel:", "sources.made: ... did you mean 'procedural'?"),
    demo("linear,", "liner,", "sources.made.procedural.1: no family ... did you mean 'linear'?"),
    demo("- teacher:", "- techer:", "generate.0: no generator called 'techer' ... 'teacher'?"),
    demo("scripted", "scriptd", "models.pretended.backend: no backend ... mean 'scripted'?"),
    demo("- complete", "- compleet", "filters.0: no filter called 'compleet' ... 'complete'?"),
    demo("- think_format", "- think_fromat: {}", "filters.1: no filter ... 'think_format'?"),
    demo("- verify", "- size", "filters.2: no filter called 'size'; there is answerable, "),
    demo("model: pretended", "model: pretend", "generate.0.teacher.model: ... 'pretended'?"),
    demo("from: [made]", "from: [maid]", "generate.0.teacher.from: no source ... mean 'made'?"),
    rec("from: [more]", "from: [more, mien]", "generate.1.recorded.from: ... mean 'mine'?"),
    rec("kind: math, l", "kind: maths, l", "sources.mine.kind: 'maths' ... did you mean 'math'?"),
    rec("prefer: shortest", "prefer: shorter", "filters.4.best_of.prefer: ... 'shortest'?"),
    rec("by: verify", "by: verfy", "filters.3.pass_rate.by: ... did you mean 'verify'?"),
    rec("[reasoning]}", "[reasonin]}", "filters.1.think_format.only: ... mean 'reasoning'?"),
    demo(r"reasoning: \d+", "resoning: 1500", "corpus.quotas.resoning: ... mean 'reasoning'?"),
    rec("other: {math: 5}", "cold_start: 5", "corpus.quotas.cold_start: no generator makes"),
    # What YAML would let pass.
    demo(r"seed: \d+", "seed: 17\nseed: 18", "line 5: the key 'seed' stands twice"),
    demo("- dedup\n\n", "- dedup: {}\n    dedup: {}\n\n", "line 17: the key 'dedup' stands twice"),
    rec("limit: 5", "limit: no", "sources.more.limit: should be a valid integer (it is 'no')"),
    rec("limit: 5", "limit: true", "sources.more.limit: should be a valid integer (it is True)"),
    rec("kind: math\n", "kind: no\n", "sources.more.kind: 'no' is not one of the words"),
    rec("name: small", "name: 1e3", "name: should be a valid string (it is 1000.0)"),
    rec("name: small", "name: true", "name: should be a valid string (it is True)"),
    demo(r"seed: \d+", "seed: 017", "seed: should be a valid integer (it is '017')"),
    demo(r"seed: \d+", "seed: yes", "seed: should be a valid integer (it is 'yes')"),
    demo(r"test: [\d.]+", "test: on", "corpus.test: should be a valid number (it is 'on')"),
    demo(r"test: [\d.]+", "on: 0.02", "corpus.on: unknown setting 'on'"),
    demo(r"test: [\d.]+", "test: '1e-3'", "corpus.test: should be a valid number (it is '1e-3')"),
    demo(r"test: [\d.]+", "test: 1_0", "corpus.test: should be a valid number (it is '1_0')"),
    demo(r"samples: \d+", "samples: '4'", "generate.0.teacher.samples: should be a valid integer"),
    demo(r"samples: \d+", "samples: 4.0", "generate.0.teacher.samples: should be a valid integer"),
    demo(r"wrong: [\d.]+", "wrong: .nan", "models.pretended.wrong: should be a valid number"),
    demo(r"wrong: [\d.]+", "price: {input: 1e999, output: 1}", "line 7: 1e999 is too large"),
    demo(r"seed: \d+", "seed: " + "9" * 5000, "line 4: 99999"),
    demo(r"seed: \d+", "seed: &seed 17\nlimits: *seed", "line 4: anchors (&name) are not allowed"),
    demo(r"seed: \d+", "seed: *seed", "line 4: aliases (*name) are not allowed"),
    demo(r"seed: \d+", "seed: !!python/object/apply:os.getpid []", "line 4: tags (!name)"),
    demo(r"seed: \d+", "seed: !!int 'abc'", "line 4: tags (!name) are not allowed"),
    demo("  pretended:", "\tpretended:", "line 7: found character '\\t'"),
    demo(r"samples: \d+\}", "samples: 4", "line "),
    rec("licence: MIT", 'licence: "\\ud83d"', "line 4: an escape such as \\ud83d"),
    # Numbers that make no sense.
    demo(r"count: \d+", "count: 0", "sources.made.count: should be greater than or equal to 1"),
    demo(r"count: \d+", "count: -5", "sources.made.count: should be greater than or equal to 1"),
    demo(r"samples: \d+", "samples: 0", "generate.0.teacher.samples: should be greater"),
    demo(r"at_least: [\d.]+", "at_least: 1.25", "filters.3.pass_rate.at_least: ... equal to 1"),
    demo(r"at_least: [\d.]+", "at_least: -0.25", "filters.3.pass_rate.at_least: ... equal to 0"),
    demo(r"keep_at_most: \d+", "keep_at_most: 0", "filters.5.best_of.keep_at_most: should be"),
    demo(r"wrong: [\d.]+", "wrong: 25", "models.pretended.wrong: ... (it is 25)"),
    demo(r"test: [\d.]+", "test: 2", "corpus.test: should be less than or equal to 1 (it is 2)"),
    demo(r"unknown: [\d.]+", "unknown: 5", "limits.unknown: should be less than or equal to 1"),
    demo(r"failed: [\d.]+", "failed: -1", "limits.failed: should be greater than or equal to 0"),
    demo(r"reasoning: \d+", "reasoning: 0", "corpus.quotas.reasoning: should be greater"),
    rec("{math: 5}", "{math: -5}", "corpus.quotas.other.math: should be greater ... (it is -5)"),
    demo(r"wrong: [\d.]+", "price: {input: -1, output: 1}", "models.pretended.price.input: should"),
    demo("models:", "sampling: {temperature: -1}\nmodels:", "sampling.temperature: should be"),
    demo("models:", "sampling: {top_p: 0}\nmodels:", "sampling.top_p: should be greater than 0"),
    demo("models:", "sampling: {max_tokens: 0}\nmodels:", "sampling.max_tokens: should be"),
    # Something of another shape than wanted.
    demo("from: [made]", "from: made", "generate.0.teacher.from: should be a valid list"),
    demo("from: [made]", "from: []", "generate.0.teacher.from: ... at least 1"),
    demo(r"procedural: \[.*\]", "procedural: chain", "sources.made.procedural"),
    demo(r"procedural: \[.*\]", "procedural: []", "sources.made.procedural"),
    demo("- complete", "- [complete]", "filters.0: should be a valid string"),
    demo("- complete", "- 5", "filters.0: should be a valid string (it is 5)"),
    demo("- complete", "-", "filters.0: should be a valid string (it is None)"),
    demo("- complete", "- {}", "filters.0: wants one filter, not none"),
    demo("- complete", "- {complete: {}, verify: {}}", "filters.0: wants one filter, not "),
    demo(r"\{at_least: [\d.]+\}", "0.25", "filters.3.pass_rate: settings are a mapping"),
    demo("models:", "filters: complete\nmodels:", "line 22: the key 'filters' stands twice"),
    rec("limits: {unknown: 0.5}", "limits: [unknown]", "limits: "),
    rec("limits: {unknown: 0.5}", "limits: 0.5", "limits: "),
    rec("jsonl: rows.jsonl", "jsonl: [rows.jsonl, 5]", "sources.mine.jsonl.1: should be a"),
    rec("jsonl: rows.jsonl", "jsonl: []", "sources.mine.jsonl: ... at least 1"),
    rec("prompt,", "[prompt, 5],", "sources.mine.fields.question.1: should be a valid string"),
    # What is missing.
    rec("name: small\n", "", "name: is missing"),
    rec("jsonl: rows.jsonl, ", "", "sources.mine: names no source; there is hub, jsonl, "),
    rec("jsonl: rows.jsonl", "jsonl: rows.jsonl, parquet: x.parquet", "sources.mine: ... two"),
    rec("      stream: reasoning\n", "", "generate.0.recorded.stream: is missing"),
    rec("      from: [mine]\n", "", "generate.0.recorded.from: is missing"),
    demo(", model: pretended", "", "generate.0.teacher.model: is missing; there is pretended"),
    demo("backend: scripted, ", "", "models.pretended.backend: is missing"),
    demo(r"wrong: [\d.]+", "price: {input: 1}", "models.pretended.price.output: is missing"),
    # Files and variables that are not there.
    rec("jsonl: rows.jsonl", "jsonl: row.jsonl", "sources.mine.jsonl: no file at {folder}/row."),
    rec("jsonl: rows.jsonl", "jsonl: data/*.gz", "sources.mine.jsonl: no file at {folder}/data/*"),
    rec("jsonl: rows.jsonl", "jsonl: .", "sources.mine.jsonl: no file at {folder}"),
    rec("jsonl: rows.jsonl", "jsonl: ''", "sources.mine.jsonl: no file at {folder}"),
    rec("jsonl: rows.jsonl", "jsonl: ~nobody-has-this-name/a.jsonl", "sources.mine.jsonl: no file"),
    rec("jsonl: rows.jsonl", 'jsonl: "rows\\0.jsonl"', "sources.mine.jsonl: no file at"),
    rec("jsonl: rows.jsonl", f"jsonl: {'a' * 300}", "sources.mine.jsonl: no file at"),
    rec("jsonl: rows.jsonl", 'jsonl: "${FACTORY_UNSET}/a.jsonl"',
        "sources.mine.jsonl: set the environment variable FACTORY_UNSET"),
    rec("jsonl: rows.jsonl", 'jsonl: "${FACTORY_UNSET:-nowhere}/a.jsonl"',
        "sources.mine.jsonl: no file at {folder}/nowhere/a.jsonl ... FACTORY_UNSET can name"),
    rec("outputs.jsonl", "output.jsonl", "generate.1.recorded.outputs.jsonl: no file at"),
    rec("seed: 17", "use: [mine.py]", "use.0: no file at {folder}/mine.py"),
    rec("seed: 17", "use: [rows.jsonl]", "use.0: {folder}/rows.jsonl is no Python file"),
    rec("seed: 17", 'use: ["a\\0.py"]', "use.0: no file at"),
    rec("seed: 17", f"use: [{'a' * 300}.py]", "use.0: no file at"),
    # What does not go together.
    demo("- dedup\n\ngen", "- verify\n\ngen", "problems.0.verify: ... belongs under filters:"),
    demo("- dedup\n\ngen", "- best_of\n\ngen", "problems.0.best_of: ... belongs under filters:"),
    rec("  - verify\n  - pass_rate", "  - pass_rate",
        "filters.2.pass_rate.by: the filter 'verify' must stand earlier in the list"),
    rec("  - complete\n", "  - pass_rate: {by: complete}\n  - complete\n",
        "filters.0.pass_rate.by: the filter 'complete' must stand earlier"),
    demo("- verify", "- verify\n  - verify", "filters.3.verify: stands twice"),
    demo("- verify", "- verify\n  - verify: {}", "filters.3.verify: stands twice"),
    rec("  - recorded: {stream: other, from: [more], outputs: {jsonl: outputs.jsonl}}\n",
        "  - recorded: {stream: other, from: [more], outputs: {jsonl: outputs.jsonl}}\n" * 2,
        "generate.2.recorded: stands twice; take one out"),
    rec("from: [mine]\n", "from: [mine]\n      model: m\n",
        "generate.0.recorded.model: recorded asks no model; take the line out"),
    demo(r"samples: \d+", "samples: 4, outputs: {jsonl: reasoning.yaml}",
         "generate.0.teacher.outputs: teacher asks a model and reads no outputs"),
    rec("{jsonl: outputs.jsonl}", "{jsonl: outputs.jsonl, fields: {response: x}}",
        "generate.1.recorded.outputs.fields: stand beside outputs"),
    # Names of folders.
    rec("name: small", "name: ../small", "name: '../small' names a folder: letters, digits"),
    rec("name: small", "name: /tmp/small", "name: '/tmp/small' names a folder"),
    rec("name: small", "name: a/b", "name: 'a/b' names a folder"),
    rec("name: small", "name: ..", "name: '..' names a folder"),
    rec("name: small", "name: ''", "name: '' names a folder"),
    rec("name: small", 'name: "a\\0b"', "name: 'a\\x00b' names a folder"),
    rec("name: small", 'name: "a\\n"', "name: 'a\\n' names a folder"),
    rec("name: small", f"name: {'n' * 300}", "name: 'nnn ... at most 100"),
    rec("stream: other", "stream: ../other", "generate.1.recorded.stream: '../other' names a"),
    # Keys and tokens stand in the environment, not in a spec.
    demo("backend: scripted", "bakcend: scripted",
         "models.pretended.bakcend: unknown setting 'bakcend'; did you mean 'backend'?"),
    demo("stream: reasoning", "steam: reasoning",
         "generate.0.teacher.steam: unknown setting 'steam'; did you mean 'stream'?"),
    demo("seed: 17", "hf_" + "a1B2" * 8 + ": 17", "looks like a secret key"),
    demo(r"wrong: [\d.]+", "key: hf_" + "a1B2" * 8, "models.pretended.key: looks like a secret"),
    demo(r"wrong: [\d.]+", "key: sk-" + "a1B2" * 8, "models.pretended.key: looks like a secret"),
    demo(r"wrong: [\d.]+", "key: some-key", "models.pretended.key: names an environment variable"),
    demo("licence: MIT", "licence: [x, {y: hf_" + "a1B2" * 8 + "}]",
         "sources.made.licence.1.y: looks like a secret key"),
]  # fmt: skip

NO_SPECS = [
    (b"", "a spec is a mapping: name, sources"),
    (b"# nothing but this\n", "a spec is a mapping"),
    (b"- name: x\n", "a spec is a mapping"),
    (b"hello", "a spec is a mapping"),
    (b"{}", "name: is missing"),
    (b"name: x\n", "sources: is missing"),
    (b"name: x\nsources: {}\ngenerate: []\n", "sources: "),
    (b"name: x\nsources:\ngenerate:\n", "sources: should be a valid dictionary (it is None)"),
    (b"name: caf\xe9\n", "is not UTF-8 text"),
    (b"name: \x00\n", "#x0000"),
    (b"\x80\x04\x95", "is not UTF-8 text"),
    (RECORDED.encode("utf-16"), "is not UTF-8 text"),
    (RECORDED.encode() + b"# " + b"x" * (2 << 20), "bytes; at most 1,048,576"),
    (b"name: " + b"[" * 100_000, "is nested too deeply"),
    (RECORDED.encode() + b"---\n" + RECORDED.encode(), "but found another document"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the files that the recorded spec reads."""
    row = {
        "prompt": "1+1?",
        "gold": "2",
        "said": "<think>x</think>2",
        "question": "q",
        "answer": "1",
    }
    for name in ("rows.jsonl", "outputs.jsonl"):
        (tmp_path / name).write_text(json.dumps(row) + "\n")
    return tmp_path


def refused(folder: Path, data: bytes) -> str:
    """What a build says of this spec: one line, at once, and with nothing done."""
    spec, runs = folder / "spec.yaml", folder / "runs"
    spec.write_bytes(data)
    began = time.process_time()
    with pytest.raises(UserError) as error:
        factory.build(spec, runs=runs, workers=1)
    assert time.process_time() - began < 0.5
    assert not runs.exists()
    told = str(error.value)
    assert len(told.splitlines()) == 1
    assert len(told) < 2000
    assert told.startswith(f"{spec}: ")
    return told.removeprefix(f"{spec}: ")


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_refused_with_its_path_and_mend(
    mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FACTORY_UNSET", raising=False)
    text = (ROOT / DEMO).read_text("utf-8") if mistake.base == DEMO else mistake.base
    old = mistake.old if "\\" in mistake.old else re.escape(mistake.old)
    text, found = re.subn(old, lambda _: mistake.new, text, count=1)
    assert found, "this table and the spec that it starts from have parted"
    told = refused(folder, text.encode())
    first, *others = mistake.told.replace("{folder}", str(folder)).split(" ... ")
    assert told.startswith(first)
    for fragment in others:
        assert fragment in told


@pytest.mark.parametrize(("data", "told"), NO_SPECS, ids=[told[:30] for _, told in NO_SPECS])
def test_what_is_no_spec_is_refused(data: bytes, told: str, folder: Path) -> None:
    assert told in refused(folder, data)


@pytest.mark.parametrize("text", [(ROOT / DEMO).read_text("utf-8"), RECORDED], ids=["demo", "rec"])
def test_the_specs_that_mistakes_are_made_in_are_right(text: str, folder: Path) -> None:
    (folder / "spec.yaml").write_text(text)
    factory.load(folder / "spec.yaml")


def test_a_secret_is_not_repeated(folder: Path) -> None:
    secret = "hf_" + "Zz9" * 10
    told = refused(folder, RECORDED.replace("licence: MIT", f"licence: {secret}").encode())
    assert secret not in told


@pytest.mark.parametrize("name", ["gone.yaml", "folder"])
def test_a_spec_that_is_no_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=f"{tmp_path / name}: "):
        factory.build(tmp_path / name, runs=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def loaded(folder: Path, text: str) -> factory.Spec:
    (folder / "spec.yaml").write_text(text)
    return factory.load(folder / "spec.yaml")


@pytest.mark.parametrize(
    ("old", "new", "section", "path", "wanted"),
    [
        ("test: 0.1", "test: 1e-4", "corpus", "test", 1e-4),
        ("test: 0.1", "test: 1", "corpus", "test", 1.0),
        ("test: 0.1", "test: 0", "corpus", "test", 0.0),
        ("unknown: 0.5", "unknown: null", "limits", "unknown", None),
        ("limits: {unknown: 0.5}", "", "limits", "unknown", None),
        ("seed: 17", "", "seed", "", 0),
        ("seed: 17", "seed: -3", "seed", "", -3),
        ("name: small", "name: no", "name", "", "no"),
        ("name: small", "name: 012", "name", "", "012"),
        ("name: small", "name: '1'", "name", "", "1"),
        ("name: small", f"name: {'n' * 100}", "name", "", "n" * 100),
        ("licence: MIT", "licence: no", "sources", "mine.licence", "no"),
        ("licence: MIT", "domain: on", "sources", "mine.domain", "on"),
        ("licence: MIT", "language: no", "sources", "mine.language", "no"),
        ("stream: other", "stream: no", "generate", "1.recorded.stream", "no"),
        ("at_least: 0.1", "at_least: 1e-3", "filters", "3.pass_rate.at_least", 1e-3),
        ("at_least: 0.1", "at_least: 0", "filters", "3.pass_rate.at_least", 0.0),
        ("  - complete\n", "  - complete:\n", "filters", "0.complete", {}),
        ("limit: 5", "limit: null", "sources", "more.limit", None),
    ],
)
def test_what_looks_odd_and_is_right_is_taken(
    old: str, new: str, section: str, path: str, wanted: Any, folder: Path
) -> None:
    text = RECORDED.replace(", other: {math: 5}", "")
    assert old in text
    value: Any = loaded(folder, text.replace(old, new)).resolved[section]
    for step in filter(None, path.split(".")):
        value = value[int(step) if isinstance(value, list) else step]
    assert value == wanted
    assert type(value) is type(wanted)


def test_every_default_is_written_out(folder: Path) -> None:
    resolved = loaded(folder, RECORDED).resolved
    assert resolved["sampling"] == {"temperature": 0.6, "top_p": 0.95, "max_tokens": 32768}
    assert resolved["filters"][3] == {
        "pass_rate": {"by": "verify", "at_least": 0.1, "at_most": 1.0, "fewest": 1}
    }
    assert resolved["limits"] == {"unknown": 0.5, "failed": None}


def test_sampling_is_overridden_from_the_whole_to_the_one(folder: Path) -> None:
    text = (ROOT / DEMO).read_text("utf-8")
    text = text.replace("models:", "sampling: {temperature: 1, top_p: 0.5}\nmodels:", 1)
    text = text.replace("wrong: 0.25", "sampling: {top_p: 0.6, max_tokens: 100}", 1)
    text = text.replace("samples: 4", "samples: 4, sampling: {max_tokens: 7}", 1)
    sampling = loaded(folder, text).generate[0].sampling
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens) == (1, 0.6, 7)


@pytest.mark.parametrize("text", [(ROOT / DEMO).read_text("utf-8"), RECORDED], ids=["demo", "rec"])
def test_the_resolved_spec_is_a_spec_and_means_the_same(text: str, folder: Path) -> None:
    spec = loaded(folder, text)
    again = loaded(folder, strict_yaml.dump(spec.resolved))
    assert dataclasses.replace(again, resolved={}) == dataclasses.replace(spec, resolved={})
    assert again.resolved == spec.resolved


def test_a_variable_of_the_environment_stays_a_variable(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A resolved spec goes into the run folder and the card: no path of one machine in it.
    monkeypatch.setenv("FACTORY_SOMEWHERE", str(folder))
    text = RECORDED.replace("rows.jsonl,", '"${FACTORY_SOMEWHERE}/rows.jsonl",')
    spec = loaded(folder, text)
    assert spec.resolved["sources"]["mine"]["jsonl"] == ["${FACTORY_SOMEWHERE}/rows.jsonl"]
    assert str(folder) not in strict_yaml.dump(spec.resolved)
