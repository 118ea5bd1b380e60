"""Every spec that is shipped passes `factory check`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from factory import strict_yaml

ROOT = Path(__file__).parent.parent
SPECS = [ROOT / "reasoning.yaml", *sorted((ROOT / "specs").glob("*.yaml"))]


def missing_data(spec: Path) -> str:
    """Where a spec looks for data that is not there; "" where it wants none or has it."""
    wanted = re.search(r"\$\{FACTORY_DATA(?::-([^}]*))?\}", spec.read_text("utf-8"))
    if wanted is None:
        return ""
    folder = spec.parent / (os.environ.get("FACTORY_DATA") or wanted[1] or "FACTORY_DATA")
    return "" if folder.is_dir() else str(folder)


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.name)
def test_a_shipped_spec_passes_check(spec: Path, tmp_path: Path) -> None:
    if folder := missing_data(spec):
        pytest.skip(f"reads data at {folder}, which is absent; FACTORY_DATA can name it")
    runs = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-m", "factory.cli", "check", "--spec", spec, "--runs", runs],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "sources\n" in done.stdout
    assert "stages\n" in done.stdout
    assert done.stderr == ""
    assert not runs.exists()


def test_no_two_shipped_specs_share_a_run_folder() -> None:
    names = [strict_yaml.load(path)["name"] for path in SPECS]
    assert len(names) > 1
    assert sorted(set(names)) == sorted(names)
