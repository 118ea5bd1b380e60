"""`factory filter`: one filter over any file of samples, in a pipe, without a spec."""

import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from factory import strict_yaml
from factory.calling import failed, judge, judge_group
from factory.plan import reads_group
from filters.verdict import Group, Verdict, unknown
from generators.asking import to_sample
from generators.errors import BadRow, UserError
from generators.json_rows import as_json, field, parse_row, text_of
from generators.mapping import PROBLEM_FIELDS
from generators.opening import unpacked
from generators.recorded import OUTPUT_FIELDS, recorded, recorded_as
from generators.records import KINDS, Problem, Row, Sample, problem_id
from generators.registry import Entry, find, nearest
from generators.sources import parquet
from generators.texts.text import language_of

Read = tuple[Row, Problem | Sample | BadRow]


@dataclass(frozen=True)
class Reading:
    """How the rows of a file read as records."""

    fields: dict[str, str]
    kind: str
    prefilled: bool = False


def judged(name: str, settings: list[str], lines: Iterable[Read]) -> Iterator[tuple[Row, Verdict]]:
    """Each row with its verdict, in order. A row that is no record is unknown, with its reason.

    Row filters judge row by row, as a pipe delivers; group and corpus filters need all rows first.
    """
    entry = find("filter", name)
    if entry.read is not None:
        raise UserError(f"{name} asks a model, which a spec names: it works in a build only")
    checked = entry.check(dict(map(_setting, settings)), name)
    if reads_group(entry) or entry.decide is not None:
        rows = list(lines)
        records = [r for _, r in rows if not isinstance(r, BadRow)]
        together = _groups if reads_group(entry) else _corpus
        verdicts = together(entry, checked, records)
        for row, record in rows:
            yield row, _bad(record) if isinstance(record, BadRow) else verdicts[id(record)]
        return
    for row, record in lines:
        bad = isinstance(record, BadRow)
        yield row, _bad(record) if bad else judge(entry, record, checked)  # type: ignore[arg-type]


def _setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UserError(f"{text!r}: a setting is name=value")
    return name, strict_yaml.value(value)


def _bad(error: BadRow) -> Verdict:
    return unknown(error.reason, error.detail)


def _groups(entry: Entry, settings: dict[str, Any], records: list[Any]) -> dict[int, Verdict]:
    members: dict[tuple[str, str], list[tuple[int, Sample]]] = {}
    for number, sample in enumerate(records):
        # Rows of any file may repeat: here a row is known by its number, padded to sort by it.
        numbered = replace(sample, id=f"{number:012}")
        members.setdefault((sample.problem.id, sample.stream), []).append((id(sample), numbered))
    made: dict[int, Verdict] = {}
    for some in members.values():
        group = Group(some[0][1].problem, [sample for _, sample in some], {})
        told = judge_group(entry, group, settings)
        made.update({of: told[sample.id] for of, sample in some})
    return made


def _corpus(entry: Entry, settings: dict[str, Any], records: list[Any]) -> dict[int, Verdict]:
    assert entry.decide is not None
    names = {f"{number:012}": record for number, record in enumerate(records)}
    signed: list[dict[str, Any]] = []
    made: dict[int, Verdict] = {}
    for number, record in names.items():
        try:
            signed.append({"id": number, **entry.function(record, **settings)})
        except Exception as error:  # noqa: BLE001  the row boundary, as in a build
            made[id(record)] = failed(error)
    if signed:
        for told in entry.decide(pl.DataFrame(signed), **settings).to_dicts():
            row = names[told.pop("id")]
            made[id(row)] = Verdict(**told)
    return made


def records(
    path: Path | None, reading: Reading, judges: type[Problem] | type[Sample]
) -> Iterator[Read]:
    """Rows of a JSON Lines or Parquet file, or of standard input, each with its record."""
    for key in reading.fields:
        known = (*PROBLEM_FIELDS, *OUTPUT_FIELDS)
        if key not in known:
            raise UserError(f"--field {key}: unknown field {key!r}{nearest(key, known)}")
    if reading.kind not in KINDS:
        raise UserError(f"--kind {reading.kind!r}: no such kind{nearest(reading.kind, KINDS)}")
    if path is not None and path.suffix == ".parquet":
        for row in parquet([str(path)]):
            yield row, _record(row, reading, judges)
        return
    with ExitStack() as opened:
        lines = sys.stdin.buffer
        if path is not None:
            packed = path.suffix == ".gz"
            lines = opened.enter_context(unpacked(path) if packed else path.open("rb"))
        first = lines.readline()
        if first.startswith(b"PAR1"):  # Parquet is read from its end, which a pipe cannot
            spool = opened.enter_context(tempfile.NamedTemporaryFile(suffix=".parquet"))
            spool.write(first)
            shutil.copyfileobj(lines, spool)
            spool.flush()
            for row in parquet([spool.name]):
                yield row, _record(row, reading, judges)
            return
        for line in chain([first], lines):
            if not line.strip():
                continue
            try:
                row = parse_row(line)
            except BadRow as error:
                yield {"line": line[:300].decode(errors="replace")}, error
            else:
                yield row, _record(row, reading, judges)


def _record(row: Row, reading: Reading, judges: type) -> Problem | Sample | BadRow:
    try:
        problem = _problem(row, reading)
        return problem if judges is Problem else _sample(row, reading, problem)
    except BadRow as error:
        return error


def _problem(row: Row, reading: Reading) -> Problem:
    """A problem with whatever the row has: most filters of samples need no more than the text."""

    def get(name: str) -> str:
        return text_of(field(row, reading.fields.get(name, name)))

    question = get("question") or _said_by(row, "user")
    kind = get("kind")
    return Problem(
        id=problem_id(get("source"), question, get("context")),
        question=question,
        answer=get("answer"),
        kind=kind if kind in KINDS else reading.kind,
        domain=get("domain"),
        source=get("source"),
        language=get("language") or language_of(question),
        check=get("check"),
        context=get("context"),
    )


def _sample(row: Row, reading: Reading, problem: Problem) -> Sample:
    fields = reading.fields
    named = {key: value for key, value in fields.items() if key in OUTPUT_FIELDS}
    said = recorded(row, fields=named, prefilled=reading.prefilled)
    if said is None:
        text = _said_by(row, "assistant")
        if not text:
            raise BadRow("no_output", "no response, reasoning, message or messages in the row")
        told = {"response": text, "finish": field(row, fields.get("finish", "finish"))}
        said = recorded(told, prefilled=reading.prefilled)
        assert said is not None
    stream = text_of(row.get("stream"))
    return to_sample(problem, said, recorded_as(said), 0, stream, text_of(row.get("generator")))


def _said_by(row: Row, role: str) -> str:
    """Text of the last message of a role, where the row is a conversation."""
    messages = row.get("messages")
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and message.get("role") == role:
            return text_of(message.get("content"))
    return ""


def as_line(row: Row, verdict: Verdict) -> bytes:
    """A row with its verdict as one JSON line."""
    return plain_line({**row, "verdict": asdict(verdict)})


def plain_line(row: Row) -> bytes:
    """A row as one JSON line."""
    return as_json(row) + b"\n"
