"""A full disk ends a build in one line; once there is room, the same command goes on from there."""

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Desk

from generators.errors import Stopped
from generators.journal import GROUP


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in memory, of its own."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root on Linux")
    place = tmp_path / "disk"
    place.mkdir()
    told = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True
    )
    if told.returncode:
        pytest.skip(f"may not mount: {told.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _resize(disk: Path, size: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{size}", str(disk)], check=True)


def _row(number: int) -> dict[str, Any]:
    rng = random.Random(number)
    noise = " ".join(str(rng.randrange(10**9)) for _ in range(60))
    said = f"<think>\n{noise}\n</think>\n\nIt is \\boxed{{{number}}}."
    return {"question": f"Which is number {number}?", "answer": str(number), "response": said}


@pytest.fixture(scope="module")
def whole(shared_desk: Desk) -> Desk:
    """A spec whose run folder takes about 1 MB, and a build of it that had room."""
    shared_desk.lines("rows.jsonl.gz", map(_row, range(400)))
    shared_desk.spec(
        models={"m": {"backend": "scripted"}},
        sources={
            "mine": {"jsonl": "rows.jsonl.gz", "kind": "math"},
            "made": {"procedural": ["chain"], "count": 100},
        },
        generate=[
            {"recorded": {"stream": "r", "from": ["mine"], "fields": {"finish": "=stop"}}},
            {"teacher": {"stream": "t", "from": ["made"], "model": "m", "samples": 1}},
        ],
        filters=["complete", "verify", "dedup"],
    )
    shared_desk.quick_build("whole")
    return shared_desk


def _nothing_is_half_written(run: Path) -> None:
    """What has its final name can be read to its end."""
    for path in run.rglob("*"):
        if path.is_file() and path.suffix == ".parquet" and not path.name.startswith("."):
            pq.read_table(path, page_checksum_verification=True)
        elif path.suffix == ".json":
            json.loads(path.read_text())
    assert not [path for path in run.rglob(".*.[0-9]*") if path.name != ".lock"]


def _stops(desk: Desk, disk: Path, workers: int = 1) -> str:
    """A build that finds no room; what it says."""
    told = desk.build("--quiet", runs=str(disk), workers=workers, exits=1)
    assert told.stderr.startswith("factory: ")
    assert told.stderr.count("\n") == 1, told.stderr
    assert str(disk) in told.stderr
    assert "no room on the disk" in told.stderr
    return told.stderr


def test_growing_disk(whole: Desk, small_disk: Path) -> None:
    """Stopped again and again, a little further each time; nothing wrong is left behind."""
    stages = []
    for size in range(64, 4000, 60):
        _resize(small_disk, f"size={size}k")
        told = _stop_of(whole, small_disk)
        _nothing_is_half_written(small_disk / "run")
        if not told:
            break
        assert "no room on the disk" in told
        stages.append(told.partition(f"{small_disk}/run/")[2].partition("/")[0])
    assert len(set(stages)) >= 4, stages  # it stopped in different ones
    assert whole.tree(str(small_disk)) == whole.tree("whole")


def _stop_of(desk: Desk, disk: Path) -> str:
    try:
        desk.quick_build(str(disk))
    except Stopped as error:
        return str(error)
    return ""


def test_a_disk_that_is_full_in_the_middle(whole: Desk, small_disk: Path) -> None:
    """With workers, of whom one meets it while the others write."""
    _resize(small_disk, "size=450k")
    _stops(whole, small_disk, workers=2)
    _nothing_is_half_written(small_disk / "run")
    _resize(small_disk, "size=50m")
    whole.build(runs=str(small_disk), workers=2)
    assert whole.tree(str(small_disk)) == whole.tree("whole")


def test_a_disk_that_is_full_from_the_start(whole: Desk, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(bytes(64 << 10))
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "more").write_bytes(b"x" * 4096)
    _stops(whole, small_disk)
    (small_disk / "filler").unlink()
    _resize(small_disk, "size=50m")
    whole.quick_build(str(small_disk))
    assert whole.tree(str(small_disk)) == whole.tree("whole")


def test_a_disk_that_is_full_while_a_server_answers(desk: Desk, small_disk: Path) -> None:
    """What came back before is not asked again."""
    pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")
    from serving import Asked, Send, say, serving

    def behave(asked: Asked) -> Send:
        noise = random.Random(asked.body["seed"]).randbytes(1500).hex()
        return say({"reasoning": noise, "content": "\\boxed{1}"}, seconds=0.02)

    def build(**options: Any) -> str:
        return desk.build("--quiet", runs=str(small_disk), **options).stderr

    with serving(behave) as server:
        desk.spec(
            models={"m": {"backend": "openai", "url": server.url, "model": "tiny",
                          "stream": False, "concurrency": 8}},
            sources={"made": {"procedural": ["chain"], "count": 100}},
            generate=[{"teacher": {"stream": "t", "from": ["made"], "model": "m", "samples": 4}}],
            filters=["complete"],
        )  # fmt: skip
        _resize(small_disk, "size=500k")
        assert "no room on the disk" in (told := build(exits=1))
        assert str(small_disk / "run") in told
        assert told.count("\n") == 1, told
        first = {asked.body["seed"] for asked in server.asked}
        assert 50 < len(first) < 400
        _stops(desk, small_disk)  # there still is none
        _resize(small_disk, "size=50m")
        durable = _seeds(small_disk / "run/journal")
        assert durable <= {asked.body["seed"] for asked in server.asked}
        # What came after the last commit and while the next was tried, and what was on its way.
        assert len(first - durable) <= GROUP + 8 + 32
        before = len(server.asked)
        build()
        again = [asked.body["seed"] for asked in server.asked[before:]]
        assert len(again) == len(set(again)) == 400 - len(durable)
        assert not durable & set(again)
    assert desk.ledger(str(small_disk))["generate teacher t"]["kept"] == 400


def _seeds(journal: Path) -> set[int]:
    """The seeds of the requests whose completions are in a journal."""
    place = f"{(journal / 'completions.sqlite').as_uri()}?mode=ro"
    with closing(sqlite3.connect(place, uri=True)) as db:
        rows = db.execute("select size, body from completions").fetchall()
    texts = (pa.decompress(body, size, "zstd", asbytes=True) for size, body in rows)
    return {json.loads(json.loads(text)["sent"])["seed"] for text in texts}


def test_no_room_for_a_second_build_that_has_nothing_to_do(whole: Desk, small_disk: Path) -> None:
    """It may say that it is done or that there is no room, but not break anything."""
    _resize(small_disk, "size=50m")
    whole.quick_build(str(small_disk))
    free = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(bytes(free.f_bavail * free.f_frsize))
    process = whole.start("build", "--spec", "spec.yaml", "--runs", small_disk, "--quiet")
    err = process.communicate(timeout=120)[1]
    assert (process.returncode, err.count("\n")) in ((0, 0), (1, 1)), err
    (small_disk / "filler").unlink()
    whole.quick_build(str(small_disk))
    assert whole.tree(str(small_disk)) == whole.tree("whole")


def test_no_more_files(whole: Desk, small_disk: Path) -> None:
    """A disk may have room and no more entries for files."""
    _resize(small_disk, "size=50m,nr_inodes=12")
    _stops(whole, small_disk)
    _nothing_is_half_written(small_disk / "run")
    _resize(small_disk, "nr_inodes=10000")
    whole.quick_build(str(small_disk))
    assert whole.tree(str(small_disk)) == whole.tree("whole")


def test_a_disk_that_may_only_be_read(whole: Desk, small_disk: Path) -> None:
    _resize(small_disk, "size=50m")
    whole.quick_build(str(small_disk))
    _resize(small_disk, "ro")
    told = whole.build("--quiet", runs=str(small_disk), exits=1).stderr
    assert told.startswith("factory: ")
    assert told.count("\n") == 1, told
    assert f"may not write {small_disk}/run" in told
    assert "--runs" in told
    with pytest.raises(Stopped, match="may not write"):
        whole.quick_build(str(small_disk), limit=3)
    # Looking needs no writing.
    words = ("show", "--spec", "spec.yaml", "--runs", small_disk, "--rejected", "verify")
    assert "wrong_answer" in whole.factory(*words).stdout
