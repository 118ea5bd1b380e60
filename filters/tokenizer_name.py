"""The setting that names a student's tokenizer: a file, a folder that holds one, or the Hub's."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

from pydantic import RootModel, ValidationInfo, model_validator

from generators.errors import UserError
from generators.sources import from_environment

FILE = "tokenizer.json"
# name or owner/name, as the Hub takes them, and a revision.
_REPOSITORY = re.compile(
    r"(?:[A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}(?:@[\w./-]{1,100})?"
)


class Tokenizer(RootModel[str]):
    """As written in a spec; "" is none. A path is relative to the spec, and must lead somewhere.

    Whether a repository exists is not asked before the run, which may have no network: only whether
    it can be one and, where the Hub is switched off, whether it is in the cache.
    """

    @model_validator(mode="after")
    def _exists(self, info: ValidationInfo) -> "Tokenizer":
        if not self.root:
            return self
        path = _path(self.root, Path((info.context or {}).get("base") or "."))
        if path.is_dir() and not (path / FILE).is_file():
            raise ValueError(f"the folder {path} holds no {FILE}")
        if not path.exists():
            _may_be_downloaded(self.root, path)
        if find_spec("tokenizers") is None:
            raise ValueError("needs a library: pip install 'reasoning-factory[tokenizers]'")
        return self

    def located(self, base: Path) -> "Tokenizer":
        """With a path that opens from anywhere; a repository stays as it is."""
        path = _path(self.root, base)
        is_path = bool(self.root) and path.exists()
        return self.model_copy(update={"root": str(path)}) if is_path else self

    def __str__(self) -> str:
        return self.root

    def __repr__(self) -> str:
        return repr(self.root)  # as lists of settings show it


def _path(name: str, base: Path) -> Path:
    return base / os.path.expanduser(from_environment(name))


def _may_be_downloaded(name: str, path: Path) -> None:
    """ValueError where a name is a path that leads nowhere, or a repository that cannot be had."""
    if not _REPOSITORY.fullmatch(name) or name.endswith(".json") or ".." in name:
        raise ValueError(
            f"no file or folder at {path}; name a {FILE}, a folder that holds one, or a "
            "repository on the Hub such as Qwen/Qwen2.5-7B"
        )
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE and not _is_cached(name):
        raise ValueError(
            f"no file or folder at {path}, and no repository {name} in the cache of the Hub, which "
            "HF_HUB_OFFLINE switches off; unset it or name a file"
        )


def _is_cached(name: str) -> bool:
    from huggingface_hub import try_to_load_from_cache

    repository, _, revision = name.partition("@")
    return isinstance(try_to_load_from_cache(repository, FILE, revision=revision or None), str)


def tokenizer_file(name: str) -> Path:
    """The file of a tokenizer, from the Hub or its cache where no path of that name is there."""
    path = Path(name)
    file = path / FILE if path.is_dir() else path
    return file if file.is_file() else _downloaded(name)


def _downloaded(name: str) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    repository, _, revision = name.partition("@")
    try:
        return Path(hf_hub_download(repository, FILE, revision=revision or None))
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(
            f"length: no tokenizer {name!r}: neither a {FILE}, a folder with one, nor a "
            f"repository that can be read on the Hub ({why})"
        ) from None
