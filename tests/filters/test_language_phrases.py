"""What is a switch and what is none: Latin phrases and terms, words spoken of, masked sentences."""

import pytest

from filters.language import language_share

ENGLISH = "So we have that the sum of both numbers is twelve, and one of them is five."
GERMAN = "Also ist die Summe der beiden Zahlen zwölf, und eine davon ist, wie wir wissen, fünf."
RUSSIAN = "Значит, сумма двух чисел равна двенадцати, а одно из них равно пяти."
CHINESE = "所以两个数的和是十二，其中一个是五，因此另一个一定是七。"
JAPANESE = "二つの数の和は十二で、一つは五なので、もう一つは七です。"
LONG = "所以两个数的和是十二，因此另一个一定是七"

# target, text, whether it switches
LATIN = [
    # Grammar tells a phrase, be it short.
    ("zh", f"{CHINESE}one of the 数。", True),
    ("zh", f"{CHINESE}I am sure 是。", True),
    ("zh", f"{CHINESE}dijo que no 是。", True),
    ("ja", f"{JAPANESE}debido a problemas です。", True),
    ("ru", f"{RUSSIAN} Это c’est déjà fini, да.", True),
    ("ru", f"{RUSSIAN} Это in der Stadt, да.", True),
    ("ru", f"{RUSSIAN} Это minor brown leaves, да.", True),
    # Terms, names and titles.
    ("zh", f"{CHINESE}depth first search 和 greatest common divisor 算法。", False),
    ("zh", f"{CHINESE}convolutional neural networks 很好。", False),
    ("zh", f"{CHINESE}Gone with the Wind 很好。", False),
    ("ja", f"{JAPANESE}University of California at Berkeley です。", False),
    ("ja", f"{JAPANESE}Und ich kann das Auto です。", True),
    ("ru", f"{RUSSIAN} Это merge sort, да.", False),
    # Operators and units.
    ("ru", f"{RUSSIAN} sin x cos x tan x log x, max min mod, 5 cm, 3 kg.", False),
    ("zh", f"{CHINESE}取 max 和 min，sin x cos y tan z log w，长 5 cm 3 mm。", False),
    ("zh", f"{CHINESE}x a y b z o w，a、b 和 y。", False),
    # Programs without a fence.
    ("zh", f"{CHINESE}\nreturn left if right is not None else root\n", False),
    ("ru", f"{RUSSIAN}\nresult = [item for item in values if item not in seen]\n", False),
    ("ja", f"{JAPANESE}\nnode.next_one = head and tail or other\n", False),
    ("zh", f"{CHINESE}\nx_1 = 5, so we get the answer\n", True),
]
SPOKEN_OF = [
    ("en", f"{ENGLISH} The kanji 木 means tree, and two 木 are a wood.", False),
    ("en", f"{ENGLISH} The word 'друг' and the Russian word друг mean friend.", False),
    ("en", f"{ENGLISH} The word for friend in Japanese is 友達 or 友人.", False),
    ("en", f"{ENGLISH} 因此 means so.", False),
    ("de", f"{GERMAN} Das Wort друг ist russisch.", False),
    ("ru", f"{RUSSIAN} Английское выражение break the ice известно.", False),
    ("zh", f"{CHINESE}短语 break the ice 的意思是打破沉默。", False),
    # Neither a word that stands for another thing, nor a sentence, is mentioned.
    ("en", f"{ENGLISH} In other words, 因此 it holds.", True),
    ("en", f"{ENGLISH} Combining like terms, 因此 it holds.", True),
    ("en", f"{ENGLISH} 因此 means that it holds.", True),
    ("en", f"{ENGLISH} By the Chinese remainder theorem 因此 it holds.", True),
    ("en", f"{ENGLISH} In Chinese this is {LONG}.", True),
    # Lists of titles, announced as such.
    (
        "en",
        f"{ENGLISH} Some novels:\n\n1. 红楼梦\n2. **水浒传** - Shi Nai'an\n\n3. 西游记\n",
        False,
    ),
    ("en", f"{ENGLISH} In Russian:\n- Война и мир\n- Идиот\n", False),
    ("en", f"{ENGLISH} I read the novels 红楼梦, 水浒传 and 西游记.", False),
    ("ru", f"{RUSSIAN} Вот книги:\n- The old man and the sea\n- To kill a bird\n", False),
    ("en", f"{ENGLISH} The plan:\n1. 计算总和\n2. 检查结果\n", True),
    ("en", f"{ENGLISH} Some novels:\n- 红楼梦\n\nNow we go on:\n- 因此\n", True),
]
MASKED = [
    ("en", f"{ENGLISH} \\[ x = 5 \\text{{ {LONG} }} \\]", True),
    ("en", f"{ENGLISH} \\[ x = 5 \\text{{ 因此 }} y = \\text{{ если }} z \\]", False),
    ("en", f"{ENGLISH} $\\textbf{{если число делится на два, то оно чётное}}$", True),
    ("en", f"{ENGLISH} `{LONG}`", True),
    ("en", f"{ENGLISH} `x` and `因此` and `y`.", False),
    ("en", f"{ENGLISH} `print('{LONG}')`", False),
    ("en", f"{ENGLISH}\n```\n`{LONG}`\n# \\text{{{LONG}}}\n```\n", False),
    ("en", f"{ENGLISH} $\\text{{{GERMAN} {GERMAN}}}$", True),
    ("en", f"{ENGLISH} $\\text{{{ENGLISH} {ENGLISH}}}$", False),
    ("zh", f"{CHINESE} $\\text{{but wait this is not the right answer}}$", True),
    ("zh", f"{CHINESE} $\\text{{otherwise}}$ `git commit -m fix`", False),
    ("en", f"{ENGLISH} \\text{{ \\text `{LONG}", True),
]


@pytest.mark.parametrize(("target", "text", "switches"), LATIN + SPOKEN_OF + MASKED)
def test_switches(target: str, text: str, switches: bool) -> None:
    told = language_share(text, target)
    assert bool(told.switches) == switches, told.switches
    assert told.share is not None
    assert (told.share < 1) == switches


def test_a_masked_sentence_is_told_by_its_place() -> None:
    text = f"{ENGLISH} `{LONG}`"
    (switch,) = language_share(text, "en").switches
    assert text[switch.start : switch.end] == LONG


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        "\\text{",
        "\\text{我们}",
        "`",
        "`a",
        "- 我\n",
        "word 我, ",
        "a b_",
        "the of ;",
        "\"'a ",
        "x = ",
    ],
)
def test_hostile_text_takes_seconds(piece: str) -> None:
    for target in ("en", "zh", "ru"):
        assert language_share(piece * 200_000, target).words >= 0
