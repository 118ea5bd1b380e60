"""Foreign words that a text speaks of: "the kanji 木 means tree" mentions a word and switches not.

A short run is mentioned where the sentence says that it is a word, a title or of its language, just
before it or behind it; where it goes on a list of such; and wherever else the same text uses it.
"""

import re
from functools import cache

from filters.languages.names import NAMES, SCRIPTS, of_script

_NEAR = 32
"""Characters before a run in which its sentence may announce it."""
_LONGEST_JOINT = 20
_MOST_ITEMS = 100
_LONGEST_LINE = 200
"""Lines of a list, and characters of each, through which its lead-in is looked for."""

# Languages of a script as some others call them, by the beginnings of their names.
_CALLED = {
    "Han": """mandarin cantonese kanji hanzi hanja chinesisch japanisch chinois japonais chino
        japonés китайск японск иероглиф 中国語 漢字 汉字 中文 汉语 日语 日文""",
    "kana": "kana hiragana katakana japanisch japonais japonés японск 日语 日文 假名 仮名",
    "Hangul": "hangul koreanisch coréen coreano корейск 韩语 韩文 韓国語",
    "Cyrillic": "cyrillic russisch russe ruso русск 俄语 俄文 ロシア語",
    "Greek": "griechisch grec griego греческ 希腊 ギリシャ",
    "Arabic": "farsi arabisch arabe árabe арабск персидск 阿拉伯 アラビア",
    "Hebrew": "hebräisch hébreu hebreo иврит еврейск 希伯来 ヘブライ",
    "Devanagari": "sanskrit nepali санскрит хинди 梵语 梵文 サンスクリット",
    "Latin": """английск немецк французск испанск итальянск латин 英语 英文 法语 法文 德语 德文
        西班牙语 意大利语 拉丁 英語 ドイツ語 フランス語 スペイン語 イタリア語 ラテン語""",
}
# What stands right before a word or a title that is spoken of. A "term" is one of algebra as well,
# and what is "called" or "written" 素数 is a switch.
_ANNOUNCES = re.compile(
    r"(?:\b(?:(?<!other )words?|characters?|letters?|glyphs?|phrases?|idioms?|proverbs?|syllables?|"
    r"verbs?|nouns?|adjectives?|spelled|spelt|pronounced|wort|wörter|schriftzeichen|mots?|"
    r"caractères?|palabras?|carácter|caracteres|слов[оа]|фраза|термин|пословица|"
    r"titles?|titled|books?|novels?|films?|movies?|songs?|poems?|operas?|albums?|bücher|roman|"
    r"livres?|libros?|novelas?|películas?|книг[аиу]|романы?|фильмы?|песн[яи])"
    r"|单词|词语|短语|成语|术语|一词|单字|単語|言葉|用語|小说|电影|著作|歌曲|小説|映画)"
    r"(?:\s(?:such as|like|including|for|is|are|was))?\Z",
    re.IGNORECASE,
)
_OF_TITLES = re.compile(
    r"\b(?:titles?|books?|novels?|films?|movies?|songs?|poems?|plays|operas?|albums?|works|classics|"
    r"bücher|romane|titel|filme|lieder|livres|romans|titres|libros|novelas|títulos|películas|"
    r"книг|романы|фильмы|песни|произведени)|书|小说|电影|作品|著作|歌曲|小説|映画",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
_OPENING = " \t:：*_\"'“‘«‹„「『《〈(（[【"
_BEHIND = re.compile(
    r"[\"'”’»›」』》〉)）\]】*_ ]{0,4}(?:[(（][^()（）\n]{0,40}[)）] ?)?"
    r"(?:means?\b(?! that)|meant\b|meaning [\"'“‘]|is pronounced|bedeutet|signifie|significa|"
    r"означает|переводится|的意思|意为|是指|这个词|一词|这句话|这个短语|とは|という|の意味)"
)
_JOINT = re.compile(
    r"[\"'”’»」』》〉*_]{0,3}(?:[,，、;；/ ]|and|or|und|et|y|и|和|与|と)+[\"'“‘«「『《〈*_]{0,3}"
)
_BULLET = re.compile(r"[ \t]*(?:[-*+•·|]|\d{1,3}[.)、])[ \t]*[*_\"'“‘«「『《〈]*")
_ITEM_ENDS = re.compile(r"[\"'”’»」』》〉*_]{0,4}[ \t]{0,4}(?:\Z|[-\n–—:：,，/|(（]|by\b)")


def mentioned(text: str, found: list[tuple[str, int, int]]) -> set[int]:
    """Which of these short runs (script, start, end) are mentioned: their places in `found`."""
    told: set[int] = set()
    last = -_LONGEST_JOINT
    for place, (script, start, end) in enumerate(found):
        goes_on = last > start - _LONGEST_JOINT and _JOINT.fullmatch(text, last, start)
        if goes_on or _is_announced(text, script, start, end):
            told.add(place)
            last = end
    known = {text[found[place][1] : found[place][2]] for place in told}
    return {place for place, (_, start, end) in enumerate(found) if text[start:end] in known}


def _is_announced(text: str, script: str, start: int, end: int) -> bool:
    if _BEHIND.match(text, end, end + 80):
        return True
    before = text[max(0, start - _NEAR) : start]
    line = before[before.rfind("\n") + 1 :]
    if bullet := _BULLET.fullmatch(line):
        return bool(_ITEM_ENDS.match(text, end)) and _is_led_in(
            text, start - len(bullet[0]), script
        )
    ends = [sign.end() for sign in _SENTENCE_END.finditer(before)]
    clause = before[ends[-1] if ends else 0 :]
    if _names(script).search(clause):
        return True
    return _ANNOUNCES.search(clause.rstrip(_OPENING)) is not None


def _is_led_in(text: str, at: int, script: str) -> bool:
    """Whether the list that has an item there was announced by titles, or by their language."""
    for _ in range(_MOST_ITEMS):
        if at <= 0:
            return False
        first = text.rfind("\n", max(0, at - 1 - _LONGEST_LINE), at - 1) + 1
        line = text[max(first, at - _LONGEST_LINE) : at].strip()
        if line and not _BULLET.match(line):
            return bool(_OF_TITLES.search(line) or _names(script).search(line))
        at = first
    return False


@cache
def _names(script: str) -> "re.Pattern[str]":
    """What a language in that script is called; no Chinese remainders, no Latin America."""
    own = [NAMES[code] for code, scripts in SCRIPTS.items() if script in scripts]
    called = [*own, *_CALLED.get(script, "").split(), of_script(script)]
    return re.compile(
        rf"(?<![A-Za-z])(?:{'|'.join(sorted(set(called)))})(?! remainder|ской америк)",
        re.IGNORECASE,
    )
