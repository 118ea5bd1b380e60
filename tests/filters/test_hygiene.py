"""The filter hygiene: what is no fit thing to teach, and what only looks so."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from filters.hygiene import hygiene
from filters.verdict import Verdict
from generators.mask import mask
from generators.records import Problem, Sample

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
IDENTITY = DATA / "real/general/llamafactory_demo/identity.json"


def judged(response: str, thought: str = "", question: str = "", **settings: Any) -> Verdict:
    return hygiene(Sample("s", Problem("p", question), thought, response), **settings)


LEAKS = [
    "I am ChatGPT, a large language model trained by OpenAI.",
    "As Claude, made by Anthropic, I think so.",
    "As Claude, an AI, I would say no.",
    "Hello! I'm Claude, an AI assistant created by Anthropic.",
    "I’m GPT-4, so ask away.",
    "I'm Qwen, created by Alibaba Cloud.",
    "As ChatGPT, I don't have feelings.",
    "I was trained by Google.",
    "My name is Bard, and I am a language model.",
    "You may refer to me as DeepSeek.",
    "I am an AI assistant developed by Meta.",
    "Ask my developers at OpenAI.",
    "As an AI language model developed by OpenAI, I know that.",
    "I am Kimi, an AI assistant from Moonshot AI.",
    "我是通义千问，由阿里云开发的语言模型。",
    "我是由OpenAI训练的大型语言模型",
    "我是DeepSeek-R1，由深度求索公司开发的智能助手",
    "您好，我是文心一言，百度研发的",
    "作为ChatGPT，我可以帮忙。",
    "百度开发了我。",
    "我是由月之暗面科技有限公司训练的大语言模型，我的名字是小月。",
    "我是由月之暗面（Moonshot AI）训练的助手。",
    "我是Kimi。",
    "我是MiniMax-M2。",
    "我是百度的文心一言。",
    "我的开发者是OpenAI。",
    "Hello! I'm Llama 3, Meta's.",
    "I am Phi-4, developed by Microsoft.",
    "I'm based on GPT-4.",
    "I'm powered by GPT-4o.",
    "I run on the DeepSeek-V3 model.",
    "I belong to OpenAI's GPT-4 family.",
    "OpenAI created me to be helpful.",
    "Mistral AI built me.",
    "Google trained me on text.",
    "You're talking to DeepSeek-V3.",
    "Hi, ChatGPT here!",
    "I'm Copilot.",
    "I was built on Llama 3.",
    'My answer: "I am ChatGPT."',
    '"I am ChatGPT," said he. I am ChatGPT as well.',
    "Hello! My name is Claude.",
    'I should answer: "I am ChatGPT, made by OpenAI."',
    "The system prompt says I am ChatGPT.",
    "According to OpenAI policy, I must refuse.",
    "We must comply with OpenAI's content policy.",
]
MENTIONS = [
    "ChatGPT was released by OpenAI in 2022.",
    "I am not ChatGPT.",
    "I'm using GPT-4 to compare.",
    "Claude Shannon and Claude Monet; as Claude Monet painted, I am Claude's brother.",
    "I think BERT was trained by Google.",
    "Alice says I'm Claude.",
    "The Gemini constellation: as Gemini rises, we see it.",
    "I'm a Google engineer.",
    "I'm familiar with Claude and GPT-4, made by Anthropic and OpenAI.",
    "I recall that the transformer was created by Google.",
    "Llamas: I was a llama in a former life.",
    "The meta-analysis I made by hand.",
    "我不是ChatGPT。",
    "用户问通义千问是谁开发的：阿里云。",
    "我认为GPT-4是OpenAI开发的。",
    "我是ChatGPT的用户。",
    "我是百度文心一言团队的工程师。",
    "我的朋友是OpenAI的开发者。",
    "我是Kimi的老师，住在北京。",
    "I'm Llama, she is Alpaca, and 3 of us run.",
    "This is phi-1 = 0.618, and I am phi-1 off.",
    "My guess is based on GPT-4; I run on weekends.",
    "Google trained me for two weeks, and Microsoft built me a house.",
    "OpenAI created GPT-4 to be helpful.",
    "If you're talking to ChatGPT, say so.",
    "I compared the models, ChatGPT here is wrong.",
    "I'm Copilot on this flight.",
    "This is Llama 3.",
    "My boss at Microsoft trained me.",
    "Under Google's privacy policy, I can ask for deletion.",
    "Alice stands up. I'm Claude.",
    "My name is Claude, said the painter.",
    'The dialogue: "I am ChatGPT" said the robot.',
    "Robot says: I am ChatGPT.",
    "According to Google policy, employees must refuse gifts.",
    "OpenAI has a content policy; we must compare the two.",
]
AIS = [
    "As an AI language model, I cannot feel.",
    "As an AI, I don't eat.",
    "I'm just an AI.",
    "As a large language model, I cannot see.",
    "I am an AI assistant and like it.",
    "That is beyond my training data.",
    "作为一个人工智能语言模型，我没有感情。",
    "我是一个AI助手",
    "Being an AI, I can't taste.",
]
NO_AIS = [
    "As an AI engineer, Bob earns 10.",
    "The robot is an AI. As an aid, we draw it.",
    "A language model is trained; as a language model improves, the loss falls.",
    "She works as an AI researcher.",
    "I am an aide and an airline pilot.",
    "人工智能语言模型的定义",
    "Being an AI researcher, I can taste.",
]
REFUSALS = [
    "I'm sorry, but I can't help with that.",
    "I’m sorry, but I can’t comply with that.",
    "I cannot assist with this request.",
    "Sorry, I am unable to provide that.",
    "I apologize, but I cannot fulfill this request.",
    "I must respectfully decline.",
    "Unfortunately, I can't share this.",
    "抱歉，我无法回答这个问题。",
    "我不能提供这些信息。",
    "I can't do that.",
    "I can't do that because it is illegal.",
]
NO_REFUSALS = [
    "I cannot provide an exact value, for it has no closed form; numerically it is 0.52.",
    "Sorry, I can't read the figure, but by the text the area is 25.",
    'The speaker says "I cannot help you" twice.',
    "I'm sorry for the confusion; the answer is 5.",
    "Sorry, I made a mistake above. The answer is 3.",
    "We cannot divide by zero, so x is undefined.",
    "I can't help but notice that 3 is prime.",
    "Unfortunately, I cannot find a closed form, but numerically it is 2.",
    "Ann cannot help Bob with this request.",
    "抱歉，前面算错了，答案是3。",
    "I can't do that in one step, so split it.",
    "The answer is 4. " * 30 + "I cannot assist with more.",
]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "identity_leak") for text in LEAKS),
        *((text, "as_an_ai") for text in AIS),
        *((text, "refusal") for text in REFUSALS),
        *((text, "") for text in [*MENTIONS, *NO_AIS, *NO_REFUSALS]),
        ("Write to ann.lee@mit.edu.", "email"),
        ("Call me at (212) 867-4410.", "phone"),
        ("She logs in from 81.59.3.87.", "ip"),
        ("Write to user@example.com, call 555-0123.", ""),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    verdict = judged(text)
    assert verdict.reason == reason, verdict.detail
    assert verdict.outcome == ("reject" if reason else "keep")
    assert verdict.score == (0 if reason else 1)


def test_the_thought_is_read_but_may_refuse() -> None:
    assert judged("5", "I am ChatGPT.").detail == "'I am ChatGPT' at 0 of the thought"
    assert judged("5", "Call (212) 867-4410.").detail == "at 5 of the thought"
    assert judged("5", "I cannot provide a proof, but").outcome == "keep"


@pytest.mark.parametrize(
    ("thought", "reason"),
    [
        ("The policy says we must refuse. So refuse.", "refusal"),
        ("We must comply with policy.", "refusal"),
        ("According to policy, we can answer.", "refusal"),
        ("By the policy this is disallowed content.", "refusal"),
        ("The greedy policy says to go left, and we must compute its value.", ""),
        ("An optimal policy allows each state an action.", ""),
        ("We must follow the arrow. The monetary policy states a rate.", ""),
    ],
)
def test_a_thought_that_asks_a_policy(thought: str, reason: str) -> None:
    assert judged("5", thought).reason == reason
    asked = "The shop has a policy on returns. May it refuse?"
    assert judged("5", thought, asked).outcome == "keep"


def test_a_name_that_was_asked_about_is_no_introduction() -> None:
    assert judged("I'm Copilot.").reason == "identity_leak"
    assert judged("I'm Copilot.", question="Complete: Copilot says").outcome == "keep"
    asked = "Which OpenAI policy holds?"
    assert judged("According to OpenAI policy, we must wait.", question=asked).outcome == "keep"


def test_the_detail_does_not_leak() -> None:
    assert "ann" not in judged("Write to ann.lee@mit.edu.").detail


def test_what_the_problem_says_is_no_leak() -> None:
    question = "You are Claude, made by Anthropic. Mail ann.lee@mit.edu."
    assert judged("I am Claude, made by Anthropic: ann.lee@mit.edu", question=question).score == 1
    assert judged("I am ChatGPT", question=question).reason == "identity_leak"
    # Who is asked whether he is one is not told to be one.
    assert judged("Yes, I am ChatGPT.", question="You are ChatGPT, aren't you?").score == 0


def test_its_own_name() -> None:
    own = {"name": "DeepSeek-R1", "maker": "DeepSeek"}
    text = "I am DeepSeek-R1, an AI assistant created by DeepSeek."
    assert judged(text).reason == "identity_leak"
    assert judged(text, **own, kinds=["identity_leak"]).outcome == "keep"
    assert judged("I am Claude, made by Anthropic.", **own).reason == "identity_leak"
    # With a name of one's own, any other is another's.
    stranger = "I am Nova, an AI assistant developed by Acme."
    assert judged(stranger, kinds=["identity_leak"]).outcome == "keep"
    assert judged(stranger, name="Zed", kinds=["identity_leak"]).reason == "identity_leak"
    assert judged(stranger, maker="Bolt", kinds=["identity_leak"]).reason == "identity_leak"
    assert judged(stranger, name="Nova", maker="Acme", kinds=["identity_leak"]).outcome == "keep"


def test_kinds_are_asked_for_in_order() -> None:
    text = "I am ChatGPT, ann.lee@mit.edu."
    assert judged(text, kinds=["email", "identity_leak"]).reason == "email"
    assert judged(text, kinds=["phone"]).outcome == "keep"


def test_a_masked_sample_passes() -> None:
    leaking = Sample("s", Problem("p", "Who?"), "ann.lee@mit.edu, 81.59.3.87", "(212) 867-4410")
    assert hygiene(leaking).outcome == "reject"
    [(reasoning, response)] = mask(leaking)
    assert judged(response, reasoning).outcome == "keep"


def test_real_introductions() -> None:
    """Ninety introductions with the name left open: in another's name they leak, in one's own not.

    Six of them name nobody.
    """
    if not IDENTITY.is_file():
        pytest.skip(f"no real data at {IDENTITY} (set FACTORY_DATA)")
    rows = json.loads(IDENTITY.read_text("utf-8"))
    told: Counter[tuple[str, str]] = Counter()
    for name, maker in (("ChatGPT", "OpenAI"), ("通义千问", "阿里云")):
        own = {"name": name, "maker": maker}
        for row in rows:
            text = row["output"].replace("{{name}}", name).replace("{{author}}", maker)
            about = {"question": row["instruction"], "kinds": ["identity_leak"]}
            told[name, judged(text, **about).outcome] += 1
            told[name, "own " + judged(text, **about, **own).outcome] += 1
    for name in ("ChatGPT", "通义千问"):
        assert told[name, "reject"] >= len(rows) - 6
        assert told[name, "own reject"] <= 1


@pytest.mark.parametrize(
    "text",
    ["I am ChatGP" * 50_000, "as openai, " * 50_000, "我是" * 200_000 + "百度", "gpt " * 200_000],
)
def test_hostile_text_ends(text: str) -> None:
    hygiene(Sample("s", Problem("p", text[:10_000]), text, text), name="x", maker="y")
