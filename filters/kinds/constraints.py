"""Instructions whose following can be counted, as IFEval defines them: a table of id -> function.

Each function is (response, **kwargs of the instruction) -> True, False, or None where it cannot be
told. Names, parameters and rules are those of Google's instruction_following_eval, its strict
reading; keywords are taken as they stand and not as regular expressions.
"""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, validate_call

from filters.kinds.counting import capital_words, sentences
from filters.kinds.json_values import NotJson, read
from filters.kinds.spoken import is_in

Relation = Literal["less than", "at least"]
Number = Annotated[int, Field(ge=0)]
Place = Annotated[int, Field(ge=1)]
Words = Annotated[str, Field(min_length=1)]


def _holds(counted: int | tuple[int, int], relation: Relation, number: int) -> bool | None:
    """Whether a count, or each count between two bounds, is as the relation asks."""
    least, most = counted if isinstance(counted, tuple) else (counted, counted)
    if (least >= number) != (most >= number):
        return None
    return (least >= number) == (relation == "at least")


# --- keywords -------------------------------------------------------------------------------


def _existence(response: str, keywords: list[Words]) -> bool:
    low = response.lower()
    return all(word.lower() in low for word in keywords)


def _frequency(response: str, keyword: Words, relation: Relation, frequency: Number) -> bool | None:
    return _holds(response.lower().count(keyword.strip().lower()), relation, frequency)


def _forbidden_words(response: str, forbidden_words: list[Words]) -> bool:
    return not any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", response, re.IGNORECASE)
        for word in forbidden_words
    )


def _letter_frequency(
    response: str,
    letter: Annotated[str, Field(min_length=1, max_length=1)],
    let_relation: Relation,
    let_frequency: Number,
) -> bool | None:
    return _holds(response.lower().count(letter.lower()), let_relation, let_frequency)


# --- length ---------------------------------------------------------------------------------


def _number_words(response: str, relation: Relation, num_words: Number) -> bool | None:
    return _holds(len(re.findall(r"\w+", response)), relation, num_words)


def _number_sentences(response: str, relation: Relation, num_sentences: Number) -> bool | None:
    return _holds(sentences(response), relation, num_sentences)


def _number_paragraphs(response: str, num_paragraphs: Number) -> bool:
    """Paragraphs between dividers ***; only the first and the last may be empty and not count."""
    parts = [part.strip() for part in response.split("***")]
    if not all(parts[1:-1]):
        return False
    return sum(map(bool, parts)) == num_paragraphs


def _nth_paragraph_first_word(
    response: str,
    num_paragraphs: Number,
    nth_paragraph: Annotated[int, Field(ge=1)],
    first_word: str,
) -> bool:
    """Paragraphs between empty lines, and the word that begins one of them."""
    parts = [part.strip() for part in response.split("\n\n")]
    if sum(map(bool, parts)) != num_paragraphs or nth_paragraph > num_paragraphs:
        return False
    words = parts[nth_paragraph - 1].split(maxsplit=1)
    first = words[0].lstrip("'").lstrip('"') if words else ""
    return re.split(r"[.,?!'\"]", first, maxsplit=1)[0].lower() == first_word.lower()


# --- format and content ---------------------------------------------------------------------


def _number_bullet_lists(response: str, num_bullets: Number) -> bool:
    """Lines that begin with * (and not **) or with -, counted exactly."""
    lines = [line.lstrip() for line in response.split("\n")]
    stars = sum(line.startswith("*") and line[1:2] not in ("*", "") for line in lines)
    return stars + sum(line.startswith("-") for line in lines) == num_bullets


def _number_highlighted_sections(response: str, num_highlights: Number) -> bool:
    single = re.findall(r"\*[^\n*]*\*", response)
    double = re.findall(r"\*\*[^\n*]*\*\*", response)
    return sum(bool(part.strip("*").strip()) for part in single + double) >= num_highlights


def _multiple_sections(response: str, section_spliter: Words, num_sections: Number) -> bool:
    heading = re.compile(rf"{re.escape(section_spliter.strip())}\s?\d+")
    return sum(1 for _ in heading.finditer(response)) >= num_sections


def _title(response: str) -> bool:
    """<<title>> on one line."""
    for line in response.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start < end - 2 and line[start:end].strip("<> \t"):
            return True
    return False


def _json_format(response: str) -> bool | None:
    text = response.strip()
    for mark in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(mark)
    try:
        read(text.removesuffix("```").strip())
    except NotJson as error:
        return False if error.reason == "not_json" else None
    return True


def _constrained_response(response: str) -> bool:
    return any(f"My answer is {word}." in response for word in ("yes", "no", "maybe"))


def _number_placeholders(response: str, num_placeholders: Number) -> bool:
    """[address] and its like, on one line."""
    found = 0
    for line in response.split("\n"):
        end = -1
        # Not by a pattern, which would look from each bracket for the one that closes it.
        while (start := line.find("[", end + 1)) >= 0 and (end := line.find("]", start)) >= 0:
            found += 1
    return found >= num_placeholders


_POSTSCRIPT = {"p.p.s": r"p\.\s?p\.\s?s", "p.s.": r"p\.\s?s\."}


def _postscript(response: str, postscript_marker: Words) -> bool:
    marker = postscript_marker.strip().lower()
    return bool(re.search(_POSTSCRIPT.get(marker, re.escape(marker)), response.lower()))


# --- the whole response ---------------------------------------------------------------------


def _response_language(response: str, language: Words) -> bool | None:
    return is_in(response, language)


def _english_capital(response: str) -> bool | None:
    # Languages are known by their small letters.
    return is_in(response.lower(), "en") if response.isupper() else False


def _english_lowercase(response: str) -> bool | None:
    return is_in(response, "en") if response.islower() else False


def _capital_word_frequency(
    response: str, capital_relation: Relation, capital_frequency: Number
) -> bool | None:
    return _holds(capital_words(response), capital_relation, capital_frequency)


def _no_comma(response: str) -> bool:
    return "," not in response


def _end_checker(response: str, end_phrase: Words) -> bool:
    return response.strip().strip('"').lower().endswith(end_phrase.strip().lower())


def _quotation(response: str) -> bool:
    text = response.strip()
    return len(text) > 1 and text[0] == text[-1] == '"'


def _two_responses(response: str) -> bool:
    """Two different ones, with ****** between them and nowhere else."""
    parts = [part.strip() for part in response.split("******")]
    said = [part for part in parts if part]
    return all(parts[1:-1]) and len(said) == 2 and said[0] != said[1]


def _repeat_prompt(response: str, prompt_to_repeat: Words) -> bool:
    return response.strip().lower().startswith(prompt_to_repeat.strip().lower())


Constraint = Callable[..., bool | None]


def _checked(function: Constraint) -> Constraint:
    """The function with its keyword arguments validated: a ValidationError where one is wrong."""
    return validate_call(function)


_TABLE: dict[str, Constraint] = {
    "keywords:existence": _existence,
    "keywords:frequency": _frequency,
    "keywords:forbidden_words": _forbidden_words,
    "keywords:letter_frequency": _letter_frequency,
    "length_constraints:number_words": _number_words,
    "length_constraints:number_sentences": _number_sentences,
    "length_constraints:number_paragraphs": _number_paragraphs,
    "length_constraints:nth_paragraph_first_word": _nth_paragraph_first_word,
    "detectable_format:number_bullet_lists": _number_bullet_lists,
    "detectable_format:number_highlighted_sections": _number_highlighted_sections,
    "detectable_format:multiple_sections": _multiple_sections,
    "detectable_format:title": _title,
    "detectable_format:json_format": _json_format,
    "detectable_format:constrained_response": _constrained_response,
    "detectable_content:number_placeholders": _number_placeholders,
    "detectable_content:postscript": _postscript,
    "language:response_language": _response_language,
    "change_case:english_capital": _english_capital,
    "change_case:english_lowercase": _english_lowercase,
    "change_case:capital_word_frequency": _capital_word_frequency,
    "punctuation:no_comma": _no_comma,
    "startend:end_checker": _end_checker,
    "startend:quotation": _quotation,
    "combination:two_responses": _two_responses,
    "combination:repeat_prompt": _repeat_prompt,
}

CONSTRAINTS = {name: _checked(function) for name, function in _TABLE.items()}
"""The 25 constraints of IFEval, by their ids."""
