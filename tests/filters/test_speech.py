"""Hygiene in other languages: who a writer says he is, that he is an AI, that he will not answer.

For each language what is to be found, and beside it its nearest opposite: a name only mentioned,
denied or asked about, an AI spoken of, an apology that is followed by an answer.
"""

import pytest

from filters.hygiene import hygiene
from filters.verdict import Verdict
from generators.records import Problem, Sample

LEAKS = {
    "es": [
        "Soy ChatGPT, un modelo de lenguaje entrenado por OpenAI.",
        "Me llamo Claude y soy un asistente de IA.",
        "Hola, soy un asistente virtual llamado Gemini.",
        "Como ChatGPT, no tengo sentimientos.",
        "Fui creado por Anthropic.",
        "Soy un modelo de lenguaje desarrollado por Google.",
        "OpenAI me entrenó con muchos textos.",
        "Mis creadores son OpenAI y otros.",
    ],
    "pt": [
        "Eu sou o ChatGPT, um modelo de linguagem treinado pela OpenAI.",
        "Meu nome é Claude, um assistente de IA.",
        "Como ChatGPT, não tenho sentimentos.",
        "Fui desenvolvido pela Anthropic.",
        "Sou um modelo de linguagem criado pelo Google.",
        "A OpenAI me treinou com muitos textos.",
    ],
    "fr": [
        "Je suis ChatGPT, un modèle de langage entraîné par OpenAI.",
        "Je m'appelle Claude, une IA créée par Anthropic.",
        "En tant que ChatGPT, je n’ai pas d’opinion.",
        "J’ai été développé par DeepSeek.",
        "Je suis un assistant virtuel conçu par Mistral AI.",
        "Mes créateurs sont OpenAI.",
    ],
    "de": [
        "Ich bin ChatGPT, ein Sprachmodell von OpenAI.",
        "Mein Name ist Claude, ich bin ein KI-Assistent.",
        "Als ChatGPT kann ich keine Gefühle haben.",
        "Ich wurde von OpenAI entwickelt.",
        "Ich bin ein großes Sprachmodell, das von Google trainiert wurde.",
        "Ich bin ein von Anthropic entwickeltes Modell.",
        "Ich heiße Qwen.",
        "Mein Name ist Claude.",
    ],
    "ru": [
        "Я ChatGPT, языковая модель от OpenAI.",
        "Меня зовут Claude, я ИИ-ассистент.",
        "Как ChatGPT, я не имею чувств.",
        "Я — языковая модель, разработанная компанией OpenAI.",
        "Я был создан компанией Anthropic.",
        "Меня создала компания Яндекс, я языковая модель.",
        "Я — YandexGPT.",
    ],
    "ja": [
        "私はChatGPTです。OpenAIの言語モデルです。",
        "私の名前はClaudeです。AIアシスタントです。",
        "私は、OpenAIによってトレーニングされた大規模言語モデルです。",
        "私はGoogleによって開発されました。",
        "ChatGPTとして、私は感情を持っていません。",
        "私はGPT-4という言語モデルです。",
        "OpenAIが私を開発しました。",
        "私はOpenAIによって開発されたChatGPTです。",
        "私はOpenAIが開発したAIアシスタントのChatGPTです。",
    ],
    "ko": [
        "저는 ChatGPT입니다.",
        "제 이름은 Claude이고, AI 어시스턴트입니다.",
        "저는 OpenAI에서 개발한 AI 언어 모델입니다.",
        "저는 Google에 의해 훈련되었습니다.",
        "저는 ChatGPT로서 감정이 없습니다.",
        "OpenAI가 저를 만들었습니다.",
        "저는 OpenAI가 개발한 ChatGPT입니다.",
        "저는 Anthropic이 만든 Claude입니다.",
        "저는 딥시크에서 만든 AI 어시스턴트입니다.",
    ],
}
MENTIONS = {
    "es": [
        "No soy ChatGPT.",
        "ChatGPT fue creado por OpenAI en 2022.",
        "Soy consciente de que GPT-4 fue creado por OpenAI.",
        "Soy usuario de ChatGPT desde hace un año.",
        "Como ChatGPT, muchos modelos fallan aquí.",
        "¿Eres ChatGPT? pregunta Ana, y yo sumo 3 y 4.",
        "Me llamo Claude y vivo en París.",
    ],
    "pt": [
        "Não sou o ChatGPT.",
        "O ChatGPT foi criado pela OpenAI.",
        "Eu uso o ChatGPT para comparar.",
        "Como o ChatGPT, outros modelos erram.",
        "Sou fã do ChatGPT.",
    ],
    "fr": [
        "Je ne suis pas ChatGPT.",
        "ChatGPT a été créé par OpenAI.",
        "Je suis sûr que GPT-4 a été entraîné par OpenAI.",
        "Je suis Claude Monet, dit le peintre.",
        "J’utilise ChatGPT pour vérifier.",
        "Je suis un étudiant qui utilise un modèle créé par OpenAI.",
    ],
    "de": [
        "Ich bin nicht ChatGPT.",
        "Ich bin sicher, dass GPT-4 von OpenAI entwickelt wurde.",
        "Als ChatGPT 2022 erschien, war das neu.",
        "Ich benutze ChatGPT zum Vergleich.",
        "Ich bin ein Freund von Claude.",
        "Mein Bruder arbeitet bei Google.",
        "Mein Name ist Claude, und ich wohne in Bonn.",
    ],
    "ru": [
        "Я не ChatGPT.",
        "Я использую ChatGPT для проверки.",
        "Я думаю, что GPT-4 создан компанией OpenAI.",
        "Как ChatGPT решает такие задачи?",
        "ChatGPT создан компанией OpenAI.",
    ],
    "ja": [
        "私はChatGPTではありません。",
        "私はChatGPTを使って確かめます。",
        "ChatGPTはOpenAIによって開発されました。",
        "私はOpenAIが開発したモデルを使っています。",
        "ChatGPTとして知られるモデルがあります。",
        "私はOpenAIが開発したChatGPTを使っています。",
        "私はOpenAIが開発したChatGPTではありません。",
    ],
    "ko": [
        "저는 ChatGPT가 아닙니다.",
        "저는 ChatGPT를 사용해 확인합니다.",
        "ChatGPT는 OpenAI에서 개발한 모델입니다.",
        "저는 OpenAI에서 만든 모델을 사용합니다.",
        "저는 OpenAI가 개발한 ChatGPT를 사용합니다.",
    ],
}
AIS = {
    "es": ["Como modelo de lenguaje, no puedo sentir.", "Soy solo una IA.", "Soy un modelo de IA."],
    "pt": ["Como modelo de linguagem, não posso sentir.", "Sou apenas uma IA."],
    "fr": [
        "En tant que modèle de langage, je ne peux pas sentir.",
        "En tant qu’IA, je n’ai pas de corps.",
        "Je ne suis qu'une IA.",
    ],
    "de": [
        "Als KI-Sprachmodell kann ich nicht fühlen.",
        "Als KI habe ich keinen Körper.",
        "Ich bin nur ein Sprachmodell.",
    ],
    "ru": ["Как языковая модель, я не могу чувствовать.", "Я всего лишь ИИ."],
    "ja": ["AI言語モデルとして、私は感情を持っていません。", "私は単なるAIです。"],
    "ko": ["AI 언어 모델로서 저는 감정이 없습니다.", "저는 AI 어시스턴트입니다."],
}
NO_AIS = {
    "es": ["No soy una IA.", "Un modelo de lenguaje predice palabras.", "Soy un experto en IA."],
    "pt": ["Não sou uma IA.", "Como modelo de linguagem, o GPT erra."],
    "fr": ["Je ne suis pas une IA.", "Je suis un chercheur en IA.", "Un modèle de langage prédit."],
    "de": ["Ich bin ein KI-Forscher.", "Als KI-Forscher kenne ich das.", "Die KI rechnet."],
    "ru": ["Я изучаю ИИ.", "Как языковая модель, GPT ошибается."],
    "ja": ["AIとして知られる技術です。", "私はAIを研究しています。"],
    "ko": ["저는 AI를 연구합니다.", "언어 모델은 단어를 예측합니다."],
}
REFUSALS = {
    "es": ["Lo siento, pero no puedo ayudarte con eso.", "No puedo proporcionar esa información."],
    "pt": ["Desculpe, mas não posso ajudar com isso.", "Não posso fornecer essas informações."],
    "fr": [
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Je ne peux pas répondre à cette demande.",
    ],
    "de": [
        "Es tut mir leid, aber dabei kann ich nicht helfen.",
        "Ich kann diese Frage leider nicht beantworten.",
    ],
    "ru": ["Извините, но я не могу помочь с этим.", "К сожалению, я не могу ответить на это."],
    "ja": [
        "申し訳ありませんが、そのご要望にはお応えできません。",
        "その質問にはお答えできません。",
    ],
    "ko": ["죄송하지만 그 요청은 도와드릴 수 없습니다.", "그 질문에는 답변할 수 없습니다."],
}
NO_REFUSALS = {
    "es": [
        "Lo siento, me equivoqué antes. La respuesta es 3.",
        "No puedo proporcionar un valor exacto, pero es 0.75.",
        "No podemos dividir por cero.",
    ],
    "pt": ["Desculpe, errei acima. A resposta é 3.", "Não podemos dividir por zero."],
    "fr": ["Désolé, je me suis trompé. La réponse est 3.", "On ne peut pas diviser par zéro."],
    "de": [
        "Entschuldigung, ich habe mich verrechnet. Die Antwort ist 3.",
        "Leider kann ich die Zahl nicht lesen, aber die Fläche ist 25.",
        "Durch null kann man nicht teilen.",
    ],
    "ru": ["Извините, я ошибся. Ответ: 3.", "На ноль делить нельзя."],
    "ja": ["申し訳ありません、計算を間違えました。答えは3です。", "ゼロで割ることはできません。"],
    "ko": ["죄송합니다, 계산이 틀렸습니다. 답은 3입니다.", "0으로 나눌 수 없습니다."],
}


def rows(table: dict[str, list[str]], reason: str) -> list[tuple[str, str]]:
    return [(text, reason) for texts in table.values() for text in texts]


def judged(response: str, question: str = "") -> Verdict:
    return hygiene(Sample("s", Problem("p", question), "", response))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *rows(LEAKS, "identity_leak"),
        *rows(AIS, "as_an_ai"),
        *rows(REFUSALS, "refusal"),
        *rows(MENTIONS, ""),
        *rows(NO_AIS, ""),
        *rows(NO_REFUSALS, ""),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    verdict = judged(text)
    assert verdict.reason == reason, verdict.detail


@pytest.mark.parametrize("reason", ["identity_leak", "as_an_ai", "refusal"])
def test_within_long_text(reason: str) -> None:
    """What is said late in a text of another language is found, and its place is told."""
    table = {"identity_leak": LEAKS, "as_an_ai": AIS, "refusal": REFUSALS}[reason]
    for texts in table.values():
        text = "x = 3. " * 2000 + texts[0]
        found = judged(text)
        assert found.reason == ("" if reason == "refusal" else reason), texts[0]
        if found.reason:
            assert int(found.detail.rpartition(" of the ")[0].rpartition(" ")[2]) >= 13_990


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Eres ChatGPT, un modelo de OpenAI.", "Soy ChatGPT."),
        ("Vous êtes ChatGPT.", "Je suis ChatGPT."),
        ("Du bist ChatGPT.", "Ich bin ChatGPT."),
        ("Ты ChatGPT.", "Я ChatGPT."),
        ("あなたはChatGPTです。", "私はChatGPTです。"),
    ],
)
def test_who_is_told_to_be_somebody_is(question: str, answer: str) -> None:
    assert judged(answer, question).outcome == "keep"
    assert judged(answer, "?").reason == "identity_leak"


@pytest.mark.parametrize("text", ["저는 gpt" * 200_000, "私はgpt、" * 200_000, "я gpt " * 200_000])
def test_hostile_text_ends(text: str) -> None:
    hygiene(Sample("s", Problem("p", "?"), text, text))
