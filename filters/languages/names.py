"""Languages by their ISO 639-1 code: what they are called and the scripts they are written in."""

from functools import cache

_NAMED: dict[str, str] = {
    "Latin": """af Afrikaans, ca Catalan, cs Czech, cy Welsh, da Danish, de German, en English,
        es Spanish, et Estonian, fi Finnish, fr French, hr Croatian, hu Hungarian, id Indonesian,
        it Italian, lt Lithuanian, lv Latvian, nl Dutch, no Norwegian, pl Polish, pt Portuguese,
        ro Romanian, sk Slovak, sl Slovene, so Somali, sq Albanian, sv Swedish, sw Swahili,
        tl Tagalog, tr Turkish, vi Vietnamese""",
    "Cyrillic": "bg Bulgarian, mk Macedonian, ru Russian, uk Ukrainian",
    "Arabic": "ar Arabic, fa Persian, ur Urdu",
    "Devanagari": "hi Hindi, mr Marathi, ne Nepali",
    "Han": "zh Chinese",
    "Han kana": "ja Japanese",
    "Hangul": "ko Korean",
    "Greek": "el Greek",
    "Hebrew": "he Hebrew",
    "Armenian": "hy Armenian",
    "Bengali": "bn Bengali",
    "Gurmukhi": "pa Punjabi",
    "Gujarati": "gu Gujarati",
    "Odia": "or Odia",
    "Tamil": "ta Tamil",
    "Telugu": "te Telugu",
    "Kannada": "kn Kannada",
    "Malayalam": "ml Malayalam",
    "Sinhala": "si Sinhala",
    "Thai": "th Thai",
    "Lao": "lo Lao",
    "Tibetan": "bo Tibetan",
    "Burmese": "my Burmese",
    "Georgian": "ka Georgian",
    "Ethiopic": "am Amharic",
    "Khmer": "km Khmer",
    "Latin Cyrillic": "sr Serbian",
}

SCRIPTS: dict[str, frozenset[str]] = {
    entry.split()[0]: frozenset(scripts.split())
    for scripts, entries in _NAMED.items()
    for entry in entries.split(",")
}
"""Code of a language -> the scripts whose letters are its own."""

NAMES: dict[str, str] = {
    entry.split()[0]: entry.split()[1]
    for entries in _NAMED.values()
    for entry in entries.split(",")
}

# What a script speaks for where a detector has no say. Kana is Japanese, Han without it Chinese.
_SPEAKS = {
    next(iter(scripts)): code
    for code, scripts in SCRIPTS.items()
    if len(scripts) == 1 and not scripts & {"Latin", "Cyrillic", "Arabic", "Devanagari"}
} | {"kana": "ja"}


def of_script(script: str) -> str:
    """Name of the language that a script stands for, or of the script itself."""
    return NAMES[_SPEAKS[script]] if script in _SPEAKS else script


@cache
def same_script(language: str) -> tuple[str, ...]:
    """The languages that are told from this one by their words alone, itself included."""
    return tuple(code for code, own in SCRIPTS.items() if own == SCRIPTS[language])
