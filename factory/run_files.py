"""spec.yaml and run.json of a run folder: what was asked, and when, where and with what it ran."""

import json
import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from factory import storage, strict_yaml
from factory.plan import Plan


def write_spec(plan: Plan) -> None:
    path = plan.folder / "spec.yaml"
    text = strict_yaml.dump(plan.spec.resolved)
    if not path.exists() or path.read_text("utf-8") != text:
        with storage.written(path) as beside:
            beside.write_text(text, "utf-8")


def write_times(plan: Plan, workers: int, began: float) -> None:
    """run.json: the only file that holds times, machine and versions."""
    path = plan.folder / "run.json"
    before: list[dict[str, Any]] = storage.read_json(path).get("builds", [])
    before.append(
        {
            "began": datetime.fromtimestamp(began, UTC).isoformat(timespec="seconds"),
            "seconds": round(time.time() - began, 1),
            "workers": workers,
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
            "python": platform.python_version(),
            "versions": {n: version(n) for n in ("reasoning-factory", "polars", "pyarrow")},
        }
    )
    with storage.written(path) as beside:
        beside.write_text(json.dumps({"builds": before[-100:]}, indent=1))
