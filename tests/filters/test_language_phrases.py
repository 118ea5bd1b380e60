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
# Discourse words name nothing; other words alone are terms.
SLIPS = [
    ("zh", f"{CHINESE}Wait，不对。", True),
    ("zh", f"{CHINESE}wait, 不对。", True),
    ("zh", f"{CHINESE}信号量的 wait 操作，wait, notify 方法。", False),
    ("zh", f"{CHINESE}Hmm, 让我再看看。", True),
    ("zh", f"{CHINESE}But 这里要注意。", True),
    ("zh", f"{CHINESE}So, we 可以得到。", True),
    ("zh", f"{CHINESE}旋转群 SO(3)、so(3) 和文件 libm.so。", False),
    ("zh", f"{CHINESE}Okay, so 是七。", True),
    ("zh", f"{CHINESE}Let's see. 是七。", True),
    ("zh", f"{CHINESE}let x = 5。", False),
    ("zh", f"{CHINESE}Therefore, 是七。", True),
    ("zh", f"{CHINESE}歌曲《So Far Away》和 So What。", False),
    ("zh", f"{CHINESE}单词 but 和“however”是连词。", False),
    ("zh", f"{CHINESE}这里的step是对的。", False),
    ("zh", f"{CHINESE}`so` $so$。", False),
    ("ja", f"{JAPANESE}Wait, but それは違う。", True),
    ("ko", "그러므로 다른 하나는 일곱이다. Hmm, 다시 확인해 보자.", True),
    ("ru", f"{RUSSIAN} Wait, but это не так.", True),
    ("de", f"{GERMAN} Wait, das ist so.", False),
]
FORMULAS = [
    ("zh", f"{CHINESE}由AM-GM inequality可得。", False),
    ("ru", f"{RUSSIAN} По AM-GM inequality.", False),
    ("zh", f"{CHINESE}WHAT IS THE ANSWER THAT WE CAN FIND，you are the one。", True),
    ("zh", f"{CHINESE}对所有 i from 1 to n，for all i from 1 to n。", False),
    ("zh", f"{CHINESE}from the first to the last。", True),
    ("zh", f"{CHINESE}设 n mod 7 = 3，gcd(n,7)=1，for all n ≥ 1。", False),
    ("zh", f"{CHINESE}即 if and only if 成立。", False),
    ("zh", f"{CHINESE}if and only if it is odd。", True),
    ("zh", f"{CHINESE}if x > y: return x，else return y。", False),
    ("zh", f"{CHINESE}选项 A 是 true and false。", False),
    ("zh", f"{CHINESE}S = a and b or not c，AB = CD and EF。", False),
    ("ru", f"{RUSSIAN} O(n log n) и for i in range(n).", False),
    ("ru", f"{RUSSIAN} Это for each one in the range.", True),
]
LOOK_ALIKES = [
    ("en", f"{ENGLISH} In the c\u0430se it holds.", True),
    ("en", f"{ENGLISH} In the answ\u0435r it holds.", True),
    ("en", f"{ENGLISH} The s\u043elution, the s\u03bflution.", True),
    ("en", f"{ENGLISH} The case of x\u0443 and \u0430, sin\u0445 and A\u0412.", False),
    ("en", f"{ENGLISH} So x\u03b1, \u0394x and 2\u03c0r.", False),
    ("ru", f"{RUSSIAN} Это числ\u006f, да.", True),
    ("ru", f"{RUSSIAN} Это sinх, n-й, kя и xу.", False),
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


ALL = LATIN + SLIPS + FORMULAS + LOOK_ALIKES + SPOKEN_OF + MASKED


@pytest.mark.parametrize(("target", "text", "switches"), ALL)
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
        "so ",
        "aж",
        "Let's ",
    ],
)
def test_hostile_text_takes_seconds(piece: str) -> None:
    for target in ("en", "zh", "ru"):
        assert language_share(piece * 200_000, target).words >= 0
