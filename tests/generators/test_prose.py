"""Prose: what is blanked, what stays, and that hostile text costs no more than its length."""

import pytest

from generators.texts.prose import code_blocks, prose

BLANKED = [
    ("so `x = y` holds", "so", "holds"),
    ("so ``x ` y`` holds", "so", "holds"),
    ("a\n```python\nx = y\n```\nb", "a", "b"),
    ("a\n  ~~~\n```\nx = y\n  ~~~~\nb", "a", "b"),
    ("a\n```\nnever closed", "a", ""),
    ("let $x_1 + \\text{was} = 5$, then", "let", ", then"),
    ("let $$\nx\n\ny\n$$ then", "let", "then"),
    ("let \\(x = \\frac{1}{2}\\) then", "let", "then"),
    ("let \\[\n x \\\\[2pt]\n y \\] then", "let", "then"),
    ("let \\begin{align*} x &= \\text{so} \\\\ y \\end{align*} then", "let", "then"),
    ("let [asy] draw((0,0)); [/asy] then", "let", "then"),
    ("see https://example.org/a?b=c then", "see", "then"),
    ("见https://example.org/a。然后", "见", "。然后"),
    ("mail first.last+x@mail.example.org now", "mail", "now"),
]


@pytest.mark.parametrize(("text", "before", "after"), BLANKED)
def test_notation_is_blanked(text: str, before: str, after: str) -> None:
    told = prose(text)
    assert told.split() == [*before.split(), *after.split()]
    assert len(told) == len(text)
    assert [at for at, sign in enumerate(told) if sign == "\n"] == [
        at for at, sign in enumerate(text) if sign == "\n"
    ]


KEPT = [
    "it costs $5 and then $6 more",
    "from $20-$30 to $40",
    "an open \\( bracket and words".replace("\\(", "("),
    "one ` backtick alone",
    "dollar $ alone and $$ two",
    "mail @ home, v1.2@",
    "a sentence about www and http",
]


@pytest.mark.parametrize("text", KEPT)
def test_prose_stays(text: str) -> None:
    assert prose(text) == text


def test_of_a_command_only_the_name_is_blanked() -> None:
    assert prose("\\textbf{really} \\$5 \\item so").split() == ["{really}", "5", "so"]


def test_what_is_opened_and_not_closed_is_prose() -> None:
    assert prose("so \\( x and then").split() == ["so", "x", "and", "then"]
    assert prose("so \\begin{align} x and then").split() == ["so", "x", "and", "then"]


def test_code_blocks_say_whether_they_were_closed() -> None:
    assert code_blocks("a\n```py\nx\n```\nb\n```\ny") == ((2, 13, True), (16, 21, False))
    assert code_blocks("```x``` is inline") == ()
    # A longer fence is closed by one as long.
    assert [block.is_closed for block in code_blocks("````\n```\n````\n")] == [True]


HOSTILE = [
    *("$", "`", "$a", "\\(", "\\[ a", "\\begin{align}", "```\n", "`a``b```c````", "a@", "a@b.c"),
    *(
        "\\",
        "[asy]",
        "http://",
        "\n",
        "~~~ ",
        "\\( \\a",
        "\\[\\a",
        "` \n",
        "\\end{x}",
        "@a.",
        "www.",
    ),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    # Of quadratic time this would take hours.
    text = piece * (1_000_000 // len(piece))
    assert len(prose(text)) == len(text)
