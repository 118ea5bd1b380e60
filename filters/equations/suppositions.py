"""What a text says without claiming it: supposed, reported of somebody, denied, asked, estimated.

The words are searched in the neighbourhood of one equation, which is short.
"""

import re
from typing import NamedTuple

_CLAUSE = re.compile(r"[.,;:!?\n。，；：！？]|\bthen\b|⇒|→|\\implies")
_SENTENCE = re.compile(r"[.!?。！？…](?=[\s\"'”’)*]|[^\x00-\u2e7f]|\Z)|[。！？\n]")
_BLANK = re.compile(r"[\s*>#\"“$\\(\[-]*\Z")

# Moods that hold for their clause: what follows behind a comma is claimed ("If n = 2, 5 + 6 = 12").
_SUPPOSED = re.compile(
    r"\b(?:if|suppos\w*|assum\w*|imagin\w*|pretend\w*|whether|unless|wants?|wanted|needs?|needed|"
    r"would|try|trying|say|original|target|goal|puzzle|guess\w*|requir\w*|lest|wish\w*|"
    r"were it|had it been)\b"
    r"|假设|假如|假定|假若|假装|倘若|如果|要是|若|设想|想象|试想|姑且|就算|即使|哪怕|万一|是否|要求|需要",
    re.IGNORECASE,
)
_NOT_CLAIMED = re.compile(
    r"\b(?:instead of|rather than|not|no|isn't|never|incorrect\w*|mistak\w*|wrong\w*|erroneous\w*|"
    r"misread|misinterpret\w*|confus\w*|tempt\w*|typos?|naive\w*|fallac\w*|myth|"
    r"says|said|claims|claimed|wrote|writes|thinks|thought|believe[sd]?|argue[sd]|allege[sd]|"
    r"supposedly|(?:might|may|could|would) (?:think|say|believe|claim|expect|conclude)|"
    r"(?:cannot|can't|can not) (?:be that|be true|be the case|have)|earlier|previously)\b"
    r"|错|误|不是|并非|而不是|认为|以为|声称|宣称|写道|说(?!明)|之前",
    re.IGNORECASE,
)
# Moods that hold for their sentence, up to what is concluded in it.
_HYPOTHETICAL = re.compile(
    r"\b(?:hypothetical\w*|counterfactual\w*|suppos(?:e|ing)|imagin(?:e|ing)|pretend\w*|what if|"
    r"for the sake of|let(?:'|’)?s say|were it|as given that|earlier|previously)\b"
    r"|假设|假如|假定|假若|假装|倘若|要是|设想|想象|试想|姑且|之前",
    re.IGNORECASE,
)
_CONCLUDED = re.compile(
    r"\b(?:then|so|thus|hence|therefore|gives?|get|gets|means|implies|since|because|now|but)\b"
    r"|[=⇒→]|那么|则|所以|因此|于是|得|但",
    re.IGNORECASE,
)
# A heading before a colon: "Wrong:", "A common mistake:"; not "I made a mistake:", which mends.
_LABEL = re.compile(
    r"(?:wrong|incorrect|mistakes?|errors?|misconceptions?|trap|fallacy|myth|typo|naive|bad)"
    r"(?: \w+){0,2}\W*\Z"
    r"|(?:wrote|writes|says?|said|claims?|claimed|thinks?|thought|believes?|argues?|guess(?:es)?|"
    r"answer(?:s|ed)|reads|states|put|suppose|assume|imagine|pretend|follow\w*)\W*\Z"
    r"|[错误说认为写道]\W*\Z",
    re.IGNORECASE,
)
_TELLS = re.compile(r"\b(?:I|it|that|this|there|is|was|were|see|found|we)\b|['’]s\b", re.IGNORECASE)
_DENIED = re.compile(
    r"\A[\s.,;:)(\]}\\$*`!\"'，。、—-]{0,30}(?:(?:\b(?:wait|which|that|this|it|so|but|and|hence|"
    r"therefore|clearly|obviously|is|are|was|'?s|a|an|by|my|would|be|can|also|gives?|means?|however|"
    r"hmm|text|again|oh|ah|er|uh|um|actually|hold on|hang on|sorry|looks?|seems?|,)\b"
    r"|[这那是但可却就都，]|显然|明显|等等|等一下|且慢|慢着)[\s,:.'{}()—-]{0,3}){0,6}"
    r"(?:\b(?:not(?! (?:an? )?(?:integer|whole|prime|even|odd|multiple|divisible|perfect))|no|nope|"
    r"false|wrong|incorrect|impossible|contradict\w*|mistake\w*|isn't|doesn't|"
    r"can't|cannot|isnt|invalid|untrue|never|nonsens\w*|absurd|fails?|error|off|"
    r"(?:scratch|strike|forget|ignore|disregard) (?:that|this|it))\b|≠|\\neq?\b|✗|✘|❌"
    r"|不对|错|不成立|不等|矛盾|不是|不可能|不符)",
    re.IGNORECASE,
)
# "would be the naive result": what it would be is called is no result.
_DISPARAGED = re.compile(
    r"\A[ $)\\*]{0,4}(?:would|might|could|is|was) (?:be |have been |seem )?"
    r"(?:the|a|an|one|what a) (?:\w+ )?(?:naive|naïve|tempting|wrong|incorrect|mistaken|false|"
    r"fallacious|misleading|bogus|erroneous|mistake|misconception|fallacy|myth|trap)\b"
)
_TESTED = re.compile(
    r"\b(?:plug\w*|substitut\w*|equations?|satisf\w*|suppos\w*|assum\w*|for contradiction)\b"
    r"|代入|方程|假设|反证"
    r"|\b(?:for|when|with|try|take|test) [$\\( ]{0,4}[a-z] ?=",
    re.IGNORECASE,
)
_CONTRADICTED = re.compile(
    r"\b(?:false|contradict\w*|doesn't|does not|isn't|no solution|impossible|"
    r"not (?:true|equal|a solution|valid|hold|correct|satisf\w*|possible|work|0|zero))\b|≠|\\neq?\b"
    r"|矛盾|不成立|无解|不对",
    re.IGNORECASE,
)
_QUESTION_MARK = re.compile(r"[?？]|[.。\n!](?![^\s])")
_ROUGH_BEFORE = re.compile(
    r"(?<!\\)\b(?:roughly|approx\w*|about|around|nearly|almost|estimat\w*|ballpark|"
    r"order of magnitude)\b"
    r"|大约|大概|约|近似|差不多|估",
    re.IGNORECASE,
)
_ROUGH_AFTER = re.compile(
    r"\A[ $)\\]{0,4}(?:or so\b|or thereabouts|approx\w*|roughly|more or less|ish\b"
    r"|左右|上下|大约|大概)",
    re.IGNORECASE,
)


class Surroundings(NamedTuple):
    """What stands right before and after an equation."""

    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The beginning of its sentence. A colon at the end of a line holds the next one."""
        before = self.before
        line = before[before.rfind("\n") + 1 :]
        if _BLANK.match(line):
            above = before[: len(before) - len(line)].rstrip()
            line = above[above.rfind("\n") + 1 :] + line if above.endswith((":", "：")) else line
        return _SENTENCE.split(line)[-1]

    @property
    def clause(self) -> str:
        """The beginning of its clause."""
        return _CLAUSE.split(self.before[self.before.rfind("\n") + 1 :])[-1]


def is_supposed(around: Surroundings) -> bool:
    """Whether the equation is a premise: "suppose 2 + 2 = 5"."""
    if _SUPPOSED.search(around.clause):
        return True
    sentence = around.sentence
    moods = list(_HYPOTHETICAL.finditer(sentence))
    return bool(moods) and not _CONCLUDED.search(sentence, moods[-1].end())


def is_denied(around: Surroundings) -> bool:
    """Whether the equation is asked, denied, shown as a mistake, or said by somebody else."""
    if _NOT_CLAIMED.search(around.clause) or _asks(around.after) or _DENIED.match(around.after):
        return True
    if _DISPARAGED.match(around.after):
        return True
    if _TESTED.search(around.before[-120:]) and _CONTRADICTED.search(around.after[:300]):
        return True
    label, colon, rest = around.sentence.replace("：", ":").rpartition(":")
    return bool(colon and _BLANK.match(rest) and _LABEL.search(label[-60:]) and not _is_told(label))


def is_rough(around: Surroundings) -> bool:
    """Whether the text says that the numbers are estimates."""
    return bool(_ROUGH_BEFORE.search(around.sentence) or _ROUGH_AFTER.match(around.after))


def _is_told(label: str) -> bool:
    """Whether the label is a sentence of the writer's own: "wait, that's wrong:"."""
    found = _TELLS.search(label)
    return found is not None and not re.search(r"(?i)wrote|says?|said|claim|follow", label)


def _asks(after: str) -> bool:
    """Whether the sentence ends in a question mark."""
    found = _QUESTION_MARK.search(after[:120])
    return found is not None and found[0] in "?？"
