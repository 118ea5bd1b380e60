"""Parts on disk: whole or absent, never wrong. What is damaged is named, or made again."""

import os
import random
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import Desk

from factory import storage, tables
from generators.errors import Stopped, UserError


def text(*values: str | None) -> pa.Table:
    return pa.table({"a": pa.array(values, pa.large_string())})


# ---------------------------------------------------------------- writing


def test_written_is_there_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file.txt"
    with storage.written(path) as beside:
        beside.write_text("new")
        assert not path.exists()
        assert beside.parent == path.parent  # else the rename would copy
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def _write_half(path: Path, error: BaseException) -> None:
    with storage.written(path) as beside:
        beside.write_text("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_exception_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "file.txt"
    with pytest.raises(error):
        _write_half(path, error())
    assert list(tmp_path.iterdir()) == []


def test_an_exception_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        _write_half(path, ZeroDivisionError())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_written_is_synced_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        told.append(f"sync {Path(os.readlink(f'/proc/self/fd/{handle}')).name}")
        fsync(handle)

    def noted_replace(self: Path, target: Path) -> Path:
        told.append(f"rename to {target.name}")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    with storage.written(tmp_path / "file") as beside:
        beside.write_text("x")
    assert told == [f"sync {beside.name}", "rename to file", f"sync {tmp_path.name}"]


def test_leftovers_are_swept_and_nothing_else(tmp_path: Path) -> None:
    kept = ["part-00000.parquet", ".lock", ".hidden", "sub/.x.parquet", "a.123", "sub/spec.yaml"]
    left = [".part-00000.parquet.4711", "sub/.spec.yaml.1"]
    for name in kept + left:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    storage.sweep(tmp_path)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(str(path.relative_to(tmp_path)) for path in files) == sorted(kept)


@pytest.mark.parametrize("place", ["/sys/none/file", "/proc/none/file"])
def test_a_place_that_may_not_be_written_is_named(place: str) -> None:
    with pytest.raises(Stopped, match=place), storage.written(Path(place)) as beside:
        beside.write_text("x")


def test_a_file_where_a_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("")
    path = tmp_path / "samples" / "part"
    with pytest.raises(Stopped, match="samples/part"), storage.written(path) as beside:
        beside.write_text("x")


# ---------------------------------------------------------------- digests and footers


def test_a_footer_says_what_a_part_was_made_of(tmp_path: Path) -> None:
    path = storage.part_path(tmp_path, 7)
    assert path.name == "part-00007.parquet"
    digest = storage.write_part(path, text("x", "y"), "read this", {"keep": 2, "reject:z": 1})
    told = storage.told(path)
    assert told["reads"] == "read this"
    assert told["digest"] == digest == storage.content_digest(text("x", "y"))
    assert storage.counts_of(told) == {"keep": 2, "reject:z": 1}
    assert storage.read(path).equals(text("x", "y"))
    storage.write_part(path, text("x"), "another")
    assert storage.told(path)["reads"] == "another"
    assert storage.counts_of(storage.told(path)) == {}


def test_equal_content_is_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        storage.write_part(tmp_path / name, text("x", None, ""), "r", {"keep": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (text("ab", "c"), text("a", "bc")),
        (text("a", "b"), text("b", "a")),
        (text("a", "b"), text("a")),
        (text("", "a"), text("a", "")),
        (text(None, "a"), text("", "a")),
        (text(), text("")),
        (text("a", "b", "c", "d").slice(0, 2), text("a", "b", "c", "d").slice(2, 2)),
        (pa.table({"a": [1, 2]}), pa.table({"a": [1, 3]})),
        (pa.table({"a": [True, False]}), pa.table({"a": [True, True]})),
        (pa.table({"a": [0.0]}), pa.table({"a": [-0.0]})),
        (pa.table({"a": [1], "b": [2]}), pa.table({"a": [2], "b": [1]})),
    ],
)
def test_digests_differ_with_the_content(one: pa.Table, other: pa.Table) -> None:
    assert storage.content_digest(one) != storage.content_digest(other)


@pytest.mark.parametrize(
    "values", [[], ["a"], ["a", None, "", "b" * 1000], [str(n) for n in range(3000)]]
)
def test_digests_are_of_content_and_not_of_chunks(values: list[str | None]) -> None:
    whole = text(*values)
    digest = storage.content_digest(whole)
    assert digest == storage.content_digest(text(*values))
    middle = len(values) // 2
    halves = [text(*values[:middle]), text(*values[middle:])]
    if len(values) > 1:
        assert storage.content_digest(pa.concat_tables(halves)) == digest


def test_keys_differ_with_each_value() -> None:
    keys = [("a",), ("a", None), ("a", ""), ("a", 0), (["a"],), ({"a": 1},), (), ("a", False)]
    assert len({storage.hash_of(*values) for values in keys}) == len(keys)
    assert storage.hash_of({"a": 1, "b": 2}) == storage.hash_of({"b": 2, "a": 1})


# ---------------------------------------------------------------- damage


def _samples(rows: int) -> pa.Table:
    rng = random.Random(17)

    def value(name: str) -> Any:
        if name.endswith("_tokens"):
            return rng.randrange(100)
        return "".join(rng.choice("abcdef 0123") for _ in range(rng.randrange(200)))

    columns = {name: [value(name) for _ in range(rows)] for name in tables.SAMPLES.names}
    return pa.table(columns, schema=tables.SAMPLES)


def _verdicts(rows: int) -> pa.Table:
    columns = {name: [f"{name} {n}" for n in range(rows)] for name in tables.VERDICTS.names}
    columns["score"] = [None if n % 3 else n / 7 for n in range(rows)]
    return pa.table(columns, schema=tables.VERDICTS)


@pytest.mark.parametrize("make", [_samples, _verdicts])
def test_a_flipped_bit_is_named_and_never_read(
    tmp_path: Path, make: Callable[[int], pa.Table]
) -> None:
    """In the pages their checksums tell; in the footer, which has none of its own, ours does."""
    path = tmp_path / "part-00000.parquet"
    storage.write_part(path, make(60), "reads", {"keep": 60})
    data, told, table = path.read_bytes(), storage.told(path), storage.read(path)
    rng = random.Random(17)
    footer = len(data) - int.from_bytes(data[-8:-4], "little") - 8
    places = [rng.randrange(len(data)) for _ in range(600)]
    places += [rng.randrange(footer, len(data)) for _ in range(1000)]
    refused = 0
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(flipped))
        assert storage.told(path) in (told, {})
        found = _read(path)
        if isinstance(found, str):
            refused += 1
            assert found.startswith(f"{path} is damaged")
            assert found.endswith("delete it and run the same command again")
            assert found.isprintable()
        else:
            assert found.equals(table)  # it met what is not read, such as an index
    assert refused > 700


def _read(path: Path) -> pa.Table | str:
    """A part, or what is said of it."""
    try:
        return storage.read(path)
    except Stopped as error:
        return str(error)


@pytest.mark.parametrize("length", [0, 3, 4, 100, -9, -4, -1])
def test_a_cut_part_is_named(tmp_path: Path, length: int) -> None:
    path = tmp_path / "part"
    storage.write_part(path, _verdicts(50), "r")
    path.write_bytes(path.read_bytes()[:length])
    assert storage.told(path) == {}
    with pytest.raises(Stopped, match=r"part is damaged .*delete it"):
        storage.read(path)


def test_a_parquet_file_that_is_no_part_is_not_taken_for_one(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "part"
    pq.write_table(text("x"), path)
    assert storage.told(path) == {}
    with pytest.raises(Stopped, match="is damaged"):
        storage.read(path)


def test_a_missing_part_is_told_as_missing(tmp_path: Path) -> None:
    assert storage.told(tmp_path / "none") == {}
    with pytest.raises(Stopped, match="none is missing: run the same command again"):
        storage.read(tmp_path / "none")


@pytest.mark.parametrize("look", [storage.told, storage.read])
def test_a_part_that_cannot_be_opened_is_not_called_damaged(
    tmp_path: Path, look: Callable[[Path], object]
) -> None:
    """A person who is told to delete what is sound loses it; what seems absent is made again."""
    storage.write_part(tmp_path / "part", text("x"), "r")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(Stopped) as told:
            look(tmp_path / "part")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert str(told.value) == f"could not read {tmp_path}/part: Too many open files"


# ---------------------------------------------------------------- the run folder


def test_a_run_folder_has_one_writer(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with storage.locked(folder):
        assert (folder / ".lock").read_text() == f"process {os.getpid()}\n"
        told = f"run is being written by process {os.getpid()}"
        with pytest.raises(UserError, match=told), storage.locked(folder):
            pass
        with storage.locked(tmp_path / "other"):
            pass
    with storage.locked(folder):
        pass


def test_the_name_of_a_dead_process_does_not_lock(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("process 1\n" + "x" * 500)
    with storage.locked(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"process {os.getpid()}\n"


@pytest.mark.parametrize(
    ("folder", "leaves"),
    [
        ("runs/a", False),
        ("runs/link_inside", False),
        ("runs", False),
        ("runs/../out", True),
        ("runs/link_out", True),
        ("runs/link_out/deeper", True),
        ("/etc", True),
    ],
)
def test_a_run_folder_lies_inside(tmp_path: Path, folder: str, leaves: bool) -> None:
    for name in ("runs/a", "out"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "runs/link_inside").symlink_to("a")
    (tmp_path / "runs/link_out").symlink_to("../out")
    root = tmp_path / "runs"
    if leaves:
        with pytest.raises(UserError, match="leads out of"):
            storage.inside(tmp_path / folder, root)
    else:
        assert storage.inside(tmp_path / folder, root) == tmp_path / folder


# ---------------------------------------------------------------- a damaged run folder


@pytest.fixture(scope="module")
def built(shared_desk: Desk) -> Desk:
    shared_desk.lines(
        "rows.jsonl.gz",
        [
            {"question": f"What is {n} + 1?", "answer": str(n + 1), "response": said(n)}
            for n in range(40)
        ],
    )
    shared_desk.spec(
        sources={
            "mine": {"jsonl": "rows.jsonl.gz", "kind": "math"},
            "made": {"procedural": ["chain"], "count": 30},
        },
        models={"m": {"backend": "scripted"}},
        problems=["dedup"],
        generate=[
            {"recorded": {"stream": "r", "from": ["mine"], "fields": {"finish": "=stop"}}},
            {"teacher": {"stream": "t", "from": ["made"], "model": "m", "samples": 2}},
        ],
        filters=["complete", "verify", "pass_rate", "dedup"],
        corpus={"quotas": {"t": 20}, "test": 0.1},
    )
    shared_desk.build(runs="whole")
    return shared_desk


def said(number: int) -> str:
    answer = number + 1 if number % 4 else 0
    return f"<think>\nOne more than {number}.\n</think>\n\nThe answer is \\boxed{{{answer}}}."


def _copy(desk: Desk, name: str) -> Path:
    shutil.rmtree(desk.folder / name, ignore_errors=True)
    shutil.copytree(desk.folder / "whole", desk.folder / name)
    return desk.folder / name / "run"


def test_any_file_that_is_deleted_is_made_again(built: Desk) -> None:
    """It is what a person is told to do with a damaged one."""
    before = built.tree("whole")
    assert len(before) > 12
    for name in before:
        run = _copy(built, "deleted")
        (run / name).unlink()
        built.quick_build("deleted")
        assert built.tree("deleted") == before, name


def test_any_folder_that_is_deleted_is_made_again(built: Desk) -> None:
    before = built.tree("whole")
    for name in sorted({str(Path(name).parent) for name in before} - {"."}):
        run = _copy(built, "deleted")
        shutil.rmtree(run / name)
        built.quick_build("deleted")
        assert built.tree("deleted") == before, name


def test_a_build_never_uses_a_damaged_part(built: Desk) -> None:
    """It stops and names the part, or makes it again; it never goes on with what it holds."""
    before = built.tree("whole")
    rng = random.Random(17)
    parts = [name for name in before if name.endswith(".parquet") and "dataset/" not in name]
    stopped = 0
    for name in parts:
        for place in (rng.random() * 0.4, 0.4 + rng.random() * 0.4, 0.9 + rng.random() * 0.09):
            path = _copy(built, "flipped") / name
            data = bytearray(path.read_bytes())
            data[4 + int(place * (len(data) - 12))] ^= 1 << rng.randrange(8)
            path.write_bytes(bytes(data))
            # The dataset must be made anew, so that all of it is read.
            shutil.rmtree(built.folder / "flipped/run/dataset")
            if told := _stop_of(built, "flipped"):
                assert f"{path} is damaged" in told
                path.unlink()
                stopped += 1
                built.quick_build("flipped")
            after = built.tree("flipped")
            assert {k: v for k, v in after.items() if k != name} == {
                k: v for k, v in before.items() if k != name
            }
    assert stopped > len(parts) // 2


def _stop_of(desk: Desk, runs: str) -> str:
    try:
        desk.quick_build(runs)
    except Stopped as error:
        return str(error)
    return ""


def test_a_file_among_the_parts_that_is_not_ours_is_left_alone(built: Desk) -> None:
    run = _copy(built, "notes")
    (run / "my notes.txt").write_text("mine")
    (run / "samples" / "notes").write_text("mine")
    built.quick_build("notes")
    assert (run / "my notes.txt").read_text() == (run / "samples" / "notes").read_text() == "mine"
