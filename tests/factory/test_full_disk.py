"""A full disk ends a build in one line; once there is room, the same command goes on from there."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import Desk

from generators.errors import Stopped


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
