"""The rules of form: each by itself on made texts, with its precision and recall, then together."""

import pytest
from form_fixtures import BREAKS, KEEPS, PARAGRAPHS, SENTENCE, Text

from filters.form import open_mathematics, wall_of_symbols
from filters.readability import readability
from generators.errors import UserError
from generators.records import Sample
from generators.registry import find

RULES = sorted(BREAKS)
# Nothing is wrong with these.
PLAIN: list[Text] = [
    (PARAGRAPHS, ""),
    ("So $x = 1$, and \\(y\\) is `y`: it costs $5.\n\n1. one\n2. two\n\n" + SENTENCE, "**4**"),
    ("首先，我们设 $x$ 为苹果的个数。\n\n然后解方程。", "答案是 4。"),
]


def sample(text: Text) -> Sample:
    chain, response = text
    return Sample(
        reasoning=chain, response={"": "The answer is 4.", None: ""}.get(response, response)
    )


def broken(text: Text) -> set[str]:
    detail = readability(sample(text)).detail
    return {part.split(":")[0] for part in detail.split("; ")} & set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_precision_and_recall(rule: str) -> None:
    """Of each rule, on texts that break it and on texts that look as if they did."""
    missed = [text for text in BREAKS[rule] if rule not in broken(text)]
    false = [text for text in (*KEEPS[rule], *PLAIN) if rule in broken(text)]
    found = len(BREAKS[rule]) - len(missed)
    assert found / len(BREAKS[rule]) >= 0.95, missed
    assert found / (found + len(false)) >= 0.95, false


def test_each_rule_has_texts_on_both_sides() -> None:
    assert set(BREAKS) == set(KEEPS)
    assert all(len(BREAKS[rule]) >= 5 and len(KEEPS[rule]) >= 5 for rule in RULES)


@pytest.mark.parametrize(
    ("setting", "text", "rule"),
    [
        ({"longest_paragraph": None}, BREAKS["long_paragraph"][0], "long_paragraph"),
        ({"longest_paragraph": 6_000}, BREAKS["long_paragraph"][0], "long_paragraph"),
        ({"code_blocks": True}, BREAKS["code_block"][0], "code_block"),
        ({"headings": True}, BREAKS["heading"][0], "heading"),
        ({"tables": True}, BREAKS["table"][0], "table"),
        ({"no_summary": True}, BREAKS["no_summary"][0], "no_summary"),
        ({"longest_summary": None}, BREAKS["long_summary"][0], "long_summary"),
        ({"longest_summary": 4.0}, BREAKS["long_summary"][0], "long_summary"),
        ({"template_tokens": True}, BREAKS["template_token"][0], "template_token"),
        ({"control_characters": True}, BREAKS["control_character"][0], "control_character"),
        ({"longest_symbols": None}, BREAKS["wall_of_symbols"][0], "wall_of_symbols"),
        ({"longest_symbols": 500}, BREAKS["wall_of_symbols"][0], "wall_of_symbols"),
        ({"open_fences": True}, BREAKS["open_fence"][1], "open_fence"),
        ({"open_mathematics": True}, BREAKS["open_mathematics"][0], "open_mathematics"),
    ],
)
def test_each_rule_can_be_set(setting: dict[str, object], text: Text, rule: str) -> None:
    entry = find("filter", "readability")
    assert readability(sample(text)).reason == rule
    given = entry.check(setting, "filters.readability")
    assert readability(sample(text), **given).outcome == "keep"


def test_settings_are_checked() -> None:
    entry = find("filter", "readability")
    assert entry.check({}, "f")["longest_paragraph"] == 4_000
    for wrong in ({"longest_paragraph": 0}, {"code_blocks": 1}, {"longest_summary": -1.0}):
        with pytest.raises(UserError):
            entry.check(wrong, "filters.readability")
    with pytest.raises(UserError, match="did you mean 'headings'"):
        entry.check({"heading": True}, "filters.readability")


def test_score_and_detail_tell_of_every_rule() -> None:
    assert readability(Sample(reasoning=PARAGRAPHS, response="4")).score == 1.0
    verdict = readability(Sample(reasoning="# Plan\n```\nx\n", response=""))
    assert verdict.reason == "no_summary"
    assert verdict.detail == (
        "no_summary: the response is empty; open_fence: at offset 7 of the chain; "
        "code_block: 1 in the chain, at offset 7; heading: at offset 0"
    )
    assert verdict.score == pytest.approx(7 / 11)
    # of fewer rules
    allowed = readability(Sample(reasoning="# Plan\n", response=""), no_summary=True, tables=True)
    assert allowed.score == pytest.approx(8 / 9)


def test_details_say_where() -> None:
    long = PARAGRAPHS + "\n\n" + SENTENCE * 80
    found = readability(Sample(reasoning=long, response="4")).detail
    assert found == f"long_paragraph: 4,400 characters at offset {len(PARAGRAPHS) + 2}"
    found = readability(Sample(reasoning="a\x08b", response="4")).detail
    assert found == "control_character: U+0008 at offset 1 of the chain"
    found = readability(Sample(reasoning="a", response="4 <|im_end|>")).detail
    assert found == "template_token: <|im_end|> at offset 2 of the response"
    found = readability(Sample(reasoning="\\(a\\) \\(", response="4")).detail
    assert found == "open_mathematics: 2 \\( and 1 \\) in the chain"


@pytest.mark.parametrize(("count", "found"), [(300, False), (301, True)])
def test_the_bound_of_a_wall(count: int, found: bool) -> None:
    text = Sample(reasoning="so " + "= " * count + "that")
    assert bool(wall_of_symbols(text, 300)) is found


@pytest.mark.parametrize(
    "text",
    ["$" * 200_001, "`" * 200_001, "|-" * 100_000, "# " * 100_000, "\n" * 200_000, "<|" * 100_000,
     "\\begin{a}" * 30_000, "\\(" * 100_000, "[INST" * 50_000, "=\n" * 100_000, "~~~\n" * 50_000,
     "a\n" * 100_000, "|---" * 50_000 + "x", " \t" * 100_000, "\ud800" * 200_000],
)  # fmt: skip
def test_hostile_texts(text: str) -> None:
    verdict = readability(Sample(reasoning=text, response=text))
    assert verdict.score is not None
    assert 0 <= verdict.score <= 1


def test_mathematics_of_both_texts() -> None:
    assert open_mathematics(Sample(reasoning="\\(x\\)", response="$x$")) == ""
    assert open_mathematics(Sample(reasoning="\\(x", response="x\\)")) != ""
