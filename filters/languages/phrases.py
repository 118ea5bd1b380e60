"""Latin words in other prose: a phrase of another language, or names and terms that belong there.

Russian and Chinese write `sin`, `cm`, "dynamic programming" and "University of California" in Latin
letters. A phrase shows by its grammar: function words beside others in lower case. Without any,
three words in a row are a phrase too, unless the last is a noun that terms end in ("search").
"""

import re

from filters.languages.names import SCRIPTS
from filters.languages.words import FUNCTION_WORDS

SHORTEST = 8
"""Characters of a phrase."""

_WORDS = 3
"""Of a phrase, two of them in lower case."""
_LONGEST_TITLE = 20  # words


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# What stands between words of code and of formulas, but not of a sentence.
_CODE = re.compile(r"[=<>{}\[\]_|\\#*/+^~&%$@]|\w\(")
_CODE_LINE = re.compile(
    r"\s*(?:def|for|while|if|elif|else|return|import|from|class|print|int|try|except|with)\b"
    r".{0,200}[:;{})]\s*\Z"
)
# What shows that a line is of a program, where formulas have none of it.
_PROGRAM = re.compile(
    r"\w_\w|\b_\w|\A\s*[A-Za-z]\w[\w, .]{0,60} = |[=!+*/-]=|:=|->|&&|\|\||\w\.\w{1,40}\("
    r"|\w\[\w|\(\)|[;{}]\s*\Z|\A\s*(?:return|raise|import)\b|\A\s*from [\w.]{1,80} import\b"
    r"|\b(?:None|True|False|null|elif|lambda|def|const|void)\b"
)
_LITERAL = re.compile(r"\"[^\"]{0,500}\"?|'[^']{0,500}'?")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’][A-Za-zÀ-ɏ]+)?|\d+")
_FUNCTION_WORDS = frozenset(
    word
    for code, told in FUNCTION_WORDS.items()
    if SCRIPTS[code] == {"Latin"}
    for word in told.split()
    if len(word) > 1
)
# Function words too, where they stand beside whole words; elsewhere they are variables.
_LETTERS = frozenset("aàyeoóAÀYI")
# Operators as LaTeX names them (amsmath user's guide, 5.1), and units (SI brochure, tables 2 to 8).
NOTATION = _set(
    """abs arccos arcctg arcsin arctan arctg arg cd cl cm cos cosh cot coth csc ctg db deg det dim
    div dl dm ev exp gb gcd ghz hom hr hz iff inf injlim kb ker kev kg khz kj km kmol kn kpa kw
    kwh lcm lg lim liminf limsup lm ln log lx max mb mev mg mhz min mj ml mm mod mol mph ms mw ns
    pa projlim pt px rad rank rpm sec sgn sin sinh sqrt sr sup tan tanh tg tr wb"""
)
# Words that stand between symbols in formulas: "for all i from 1 to n", "if and only if".
_CONNECTIVES = _set(
    """all and any do else exists false for from if in not only or otherwise return step such that
    then to true until where while xor"""
)
_LOOP = re.compile(r"\bfor \w{1,20} in (?:range|enumerate|zip)\b")
_LONGEST_SYMBOL = 4
"""Letters of a name in capitals, such as those of a triangle."""
# Between the operands of a program stand words that are English function words as well.
_OPERANDS = re.compile(
    r"[(),:.]|\b(?:and|as|assert|await|break|case|catch|class|continue|del|do|else|except|finally|for|"
    r"from|function|global|if|import|in|is|let|new|not|null|or|pass|print|private|public|raise|return|"
    r"self|static|super|switch|this|throw|try|var|void|while|with|yield)\b"
)
# Nouns that terms of mathematics and computing end in, where their ending does not show it.
_HEADS = _set(
    """algorithm angle array axiom base binomial bit block bound buffer byte cache chain cipher
    circle class code coefficient cone constraint convolution core cube curve cycle data database
    decay descent diagram digit distance divisor edge embedding engine equality error estimate
    exponent factor field file flow forest form formula fraction frame framework gate graph grid
    group hash head heap index input integral interface interval kernel key language layer
    learning lemma length library limit line linkage list lock log loop machine map mapping mask
    mass matrix mean measure median memory mesh method metric mode model module modulus monoid
    multiple network node norm number object operator order output packet page parameter pass
    path pattern performance pipeline plane point pointer policy polynomial power prefix prime
    problem process processing product program programming proof protocol quantifier query queue
    radius rate ratio regime region rest ring root router rule sample scheme scope search
    semantics sequence series server set shift side size software solver sort sorting space
    spectrum speed square stack state stream string structure subarray subsequence subset
    substring subtree suffix sum swap symbol system table tangent task technique tensor term test
    theorem theory thread token training transfer transform traversal tree triangle trick tuple
    type unit value variable variance vector vertex volume walk wave weight window word workflow"""
)
_ENDINGS = re.compile(r"(?:[ts]ion|sis|ity|ics|ism|logy|graphy|metry|cy|[ae]nce|or|oid|tic)\Z")


def is_phrase(piece: str, text: str, start: int) -> bool:
    """Whether a run of Latin letters, which begins there in the text, is words of a sentence."""
    line = text[text.rfind("\n", max(0, start - 300), start) + 1 : start + len(piece) + 40]
    line = line.partition("\n")[0]
    if _CODE_LINE.match(line):
        return False
    if _PROGRAM.search(line):
        parts = _CODE.split(_LITERAL.sub(" = ", piece))
        return any(_has_grammar(one) for part in parts for one in _OPERANDS.split(part))
    return any(
        _has_grammar(part) or any(map(_is_string_of_words, re.split("[,;:.]", part)))
        for part in _CODE.split(_LOOP.sub(" = ", piece))
    )


def is_title(words: list[str]) -> bool:
    """Whether all but function words are capitalised, as in "University of California"."""
    if not words or len(words) > _LONGEST_TITLE:
        return False
    capitals = [word[0].isupper() for word in words]
    if not (capitals[0] and capitals[-1]) or 2 * sum(capitals) < len(words):
        return False
    return all(word[0].isupper() or word in _FUNCTION_WORDS for word in words)


def _has_grammar(part: str) -> bool:
    """Whether a function word, or a word with an accent or elision, stands beside other words.

    So does a letter such as "a" between words, where mathematics writes none.
    """
    found = _read(part)
    words = [word for word in found if _is_word(word)]
    is_shouted = all(map(str.isupper, words))  # Else what is in capitals is an acronym: AM-GM.
    lower = [
        word
        for word in words
        if word.islower()
        or (word.lower() in _FUNCTION_WORDS and (is_shouted or not word.isupper()))
    ]
    if len(lower) < 2 or is_title(words) or _is_formula(words):
        return False
    around = ["", *found, ""]
    letters = [
        place
        for place, word in enumerate(found)
        if word in _LETTERS and len(around[place]) != 1 and len(around[place + 2]) != 1
    ]
    if len(words) + len(letters) + sum(map(str.isdigit, found)) < _WORDS:
        return False
    is_inside = any(place < len(found) - 1 for place in letters)
    return is_inside or any(
        word.lower() in _FUNCTION_WORDS or not word.isascii() or "'" in word for word in lower
    )


def _is_string_of_words(part: str) -> bool:
    """Whether words without grammar are more than a term."""
    words = [word for word in _read(part) if _is_word(word)]
    if len(words) < _WORDS or sum(map(str.islower, words)) < 2 or is_title(words):
        return False
    if _is_formula(words):
        return False
    head = words[-1].removesuffix("s")
    return head not in _HEADS and not _ENDINGS.search(head)


def _is_formula(words: list[str]) -> bool:
    """Whether all are connectives of formulas, or symbols: names in capitals, products."""
    return all(
        word.lower() in _CONNECTIVES
        or (word.isupper() and len(word) <= _LONGEST_SYMBOL)
        or (len(word) == 2 and word.lower() not in _FUNCTION_WORDS)
        for word in words
    )


def _read(part: str) -> list[str]:
    """Words, letters and numbers of a text without notation."""
    return [word for word in _WORD.findall(part) if word.lower() not in NOTATION]


def _is_word(word: str) -> bool:
    return len(word) > 1 and not word.isdigit()
