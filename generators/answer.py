"""General data: writing, facts, who the model is, translation, roles, conversations, tools ..."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, get_args

import orjson

from generators.asking import Message
from generators.conversation import Conversation, conversation
from generators.errors import BadRow, UserError
from generators.json_rows import text_of
from generators.prompt_files import filled, language_name, prompt
from generators.records import Problem
from generators.registry import Count, register
from generators.texts.text import normalise

AnswerKind = Literal[
    "auto", "general", "writing", "factual_qa", "self_cognition", "translation", "role_play",
    "multi_turn", "function_calling", "json_output", "program_repair",
]  # fmt: skip
_KINDS = frozenset(get_args(AnswerKind)) - {"auto"}
_DOMAINS = {
    "creative_writing": "writing", "qa": "factual_qa", "factual": "factual_qa",
    "identity": "self_cognition", "roleplay": "role_play", "multiturn": "multi_turn",
    "tool_use": "function_calling", "tools": "function_calling",
    "structured_output": "json_output", "bug_fix": "program_repair", "repair": "program_repair",
}  # fmt: skip


@register("generator")
def answer(
    problem: Problem,
    *,
    samples: Count = 1,
    kind: AnswerKind = "auto",
    think: Literal["auto", "short", "none", "own"] = "auto",
    name: str = "",
    maker: str = "",
) -> Iterator[tuple[Message, ...]]:
    """Asks for an answer to a general question in its own language, with a short thought or none.

    `kind` names the prompt; "auto" goes by the problem's domain, else by its context and kind.
    What is left is "general". Who judges an answer:

    - writing: `verify` where the problem is of kind instruction, else `judge`;
    - factual_qa: `verify` by kind text, `judge` as its fallback;
    - self_cognition: `verify` by kind instruction, with `name` and `maker` as keywords. Both are
      settings here, and needed;
    - translation, role_play, multi_turn, general: `judge`;
    - function_calling: `verify` by kind json with {"calls": [...]}. The tools stand in the context;
    - json_output: `verify` by kind json with {"schema": {...}}, which the model is shown;
    - program_repair: `verify` by kind code, else `judge`.

    `think`: "short" asks for a few sentences, "none" for the reply at once; "auto" does without for
    greetings and thanks, as the report does; "own" says nothing of it, for models that think by
    themselves. A context of earlier turns is sent as such before the question.
    BadRow: bad_context, no_tools.
    """
    before = conversation(problem.context, problem.question)
    what = _kind(problem, before) if kind == "auto" else kind
    if what == "self_cognition" and not (name and maker):
        raise UserError("answer: self_cognition needs the settings name and maker")
    if what == "function_calling" and not before.tools:
        raise BadRow("no_tools", "the context lists no tools to call")
    language = language_name(problem.language)
    if think == "auto":
        think = "none" if is_trivial(problem.question) and not before.turns else "short"
    ours = filled(
        prompt("answer", what, problem.language),
        language=language,
        name=name,
        maker=maker,
        tools="\n".join(map(text_of, before.tools)),
        form=_form(problem),
        think=filled(prompt("answer", f"think_{think}", problem.language), language=language),
    )
    system = "\n\n".join(filter(None, [before.system, re.sub(r"\n{3,}", "\n\n", ours.strip())]))
    messages = (
        {"role": "system", "content": system},
        *before.turns,
        {"role": "user", "content": problem.question},
    )
    for _ in range(samples):
        yield messages


def _kind(problem: Problem, before: Conversation) -> str:
    domain = re.sub(r"[\s-]", "_", problem.domain.strip().lower())
    named = _DOMAINS.get(domain, domain)
    if named in _KINDS and named != "general":
        return named
    if before.tools:
        return "function_calling"
    if problem.kind == "json":
        return "json_output"
    return "multi_turn" if before.turns else "general"


def _form(problem: Problem) -> str:
    """What the problem's verifier needs of the reply's form, in the words of a prompt."""
    if problem.kind == "json":
        schema = _schema(problem.check)
        if not schema:
            return ""
        return filled(prompt("answer", "form_schema", problem.language), schema=schema)
    name = {"text": "form_text", "math": "form_boxed", "choice": "form_boxed"}.get(problem.kind)
    return prompt("answer", name, problem.language) if name else ""


def _schema(check: str) -> str:
    """The JSON Schema in a problem's check, as text; "" where there is none."""
    try:
        told = orjson.loads(check) if check else {}
    except orjson.JSONDecodeError:
        return ""  # the verifier says so of every answer: bad_check
    return text_of(told.get("schema")) if isinstance(told, dict) else ""


# --- questions that need no thought ---------------------------------------------------------


def is_trivial(question: str) -> bool:
    """Whether a message is a greeting, a thank-you or a farewell and nothing else."""
    text = normalise(question[:200])
    words = " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text)).replace("’", "'")
    return len(question) <= 100 and bool(words) and _small_talk().fullmatch(words) is not None


_SMALL_TALK = """
hello|hi|hey|hi there|hello there|hey there|good morning|good afternoon|good evening|good night
|greetings|thanks|thank you|thanks a lot|thank you so much|thank you very much|many thanks
|bye|goodbye|good bye|see you|see you later|how are you|how are you doing|how are you today
|how is it going|how's it going|what's up|nice to meet you|ok|okay|great|cool
|你好|您好|你好呀|你好啊|嗨|哈喽|早上好|上午好|中午好|下午好|晚上好|晚安|谢谢|谢谢你|谢谢您|多谢
|非常感谢|再见|拜拜|你好吗|最近怎么样|在吗|好的
|hallo|guten morgen|guten tag|guten abend|gute nacht|servus|moin|danke|danke schön|vielen dank
|tschüss|tschüß|auf wiedersehen|wie geht's|wie geht es dir|wie geht es ihnen
|bonjour|bonsoir|bonne nuit|salut|coucou|merci|merci beaucoup|au revoir|ça va|comment ça va
|comment vas tu|comment allez vous
|hola|buenos días|buenas tardes|buenas noches|gracias|muchas gracias|adiós|hasta luego
|cómo estás|qué tal|ciao|buongiorno|buonasera|buonanotte|grazie|grazie mille|arrivederci|come stai
|olá|oi|bom dia|boa tarde|boa noite|obrigado|obrigada|tchau|como vai|tudo bem
|こんにちは|こんばんは|おはよう|おはようございます|おやすみ|おやすみなさい|ありがとう
|ありがとうございます|さようなら|お元気ですか|안녕|안녕하세요|감사합니다|고마워|고맙습니다|잘 가
|привет|здравствуйте|доброе утро|добрый день|добрый вечер|спокойной ночи|спасибо
|большое спасибо|до свидания|пока|как дела
"""


@cache
def _small_talk() -> re.Pattern[str]:
    """One to three of the phrases in a row: "Hello, how are you?"."""
    phrases = sorted((normalise(one) for one in _SMALL_TALK.split("|")), key=len, reverse=True)
    one = "|".join(map(re.escape, phrases))
    return re.compile(rf"(?:{one})(?: (?:{one})){{0,2}}")
