"""Whether a problem asks for one thing that can be compared with a reference."""

import re
from collections.abc import Callable
from typing import Literal

import orjson

from filters.languages.proofs import ASK, BEGIN, asked_proof
from filters.verdict import Verdict, keep, reject
from generators.records import Problem
from generators.registry import register

Fault = Literal[
    "proof", "several_parts", "needs_figure", "no_options", "yes_no", "open_ended"
]  # fmt: skip
# Kinds whose answer is compared; tests and judges can take the others as they are.
COMPARED = frozenset({"math", "text", "choice"})
LOOKED_AT = 20_000
"""Characters of a question that are read."""


@register("filter")
def answerable(
    problem: Problem,
    *,
    drop: list[Fault] = [  # noqa: B006  a setting's default, never changed
        "proof", "several_parts", "needs_figure", "no_options", "yes_no", "open_ended",
    ],
) -> Verdict:  # fmt: skip
    """Drops problems whose answer cannot be compared, or can be guessed; `drop` names the faults.

    proof: it asks to prove, show or disprove. several_parts: (a) ... (b) ..., or several questions.
    needs_figure: it speaks of a figure that is not there. no_options: "which of the following",
    and nothing follows. yes_no: the answer is yes or no, true or false. open_ended: it asks to
    explain, describe or draw. All are told in English and most in Chinese; proofs also in Spanish,
    German, French, Russian, Portuguese and Italian. Only problems of the kinds math, text and
    choice are read. Score 1 or 0. After Kimi k1.5 (arXiv 2501.12599, 2.1) and Big-Math (arXiv
    2502.17387, 3).
    """
    if problem.kind not in COMPARED:
        return keep()
    question = _GAPS.sub(_gap, problem.question[:LOOKED_AT])
    text = _without_drawings(question)
    for fault in drop:
        if found := _TESTS[fault](question if fault == "needs_figure" else text, problem):
            return reject(fault, " ".join(found.split())[:120])
    return keep()


_GAPS = re.compile(r"\s{2,}")


def _gap(found: re.Match[str]) -> str:
    """One character for blank lines and runs of spaces, so that no search stands still at them."""
    return next((sign for sign in "\n\t" if sign in found[0]), " ")


def _without_drawings(question: str) -> str:
    first, *others = question.split("[asy]")
    return "".join([first, *(other.partition("[/asy]")[2] for other in others)])


_NO_ANSWER = frozenset(
    {"proof", "see solution", "see proof", "proven", "证明见解析", "见解析", "证明略", "略"}
)


def _proof(question: str, problem: Problem) -> str:
    if problem.answer.strip().rstrip(".。").lower() in _NO_ANSWER:
        return problem.answer
    return asked_proof(question, bool(problem.answer))


_PARTS = re.compile(
    r"(?:\A|(?<=[\s.;:?!。；：？！，]))"
    r"(?:[(（]([a-e]|i{1,3}|iv|[1-5])[)）]|([①-⑤])|(?<=\n)([a-e1-5])[.)](?=\s))"
)
_FIRST_TWO = ({"a", "b"}, {"i", "ii"}, {"1", "2"}, {"①", "②"})
_PART_ASKS = re.compile(
    r"(?:\A|[,.;，。；]\s*(?:then |and )?)\s*"
    r"(?:find|compute|calculate|determine|evaluate|what|how|solve|simplify|express|prove|show|explain|justify|sketch|draw|graph|give|write|state|list)\b"
    r"|[?？]|求|证明|写出|计算|判断",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:(?<=[.!?:;。\n])|(?<=[.!?:;]\s)|\A)\s*(?:\w+,? (?:then )?){0,6}?"
    r"(?:what|how|which|when|where|who|find|is|are|does|do|can|will)\b[^.?!\n]{3,300}\?",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\s*(?:that is|in other words|i\.e\.|or,? equivalently|for example)", re.IGNORECASE
)
_QUOTED = re.compile(r"[\"“”]|``|''")
_SEPARATED = re.compile(r"[,;\n，；、]|\band\b|和")


def _several_parts(question: str, problem: Problem) -> str:
    marks = list(_PARTS.finditer(question))
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    asked = set()
    for mark, end in zip(marks, ends, strict=False):
        part = question[mark.end() : end]
        if _PART_ASKS.search(part):
            asked.add(mark[1] or mark[2] or mark[3])
    if any(two <= asked for two in _FIRST_TWO):
        return question[marks[0].start() :]
    if problem.answer and not _SEPARATED.search(problem.answer):
        return ""  # one answer to the last of them
    plain = _QUOTED.search(question) is None
    asked_too = [q for q in _QUESTION.finditer(question) if not _AGAIN.match(q[0])] if plain else []
    return asked_too[1][0] if len(asked_too) > 1 else ""


_DRAWN = re.compile(r"\[asy\]|\\begin\{(?:tikzpicture|picture|pspicture|asy)\}|```|<svg")
_IMAGE = re.compile(
    r"!\[[^\]\n]{0,200}\]\(|<img\b|\\includegraphics|[\w/]\.(?:png|jpe?g|gif|svg)\b"
)
_THING = (
    r"(?:figure|diagram|picture|drawing|illustration|graph|chart|map|grid|plot|spinner|dartboard|"
    r"number line|triangle|rectangle|square|circle|trapezoid|parallelogram|quadrilateral|polygon|"
    r"pentagon|hexagon|octagon|rhombus|cube|pyramid|prism|cylinder|cone|solid|shape|region|block|circuit|image|lattice|"
    r"waveform|curve)s?"
)
_FIGURE = re.compile(
    r"\b(?:in|see|from|on|to) the (?:following |accompanying |above |adjacent |attached )?"
    r"(?:figure|diagram)s?(?=[,.;)]| (?:below|above|shown|at|to|on|the|if|what|we|find|each|are|is|"
    r"\$|\\))"
    r"|\b(?:in|see) the (?:following |accompanying )?(?:picture|illustration)s?"
    r"(?=[,.;)]| (?:below|above|shown))"
    rf"|\b{_THING} (?:(?!can\b|could\b|be\b)[\w$\\{{}}]+ ){{0,4}}?"
    r"(?:(?:shown|pictured|depicted|illustrated)(?! that)|at (?:the )?right\b|"
    r"to the right\b(?! of))"
    rf"|\b{_THING} below\b|\bfig(?:ure|\.)? ?(?-i:[A-Z]{{0,2}}\d)|\bin figure\b"
    r"|\bfollowing (?:figure|diagram|picture|circuit|graph)\b(?! of)"
    rf"|\b(?:shown|pictured|depicted|illustrated) (?:\w+ ){{0,3}}?(?:in the )?{_THING}\b"
    r"|\bas (?:shown|pictured|depicted|illustrated)(?: below| above| here| in the figure)?[.,;]"
    r"|\b(?:figure|diagram|picture|drawing|illustration|graph|chart|map|grid|plot|image)s? above"
    r"(?=[,.;:?)]|\s*\Z| (?:and|how|what|which|who|where|when|shows?|find|is|are|gives?|to)\b)"
    r"|(?:\A|[.!?:;\n]\s*|\b(?:and|then|please) )(?:look(?:ing)? (?:closely |carefully )?at|"
    r"study(?:ing)?|examin(?:e|ing)|observ(?:e|ing)|consult|refer(?:ring)? to|using|use|given|"
    r"based on|according to) the (?:following |accompanying |given |attached )?"
    r"(?:picture|figure|diagram|illustration|chart|drawing|photo(?:graph)?|image)s?"
    r"(?=[,.;:?]| (?:above|below|and|to find|to answer|to determine|carefully|closely)\b)"
    r"|如图|[下右左上附]图|图中|图示|图\s?[1-9一二三]",
    re.IGNORECASE,
)
_FIGURE_WORDS = (  # in whatever matches, and quickly looked for
    "fig", "diagram", "pict", "illustrat", "depict", "shown", "right", "below", "above", "graph",
    "circuit", "chart", "drawing", "photo", "image", "图",
)  # fmt: skip
_PICTURE = re.compile(r"figure|diagram|picture|图", re.IGNORECASE)
_TABLE = re.compile(
    r"\btable (?:below|above|shown)\b|\b(?:following|accompanying) table\b|下表|如表", re.IGNORECASE
)
_ROWS = re.compile(r"\\begin\{(?:tabular|array)|\|[^|\n]{0,200}\||\t|&")


def _needs_figure(question: str, problem: Problem) -> str:
    image = _IMAGE.search(question)
    if image:
        return image[0]
    if _DRAWN.search(question):
        return ""
    low = question.lower()
    found = _FIGURE.search(question) if any(map(low.__contains__, _FIGURE_WORDS)) else None
    if _ROWS.search(question):
        # A table is there; a figure may be lacking all the same.
        return found[0] if found and _PICTURE.search(found[0]) else ""
    found = found or _TABLE.search(question)
    return found[0] if found else ""


_FOLLOWING = re.compile(
    r"\bwhich (?:one |two |ones )?of the following\b|\bamong the following\b"
    r"|(?:下列|以下)[^。？?\n]{0,30}?(?:正确|错误|不正确|成立|符合|属于|选项|说法|的是)",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"(?<![A-Za-z])[(（]?([A-E])(?:[)）.:、]|\}\s?[)]?)|[(（]([a-e])[)）]|([①②③④])|\b(II?)[.)]"
    r"|\n\s*([1-4*•-])[.)]?\s"
)


def _no_options(question: str, problem: Problem) -> str:
    found = _FOLLOWING.search(question)
    if not found or "options" in _check(problem):
        return ""
    marks = {next(filter(None, mark)) for mark in _OPTION.findall(question)}
    rest = question[found.end() :]
    is_listed = rest.count(",") + rest.count(";") + rest.count("、") >= 2 or rest.count("\n") >= 2
    return "" if len(marks) > 1 or is_listed or "\\begin" in rest else found[0]


_YES_NO = frozenset("yes no true false 是 否 不是 对 错 正确 错误 能 不能 √ ×".split())  # noqa: SIM905
_WHETHER = re.compile(
    r"(?:(?<=[.!?:;,。，\n])|(?<=[.!?:;,]\s)|\A)\s*(?:\w+,? ){0,2}?"
    r"(?:is|are|does|do|did|can|could|will|would|was|were|has|have|should)\b[^.?!\n]{2,300}\?\s*\Z"
    r"|\btrue or false\b|是否[^。？?]{1,60}[？?]?\s*\Z|吗[？?]?\s*\Z",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b(?:what|how|which|when|where|who|or)\b", re.IGNORECASE)


def _yes_no(question: str, problem: Problem) -> str:
    answer = problem.answer.strip().lower().removeprefix("\\text{").rstrip("}.。!")
    if answer:
        return answer if answer.split(",")[0] in _YES_NO else ""
    found = _WHETHER.search(question)
    return (
        found[0]
        if found and not _WORD.search(found[0].lower().replace("true or false", ""))
        else ""
    )


_OPEN = re.compile(
    BEGIN + r"(?:explain|describe|discuss|justify|compare and contrast|define|sketch|draw|plot|"
    r"graph the|construct|write an? (?:essay|story|poem|program|paragraph|letter)|give an example|"
    r"comment on|interpret)\b|简述|论述|谈谈|说明理由|解释|画出|作图|举例说明",
    re.IGNORECASE,
)


def _open_ended(question: str, problem: Problem) -> str:
    found = _OPEN.search(question)
    if not found or any(map(str.isdigit, problem.answer)):
        return ""
    return question[found.start() :] if not ASK.search(question) else ""


def _check(problem: Problem) -> dict[str, object]:
    try:
        told = orjson.loads(problem.check or "{}")
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


_TESTS: dict[str, Callable[[str, Problem], str]] = {
    "proof": _proof,
    "several_parts": _several_parts,
    "needs_figure": _needs_figure,
    "no_options": _no_options,
    "yes_no": _yes_no,
    "open_ended": _open_ended,
}
