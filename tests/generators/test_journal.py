"""The journal: what is acknowledged is on disk, and what comes back is what was put in."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generators import journal as journal_module
from generators.asking import Completion
from generators.errors import Stopped
from generators.journal import GROUP, PATIENCE, Journal

FILE = "completions.sqlite"


def said(number: int, length: int = 200) -> Completion:
    """A completion that can be told from every other."""
    rng = random.Random(number)
    text = " ".join(str(rng.random()) for _ in range(length // 20))
    return Completion(f"key-{number:05}", f"{number}: {text}", f"The answer is {number}.", "m",
                      "stop", number, length)  # fmt: skip


KEYS = [said(n).key for n in range(1200)]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal")
    yield made
    made.close()


def test_what_is_put_in_comes_back(journal: Journal) -> None:
    odd = Completion("odd", "x\0y \u2028\x85 \U0001f600 ~ " + "é" * 1_000_000, "", "m ö", "length")
    for completion in [*map(said, range(1200)), odd]:
        journal.add(completion)
    # More keys than one query takes, and some that were never asked.
    found = journal.get([*KEYS, "odd", "nobody", ""])
    assert found == {**{said(n).key: said(n) for n in range(1200)}, "odd": odd}
    assert journal.known(["odd", "nobody", KEYS[7]]) == {"odd", KEYS[7]}
    assert journal.get([]) == {}


def test_the_same_key_again_replaces(journal: Journal) -> None:
    journal.add(said(1))
    journal.add(Completion(said(1).key, "", "second", "m", "stop"))
    assert journal.get(KEYS[:3])[said(1).key].response == "second"
    assert len(journal.get(KEYS[:3])) == 1


def test_reopened(tmp_path: Path) -> None:
    for start in range(0, 30, 10):
        journal = Journal(tmp_path)
        assert len(journal.known(KEYS)) == start
        for number in range(start, start + 10):
            journal.add(said(number))
        journal.close()
    reader = Journal(tmp_path, readonly=True)
    assert reader.get(KEYS) == {said(n).key: said(n) for n in range(30)}
    reader.close()


def test_a_reader_writes_nothing(tmp_path: Path) -> None:
    Journal(tmp_path).close()
    reader = Journal(tmp_path, readonly=True)
    with pytest.raises(Stopped, match=FILE):
        reader.add(said(1))
    reader.close()


def _seen(folder: Path) -> set[str]:
    """What another process would see now."""
    reader = Journal(folder, readonly=True)
    keys = reader.known(KEYS)
    reader.close()
    return keys


def test_completions_are_committed_in_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "PATIENCE", 3600.0)
    journal = Journal(tmp_path)
    for number in range(GROUP - 1):
        journal.add(said(number))
    assert _seen(tmp_path) == set()
    assert len(journal.known(KEYS)) == GROUP - 1
    journal.add(said(GROUP))
    assert len(_seen(tmp_path)) == GROUP
    journal.add(said(GROUP + 1))
    assert len(_seen(tmp_path)) == GROUP
    journal.flush()
    assert len(_seen(tmp_path)) == GROUP + 1
    journal.close()


def test_a_completion_does_not_wait_for_the_next(journal: Journal, tmp_path: Path) -> None:
    """A slow model may answer once an hour; what it said was paid for."""
    journal.add(said(1))
    deadline = time.monotonic() + PATIENCE + 2
    while not _seen(tmp_path / "journal") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _seen(tmp_path / "journal") == {said(1).key}
    journal.add(said(2))  # and it goes on
    journal.flush()
    assert len(_seen(tmp_path / "journal")) == 2


WRITER = """
import sys
from pathlib import Path
from generators.journal import Journal
sys.path.insert(0, {tests!r})
from test_journal import said
journal = Journal(Path({folder!r}))
for number in range({start}, 100_000):
    journal.add(said(number))
    if number % 7 == 0:
        journal.flush()
        print(number, flush=True)
"""


def test_what_is_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    rng = random.Random(17)
    start = 0
    for _ in range(6):
        code = WRITER.format(tests=str(Path(__file__).parent), folder=str(tmp_path), start=start)
        root = str(Path(__file__).parents[2])
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline()
            time.sleep(rng.uniform(0, 0.25))
            os.kill(writer.pid, signal.SIGKILL)
            told = [int(line) for line in writer.stdout.read().splitlines() if line]
        last = max(told, default=start)
        reader = Journal(tmp_path, readonly=True)
        found = reader.get(said(n).key for n in range(last + 400))
        reader.close()
        assert set(found) >= {said(n).key for n in range(last + 1)}
        assert all(found[said(n).key] == said(n) for n in range(last + 400) if said(n).key in found)
        start = last + 1


# ---------------------------------------------------------------- damage


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    journal = Journal(folder)
    for number in range(150):
        journal.add(said(number, 2000 if number % 10 else 20_000))
    journal.close()
    assert [path.name for path in folder.iterdir()] == [FILE]
    return folder / FILE


def _damaged(folder: Path, data: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for leftover in folder.glob(f"{FILE}*"):
        leftover.unlink()
    (folder / FILE).write_bytes(data)
    return folder


def _told(folder: Path) -> dict[str, Completion] | None:
    """What a damaged journal still gives; None where it says that it is damaged."""
    try:
        journal = Journal(folder)
        found = journal.get(KEYS[:150])
        known = journal.known(KEYS[:150])
        journal.close()
    except Stopped as error:
        told = str(error)
    else:
        assert known == set(found)  # what is left out is asked again
        return found
    assert told.startswith(f"the journal {folder / FILE}: it is damaged: ")
    assert told.isprintable()
    return None


def test_flipped_bits_never_give_wrong_text(whole: Path, tmp_path: Path) -> None:
    right = {said(n).key: _long(n) for n in range(150)}
    data = whole.read_bytes()
    rng = random.Random(17)
    keys = [at for at in range(len(data)) if data.startswith(b"key-", at)]
    places = [rng.randrange(len(data)) for _ in range(100)]
    # The first page holds what the rest hangs on; beside each key stand its lengths and checksum.
    places += [rng.randrange(4096) for _ in range(50)]
    places += [rng.choice(keys) + rng.randrange(-12, 24) for _ in range(100)]
    refused = left_out = 0
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << rng.randrange(8)
        found = _told(_damaged(tmp_path / "damaged", bytes(flipped)))
        if found is None:
            refused += 1
            continue
        left_out += len(found) < 150
        assert all(found[key] == right[key] for key in found)
    assert refused > 5  # the flips did meet the structure,
    assert left_out > 50  # and the texts


def _long(number: int) -> Completion:
    return said(number, 2000 if number % 10 else 20_000)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.99])
def test_a_cut_file_never_gives_wrong_text(whole: Path, tmp_path: Path, share: float) -> None:
    data = whole.read_bytes()
    found = _told(_damaged(tmp_path / "cut", data[: int(len(data) * share)]))
    assert found is None or all(found[said(n).key] == _long(n) for n in range(150)
                                if said(n).key in found)  # fmt: skip
    assert not found or len(found) < 150


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    folder = _damaged(tmp_path / "other", b"not a database, but long enough " * 100)
    with pytest.raises(Stopped, match=f"{FILE}: it is damaged: .*recover"):
        Journal(folder).known(KEYS)
    assert (folder / FILE).read_bytes().startswith(b"not a database")


def test_a_damaged_completion_can_be_added_again(whole: Path, tmp_path: Path) -> None:
    shutil.copy(whole, tmp_path / FILE)
    key = said(3).key
    with sqlite3.connect(tmp_path / FILE) as database:
        (body,) = database.execute("select body from completions where key = ?", [key]).fetchone()
        middle = len(body) // 2
        wrong = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        database.execute("update completions set body = ? where key = ?", [wrong, key])
    database.close()
    journal = Journal(tmp_path)
    assert key not in journal.known(KEYS)
    journal.add(_long(3))
    assert journal.get([key]) == {key: _long(3)}
    journal.close()


def test_no_room_is_told_as_such(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal._db.execute("pragma max_page_count = 8")
    with pytest.raises(Stopped, match=f"{FILE}: no room on the disk"):
        _add_many(journal)
    assert len(journal.known(KEYS)) < 50
    journal.close()


def _add_many(journal: Journal) -> None:
    for number in range(100):
        journal.add(said(number, 20_000))


def test_a_fault_of_the_late_commit_reaches_the_caller(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The timer's thread has no user; what it could not keep must not be taken as kept."""
    journal.add(said(1))
    fault = Stopped("no room")
    monkeypatch.setattr(journal, "flush", lambda: _raise(fault))
    journal._flush_late()
    monkeypatch.undo()
    for call in (lambda: journal.add(said(2)), journal.flush):
        with pytest.raises(Stopped, match="no room"):
            call()
    journal._fault = None


def _raise(error: Exception) -> None:
    raise error
