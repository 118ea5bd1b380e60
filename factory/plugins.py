"""A user's own Python files, imported for the functions that they register."""

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from factory.spec import Spec
from generators.errors import UserError


def load_plugin(path: Path, at: str) -> None:
    """Import a user's Python file for what it registers."""
    if not os.path.isfile(path):  # of a Path it would raise where the name is no name at all
        raise UserError(f"{at}: no file at {path}")
    if path.suffix != ".py":
        raise UserError(f"{at}: {path} is no Python file (.py)")
    # Two files of one name in two folders are two modules.
    place = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]
    name = f"_used_{path.stem}_{place}"
    described = importlib.util.spec_from_file_location(name, path)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules[name] = module
    try:
        described.loader.exec_module(module)
    except SyntaxError as error:
        raise UserError(f"{at}: {path}, line {error.lineno}: {error.msg}") from None
    except UserError as error:
        raise UserError(f"{at}: {path}: {error}") from None
    except Exception as error:  # noqa: BLE001  whatever a user's file does wrong, it is theirs
        raise UserError(f"{at}: {path}: {type(error).__name__}: {error}") from None


def load_plugins(spec: Spec) -> None:
    """Import all files that a spec uses: what a worker needs before its first task."""
    for number, name in enumerate(spec.use):
        load_plugin(spec.base / name, f"use.{number}")
