import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from filters.length import length
from generators.errors import UserError
from generators.files import located
from generators.records import Problem, Sample
from generators.registry import find

module = sys.modules["filters.length"]  # in the package the name is the filter

# One token a word, as a file of the library tokenizers.
WORD_LEVEL = {
    "version": "1.0",
    "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "a": 1}, "unk_token": "[UNK]"},
    "pre_tokenizer": {"type": "Whitespace"},
    "normalizer": None,
    "post_processor": None,
    "decoder": None,
    "added_tokens": [],
    "truncation": None,
    "padding": None,
}


def sample(reasoning: str = "", response: str = "", tokens: int = 0, domain: str = "") -> Sample:
    problem = Problem(domain=domain)
    return Sample(problem=problem, reasoning=reasoning, response=response, completion_tokens=tokens)


CHARACTERS = {"unit": "characters", "at_most": 100}
TEN_OF_CODE = {"domains": {"code": {"at_least": 10}}}
A_PAGE = {"domains": {"code": 800}}


@pytest.mark.parametrize(
    ("given", "settings", "outcome", "reason"),
    [
        # as the server counted
        (sample("a", "b", 32_768), {}, "keep", ""),
        (sample("a", "b", 32_769), {}, "reject", "too_long"),
        (sample("a", "b", 10), {"at_least": 10}, "keep", ""),
        (sample("a", "b", 9), {"at_least": 10}, "reject", "too_short"),
        (sample(), {}, "reject", "too_short"),
        # by the bytes, where they tell: 1.5 to 6 of them are a token
        (sample("a" * 1_500), {"at_most": 1_000}, "keep", ""),
        (sample("a" * 1_502), {"at_most": 1_000}, "unknown", "tokens_unknown"),
        (sample("a" * 6_005), {"at_most": 1_000}, "unknown", "tokens_unknown"),
        (sample("a" * 6_006), {"at_most": 1_000}, "reject", "too_long"),
        (sample("字" * 500), {"at_most": 1_000}, "keep", ""),
        (sample("字" * 501), {"at_most": 1_000}, "unknown", "tokens_unknown"),
        (sample("a" * 60), {"at_least": 10}, "keep", ""),
        (sample("a" * 59), {"at_least": 10}, "unknown", "tokens_unknown"),
        (sample("a" * 14), {"at_least": 10}, "reject", "too_short"),
        (sample("a"), {}, "keep", ""),
        (sample("\ud800" * 9), {}, "keep", ""),
        # in characters, of both texts
        (sample("a" * 60, "字" * 40, 9), CHARACTERS, "keep", ""),
        (sample("a" * 60, "字" * 41, 9), CHARACTERS, "reject", "too_long"),
        # bounds of a domain
        (sample(tokens=101, domain="code"), {"domains": {"code": 100}}, "reject", "too_long"),
        (sample(tokens=101, domain="math"), {"domains": {"code": 100}}, "keep", ""),
        (sample(tokens=101, domain="code"), {"at_most": 9, "domains": {"code": 101}}, "keep", ""),
        (sample(tokens=9, domain="code"), TEN_OF_CODE, "reject", "too_short"),
        (sample(tokens=9, domain="math"), TEN_OF_CODE, "keep", ""),
        (sample(tokens=30, domain="code"), {"at_most": 20} | TEN_OF_CODE, "reject", "too_long"),
        (sample(tokens=9, domain="code"), {"at_least": 10} | A_PAGE, "reject", "too_short"),
    ],
)  # fmt: skip
def test_length(given: Sample, settings: dict[str, Any], outcome: str, reason: str) -> None:
    checked = find("filter", "length").check(settings, "filters.length")
    verdict = length(given, **checked)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    if outcome == "unknown":
        assert verdict.score is None
    else:
        assert verdict.score is not None
        assert (verdict.score == 1.0) is (outcome == "keep")


def test_scores_and_details() -> None:
    assert length(sample(tokens=200), at_most=100).score == 0.5
    assert length(sample(tokens=5), at_least=10).score == 0.5
    assert length(sample(tokens=200), at_most=100).detail == (
        "200 tokens as the server counted, at most 100"
    )
    assert length(sample("a" * 600)).detail == "100 to 400 tokens by its 600 bytes"
    assert length(sample("a" * 600), at_most=300).detail == (
        "100 to 400 tokens by its 600 bytes; name a tokenizer"
    )
    assert length(sample("ab", "字"), unit="characters").detail == "3 characters"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"at_most": 0}, "at_most"),
        ({"unit": "token"}, "did you mean 'tokens'"),
        ({"domains": {"code": "long"}}, "domains.code"),
        ({"domains": {"code": {"at_mots": 5}}}, "did you mean 'at_most'"),
        ({"domains": {"code": {"at_most": 0}}}, "domains.code.at_most"),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        find("filter", "length").check(settings, "filters.length")


class _Pretended:
    """A tokenizer of one token a word; as the library, it raises a bare Exception."""

    loaded: list[str]

    @classmethod
    def from_file(cls, path: str) -> "_Pretended":
        if '"model": {"type": "WordLevel"' not in Path(path).read_text(errors="replace"):
            raise Exception("data did not match any variant")
        cls.loaded.append(path)
        return cls()

    def encode(self, text: str, *, add_special_tokens: bool) -> SimpleNamespace:
        assert not add_special_tokens
        text.encode()  # the library takes no half surrogate pairs
        return SimpleNamespace(ids=text.split())


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> type[_Pretended]:
    monkeypatch.setattr(_Pretended, "loaded", [], raising=False)
    monkeypatch.setitem(sys.modules, "tokenizers", SimpleNamespace(Tokenizer=_Pretended))
    module._tokenizer.cache_clear()
    return _Pretended


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(WORD_LEVEL))
    return path


def test_the_students_tokenizer_counts(pretended: type[_Pretended], file: Path) -> None:
    given = sample("a " * 30, "a " * 20, tokens=9_999)
    assert length(given, tokenizer=str(file), at_most=50).detail == f"50 tokens of {file}"
    assert length(given, tokenizer=str(file), at_most=49).reason == "too_long"
    assert length(given, tokenizer=str(file.parent), at_least=51).reason == "too_short"
    assert length(sample("\ud800 a"), tokenizer=str(file), at_most=2).detail.startswith("2 tokens")
    # once for the file and once for its folder
    assert pretended.loaded == [str(file)] * 2


def test_a_text_too_small_to_break_the_bound_is_not_counted(
    pretended: type[_Pretended], file: Path
) -> None:
    assert (
        length(sample("a " * 50), tokenizer=str(file), at_most=300)
        == length(sample("a " * 50), tokenizer="nowhere", at_most=300)
        or pretended.loaded == []
    )
    assert length(sample("a " * 50), tokenizer=str(file), at_most=300).detail == (
        "at most 300 tokens"
    )
    assert pretended.loaded == []
    assert length(sample("a " * 50), tokenizer=str(file), at_most=299).detail.startswith("50 tok")
    assert length(sample(), tokenizer=str(file)).reason == "too_short"


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    module._tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(UserError, match=r"pip install 'reasoning-factory\[tokenizers\]'"):
        length(sample("a"), tokenizer=str(file), at_least=2)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"model": "bert"}', "\udcff", '{"model": {"type": "unheard-of"}}'],
)
def test_what_is_no_tokenizer(pretended: type[_Pretended], tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(UserError, match=r"other\.json is no tokenizer"):
        length(sample("a"), tokenizer=str(path), at_least=2)


@pytest.mark.parametrize("name", ["no//such name", "../up", ""])
def test_no_such_repository(
    pretended: type[_Pretended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if name:
        with pytest.raises(UserError, match="no tokenizer"):
            length(sample("a"), tokenizer=name, at_least=2)
    else:
        assert length(sample("a"), tokenizer=name).outcome == "keep"


def test_a_repository_that_cannot_be_reached(
    pretended: type[_Pretended], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str, str | None]] = []

    def download(repository: str, name: str, *, revision: str | None) -> str:
        asked.append((repository, name, revision))
        raise OSError("the network is unreachable\nand more")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    with pytest.raises(UserError, match=r"'org/name@v1'.*\(the network is unreachable\)"):
        length(sample("a"), tokenizer="org/name@v1", at_least=2)
    assert asked == [("org/name", "tokenizer.json", "v1")]


def test_the_real_library(file: Path) -> None:
    pytest.importorskip("tokenizers", reason="the extra [tokenizers] is not installed")
    module._tokenizer.cache_clear()
    verdict = length(sample("a b\nc", "a"), tokenizer=str(file), at_least=2)
    assert verdict.detail == f"4 tokens of {file}"


def test_bounds_that_nothing_meets_are_refused() -> None:
    with pytest.raises(UserError, match="at_least 20 is more than at_most 10"):
        length(Sample(reasoning="x", response="y"), at_least=20, at_most=10)


def located_tokenizer(name: str, base: Path) -> str:
    entry = find("filter", "length")
    checked = entry.check({"tokenizer": name}, "filters.0.length", base=base)
    assert checked["tokenizer"] == name  # as written
    found: str = located(entry, checked, base)["tokenizer"]
    return found


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("filters.tokenizer_name.find_spec", lambda name: name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)


@pytest.mark.usefixtures("installed")
def test_a_tokenizer_is_found_from_the_spec(file: Path) -> None:
    assert located_tokenizer("tokenizer.json", file.parent) == str(file)
    assert located_tokenizer(file.parent.name, file.parent.parent) == str(file.parent)
    assert located_tokenizer(str(file), Path("elsewhere")) == str(file)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("name", ["", "gpt2", "Qwen/Qwen2.5-7B", "org/name@refs/pr/1"])
def test_a_repository_may_be_named(tmp_path: Path, name: str) -> None:
    assert located_tokenizer(name, tmp_path) == name


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/nope", r"filters\.0\.length\.tokenizer: no file or folder at /nope; name a tokenizer"),
        ("./nope", "no file or folder at"),
        ("../nope", "no file or folder at"),
        ("nope.json", "no file or folder at"),
        ("a/b/c", "no file or folder at"),
        ("empty", "the folder .*empty holds no tokenizer.json"),
        ("${NO_SUCH_VARIABLE}/t", "set the environment variable NO_SUCH_VARIABLE"),
    ],
)
def test_a_missing_tokenizer_is_refused_early(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=message) as error:
        located_tokenizer(name, tmp_path)
    assert "\n" not in str(error.value)


def test_what_the_machine_lacks_is_told_early(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, file: Path
) -> None:
    monkeypatch.setattr("filters.tokenizer_name.find_spec", lambda name: None)
    with pytest.raises(UserError, match="pip install"):
        located_tokenizer(str(file), tmp_path)
    monkeypatch.setattr("filters.tokenizer_name.find_spec", lambda name: name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match=r"no repository org/nope in the cache .*HF_HUB_OFFLINE"):
        located_tokenizer("org/nope", tmp_path)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_, **__: "/cache/file")
    assert located_tokenizer("org/nope", tmp_path) == "org/nope"
