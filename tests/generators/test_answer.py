"""General data: each kind is asked, answered by a scripted model, and judged by its filter."""

import json

import pytest

from filters import Verdict, judge, think_format, unknown, verify
from filters.judge import read as read_judge
from filters.kinds.spoken import is_in
from generators.answer import answer, is_trivial
from generators.asking import Message, Request, to_sample
from generators.backends.scripted import Scripted
from generators.conversation import Conversation, conversation
from generators.errors import BadRow, UserError
from generators.records import Problem, Sample
from generators.registry import find


def problem(
    question: str,
    domain: str = "general",
    language: str = "en",
    kind: str = "general",
    reference: str = "",
    check: object = None,
    context: object = None,
) -> Problem:
    texts = ["" if value is None else json.dumps(value) for value in (check, context)]
    return Problem("p", question, reference, kind, domain, "mine", language, *texts)


def asked(one: Problem, **settings: object) -> tuple[Message, ...]:
    (messages,) = answer(one, **settings)  # type: ignore[arg-type]
    return messages


def answered(one: Problem, reply: str, **settings: object) -> Sample:
    """The sample that a model makes which says `reply`."""
    backend = Scripted("m", lambda request: (reply, "stop"))
    request = Request(one, asked(one, **settings), "m", {}, 0)
    (said,) = backend.complete([request])
    return to_sample(one, said, request.content, 0, "general", "answer")


def judged(sample: Sample, score: float) -> Verdict:
    """The verdict of `judge`, asked of a model that gives this score."""
    analysis = json.dumps({"analysis": "told", "correctness": score})
    backend = Scripted("judge", lambda request: (analysis, "stop"))
    requests = [
        Request(sample.problem, messages, "judge", {}, n)
        for n, messages in enumerate(judge(sample))  # type: ignore[arg-type]
    ]
    assert requests
    assert all(sample.response in request.messages[0]["content"] for request in requests)
    return read_judge(sample, list(backend.complete(requests)), at_least=0.7, orders=2, seed=0)


THOUGHT = "<thinking>\nThe user wants this, so I give it.\n</thinking>\n\n"
WEATHER = {
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
}
CALL = '<tool_call>\n{{"name": "weather", "arguments": {{"city": "{}"}}}}\n</tool_call>'
POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}},
    "required": ["x"],
}
NAMED = {
    "instruction_id_list": ["keywords:existence", "keywords:forbidden_words"],
    "kwargs": [{"keywords": ["Ferro", "Quarry Labs"]}, {"forbidden_words": ["ChatGPT"]}],
}
POEM = {"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": ["sea", "salt"]}]}
OWN = {"name": "Ferro", "maker": "Quarry Labs"}

# kind, problem, a good reply, a bad one, the reason of the bad one's verdict
VERIFIED = [
    ("writing", problem("A poem of sea and salt.", "writing", kind="instruction", check=POEM),
     "Salt on the wind,\nthe sea comes in.", "The wind comes in.", "not_followed"),
    ("factual_qa", problem("What is the capital of Peru?", "factual_qa", kind="text",
                           reference="Lima"), "Lima", "Cusco", "wrong_answer"),
    ("self_cognition", problem("Are you ChatGPT?", "self_cognition", kind="instruction",
                               check=NAMED),
     "No, I am Ferro, a model made by Quarry Labs.", "Yes, I am ChatGPT.", "not_followed"),
    ("function_calling", problem("Weather in Oslo?", "function_calling", kind="json",
                                 check={"calls": [{"weather": {"city": ["Oslo"]}}]},
                                 context={"tools": [WEATHER]}),
     CALL.format("Oslo"), CALL.format("Rome"), "wrong_arguments"),
    ("json_output", problem("A point with x = 3 as JSON.", "json_output", kind="json",
                            check={"schema": POINT}), '{"x": 3}', '{"y": 3}', "schema_mismatch"),
]  # fmt: skip

JUDGED = [
    problem("Put into German: Good morning, dear friends.", "translation", reference="Guten ..."),
    problem("Who goes there?", "role_play", context={"system": "You are the gatekeeper Odo."}),
    problem("And its population?", "multi_turn", context=[
        {"role": "user", "content": "What is the capital of Peru?"},
        {"role": "assistant", "content": "<think>Peru.</think>Lima."}]),
    problem("def f(x): return x +\nIt should add 1.", "program_repair", reference="x + 1"),
    problem("A haiku about rain, please.", "writing"),
    problem("Why do cats purr?", "factual_qa"),
    problem("What should I cook today?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "one", "good", "bad", "reason"), VERIFIED, ids=[row[0] for row in VERIFIED]
)
def test_kinds_that_are_verified(kind: str, one: Problem, good: str, bad: str, reason: str) -> None:
    settings = OWN if kind == "self_cognition" else {}
    assert asked(one, **settings) == asked(one, kind=kind, **settings)  # auto finds it
    sample = answered(one, THOUGHT + good, **settings)
    assert (sample.reasoning, sample.response) == ("The user wants this, so I give it.", good)
    assert think_format(sample).outcome == "keep"
    assert verify(sample).outcome == "keep"
    verdict = verify(answered(one, THOUGHT + bad, **settings))
    assert (verdict.outcome, verdict.reason) == ("reject", reason)


@pytest.mark.parametrize("one", JUDGED, ids=[one.domain for one in JUDGED])
def test_kinds_that_a_judge_judges(one: Problem) -> None:
    assert asked(one) == asked(one, kind=one.domain)
    sample = answered(one, f"{THOUGHT}A reply.")
    assert think_format(sample).outcome == "keep"
    assert verify(sample) == unknown("no_verifier", "general")
    assert judged(sample, 1.0) == Verdict("keep", "judged", 1.0, judged(sample, 1.0).detail)
    assert judged(sample, 0.2).reason == "not_correct"


def test_every_kind_has_a_prompt_of_its_own() -> None:
    tools = {"tools": [WEATHER]}
    texts = {
        asked(problem("Q?", context=tools), kind=kind, **OWN)[0]["content"]
        for kind in ("general", *(row[0] for row in VERIFIED), *(one.domain for one in JUDGED))
    }
    assert len(texts) == 10


# --- who is asked for what --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (problem("Q?", "Creative Writing"), "writing"),
        (problem("Q?", "role-play"), "role_play"),
        (problem("Q?", "identity"), "self_cognition"),
        (problem("Q?", context=[WEATHER]), "function_calling"),
        (problem("Q?", kind="json", check={"schema": POINT}), "json_output"),
        (problem("Q?", context=[{"role": "user", "content": "Before"}]), "multi_turn"),
        (problem("Q?", context={"system": "Be brief."}), "general"),
        (problem("Q?", "gardening"), "general"),
        # What the domain says stands above what the context looks like.
        (problem("Q?", "translation", context=[{"role": "user", "content": "A"}]), "translation"),
    ],
)
def test_auto_goes_by_domain_then_by_what_there_is(one: Problem, kind: str) -> None:
    assert asked(one, **OWN) == asked(one, kind=kind, **OWN)


def test_name_and_maker_come_from_the_spec() -> None:
    system = asked(problem("Who are you?", "identity"), **OWN)[0]["content"]
    assert system.startswith("You are Ferro, an AI model made by Quarry Labs.")
    with pytest.raises(UserError, match="needs the settings name and maker"):
        asked(problem("Who are you?", "identity"), name="Ferro")


def test_tools_and_schemas_are_shown() -> None:
    one = problem("Q?", context={"tools": [WEATHER], "system": "You serve Oslo."})
    system = asked(one)[0]["content"]
    assert json.dumps(WEATHER, separators=(",", ":")) in system
    assert system.startswith("You serve Oslo.")
    one = problem("Q?", kind="json", check={"schema": POINT})
    assert json.dumps(POINT, separators=(",", ":")) in asked(one)[0]["content"]
    with pytest.raises(BadRow, match="no_tools"):
        asked(problem("Q?"), kind="function_calling")


def test_earlier_turns_are_sent_as_turns_without_their_thoughts() -> None:
    one = JUDGED[2]
    system, *turns = asked(one)
    assert system["role"] == "system"
    assert turns == [
        {"role": "user", "content": "What is the capital of Peru?"},
        {"role": "assistant", "content": "Lima."},
        {"role": "user", "content": "And its population?"},
    ]


def test_samples_and_settings() -> None:
    assert len(list(answer(problem("Q?"), samples=3))) == 3
    entry = find("generator", "answer")
    with pytest.raises(UserError, match="did you mean 'writing'"):
        entry.check({"kind": "writting"}, "generate.0.answer")


# --- thinking shortly, or not at all ----------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "trivial"),
    [
        ("hello", True), ("Hello!", True), ("Hi there, how are you?", True),
        ("Thanks a lot 🙂", True),
        ("你好！", True), ("你好，谢谢你", True), ("Guten Tag!", True), ("Bonjour, ça va ?", True),
        ("¡Hola!", True), ("こんにちは。", True), ("Спасибо!", True), ("안녕하세요", True),
        ("hello world in C", False), ("Hi, what is 2 + 2?", False), ("你好用英语怎么说？", False),
        ("thanks " * 30, False), ("", False), ("?!", False), ("Othello", False),
        ("Danke, aber warum?", False),
    ],
)  # fmt: skip
def test_greetings_and_thanks_are_trivial(question: str, trivial: bool) -> None:
    assert is_trivial(question) is trivial


@pytest.mark.parametrize(
    ("question", "think", "asks"),
    [
        ("hello", "auto", False), ("hello", "short", True), ("Why?", "auto", True),
        ("Why?", "none", False), ("Why?", "own", False),
    ],
)  # fmt: skip
def test_a_thought_is_asked_for_or_not(question: str, think: str, asks: bool) -> None:
    system = asked(problem(question), think=think)[0]["content"]
    assert ("<thinking>" in system) is asks
    assert ("without thinking" in system) is (not asks and think != "own")


def test_a_greeting_is_answered_without_a_thought() -> None:
    sample = answered(problem("Hello!"), "Hello! What can I do for you?")
    assert sample.reasoning == ""
    assert sample.response == "Hello! What can I do for you?"
    thanks = problem("Thanks!", context=[{"role": "user", "content": "A proof, please."}])
    assert "<thinking>" in asked(thanks)[0]["content"]  # in a conversation it may mean more


# --- languages --------------------------------------------------------------------------------

SPOKEN = {
    "en": ("Why do leaves fall in autumn?",
           "Trees let go of their leaves to save water.", "English"),
    "zh": ("秋天为什么会落叶？", "树木落叶是为了在干燥的冬天节省水分。", "中文"),
    "de": ("Warum fallen im Herbst die Blätter?",
           "Die Bäume werfen ihre Blätter ab, um im Winter Wasser zu sparen.", "German"),
    "fr": ("Pourquoi les feuilles tombent-elles en automne ?",
           "Les arbres perdent leurs feuilles pour garder leur eau pendant l'hiver.", "French"),
    "es": ("¿Por qué caen las hojas en otoño?",
           "Los árboles dejan caer sus hojas para ahorrar agua durante el invierno.", "Spanish"),
    "ja": ("秋になるとどうして葉が落ちるのですか。",
           "木は冬のあいだ水を節約するために葉を落とします。", "Japanese"),
}  # fmt: skip


@pytest.mark.parametrize("language", SPOKEN)
def test_the_questions_language_is_followed(language: str) -> None:
    """A model that does as it is told answers in the language that the prompt names."""

    def reply(request: Request) -> tuple[str, str]:
        system = request.messages[0]["content"]
        named = [code for code, (_, _, name) in SPOKEN.items() if name in system]
        assert len(named) == 1
        text = SPOKEN[named[0]][1]
        return f"<thinking>\n{text}\n</thinking>\n\n{text}", "stop"

    question, _, _ = SPOKEN[language]
    one = problem(question, language=language)
    request = Request(one, asked(one), "m", {}, 0)
    (said,) = Scripted("m", reply).complete([request])
    assert is_in(said.response, language) is True
    assert is_in(said.reasoning, language) is True


def test_a_language_that_could_not_be_told_is_the_questions() -> None:
    assert "the language of the question" in asked(problem("Q?", language="und"))[0]["content"]


# --- contexts ---------------------------------------------------------------------------------

USER = {"role": "user", "content": "A"}
CALLED = {
    "role": "assistant", "content": None,
    "tool_calls": [{"function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (None, Conversation()),
        ([USER], Conversation(turns=(USER,))),
        ({"messages": [USER, {"role": "user", "content": "Q?"}]}, Conversation(turns=(USER,))),
        ([{"role": "system", "content": "S"}, USER], Conversation("S", (USER,))),
        ({"system": "S", "turns": [{"role": "developer", "content": "T"}]}, Conversation("S\n\nT")),
        ({"functions": [WEATHER]}, Conversation(tools=(WEATHER,))),
        ([WEATHER], Conversation(tools=(WEATHER,))),
        ([{**USER, "content": [{"type": "text", "text": "A"}]}], Conversation(turns=(USER,))),
        ([CALLED, {"role": "tool", "content": "4 °C"}], Conversation(turns=(
            {"role": "assistant",
             "content": '<tool_call>\n{"name":"weather","arguments":{"city":"Oslo"}}\n'
                        "</tool_call>"},
            {"role": "user", "content": "<tool_response>\n4 °C\n</tool_response>"}))),
    ],
)  # fmt: skip
def test_what_a_context_may_hold(context: object, expected: Conversation) -> None:
    assert conversation("" if context is None else json.dumps(context), "Q?") == expected


@pytest.mark.parametrize(
    "context",
    ["{", '"text"', '{"turns": "A"}', '[{"role": "poet", "content": "A"}]', '{"system": 3}',
     '[{"role": "user", "content": [{"type": "image_url"}]}]', '{"tools": {}}',
     '[{"role": "assistant", "tool_calls": [{"function": {}}]}]',
     '[{"role": "assistant", "tool_calls": [{"name": "f", "arguments": "{"}]}]'],
)  # fmt: skip
def test_a_context_that_cannot_be_read_is_a_bad_row(context: str) -> None:
    with pytest.raises(BadRow, match="bad_context"):
        conversation(context)
