"""Is a chain made to be read? R1's rules of form, each with its reason."""

from typing import Annotated

from pydantic import Field

from filters import form
from filters.verdict import Verdict, keep, reject
from generators.records import Sample
from generators.registry import Count, register

Times = Annotated[float, Field(gt=0)]


@register("filter")
def readability(
    sample: Sample,
    *,
    longest_paragraph: Count | None = 4_000,
    longest_summary: Times | None = 1.0,
    longest_symbols: Count | None = 300,
    code_blocks: bool = False,
    headings: bool = False,
    tables: bool = False,
    no_summary: bool = False,
    template_tokens: bool = False,
    control_characters: bool = False,
    open_fences: bool = False,
    open_mathematics: bool = False,
) -> Verdict:
    """Drops samples whose form is hard to read: long paragraphs, code in the chain, leftovers.

    Of the chain (the thought): a paragraph longer than `longest_paragraph` characters (4,000: of
    correct traces of R1, Qwen3 and MiniMax-M2, which break their lines after 300 to 1,000, 1 % have
    one; `long_paragraph`), a fenced `code_block`, a markdown `heading`, a markdown `table`. Of the
    response: `no_summary`, or `long_summary`: longer than `longest_summary` times the chain (1.0)
    and than 1,000 characters. Of both: a `template_token`, a `control_character`, a
    `wall_of_symbols` of more than `longest_symbols` signs (300) without a letter or digit, an
    `open_fence`, `open_mathematics`. A setting that is true allows what it names; null takes a
    bound away. R1 drops long paragraphs and code blocks (report v1, section 2.3.3) and gives no
    figures; each rule is defined in `filters.form`.

    The reason is the first rule broken, the detail names all, and the score is the share of the
    rules asked for that hold.
    """
    found = {
        "no_summary": None if no_summary else form.no_summary(sample),
        "template_token": None if template_tokens else form.template_token(sample),
        "control_character": None if control_characters else form.control_character(sample),
        "open_fence": None if open_fences else form.open_fence(sample),
        "open_mathematics": None if open_mathematics else form.open_mathematics(sample),
        "code_block": None if code_blocks else form.code_block(sample),
        "heading": None if headings else form.heading(sample),
        "table": None if tables else form.table(sample),
        "wall_of_symbols": longest_symbols and form.wall_of_symbols(sample, longest_symbols),
        "long_paragraph": longest_paragraph and form.long_paragraph(sample, longest_paragraph),
        "long_summary": longest_summary and form.long_summary(sample, longest_summary),
    }
    asked = {rule: said for rule, said in found.items() if said is not None}
    broken = {rule: said for rule, said in asked.items() if said}
    if not broken:
        return keep(1.0)
    detail = "; ".join(f"{rule}: {said}" for rule, said in broken.items())
    return reject(next(iter(broken)), detail, 1 - len(broken) / len(asked))
