"""Whether a question asks for a proof: by the words that open such sentences in eight languages."""

import re

# A place where a sentence or a part of a problem begins.
BEGIN = (
    r"(?:\A|[.!?:;。！？：；\n]\s*|(?:\(\w{1,3}\)|\d[.)]|,|\bthen|\band)\s+)"
    r"(?:then |and |please |also |now ){0,2}"
)
_PROVE = re.compile(
    BEGIN + r"(?:(?:prove|show|demonstrate|verify|establish)(?: or disprove)?\b"
    r"(?: the following| that|:| the| for| using| [$\\])|(?:disprove|refute)\b(?: that|:| the))"
    r"|求证|证明(?=[：:，,$\\ ]|[^。，,；;“”\"]{0,60}[。．.$]?\s*\Z)",
    re.IGNORECASE,
)
# Spanish, German, French, Portuguese, Italian, Russian: where a sentence or its second half begins.
_PROVE_ABROAD = re.compile(
    r"(?:\A|[.!?:;,¿¡\n](?: ?[$)\]])?\s*|(?:\(\w{1,3}\)|\d[.)])\s+|\b(?:y|e|et|und|и) )"
    r"(?:(?:entonces|ahora|luego|se pide|hay que|se|si|man|nun|então|depois|poi|allora|puis|"
    r"alors|тогда) )?"
    r"(?:(?:demu[eé]str[ae]n?(?:se)?|demostr(?:ar|ad|emos)|pru[eé]b[ae]n?(?:se)?|probar"
    r"|d[eé]montr(?:er|ez|ons|e)|prouv(?:er|ez|ons|e)"
    r"|demonstr(?:e|em|ar)|prov(?:e|em|ar|are|ate|a)|dimostr(?:a|are|ate|i|iamo))"
    r"(?: que\b| qu['’]| che\b| ch['’]|:| (?:la|le|les|el|los|las|lo|il|gli|os?|as?) | l['’])"
    r"|(?:mu[eé]str[ae]n?(?:se)?|mostrar|montr(?:er|ez|ons|e)|mostr(?:e|em|a|are|ate))"
    r"(?: que\b| qu['’]| che\b| ch['’])"
    r"|(?:beweisen?|zeigen?|beweist|zeigt|begründen?)(?: sie)?(?: bitte)?"
    r"(?:,? (?:dass|daß)\b|:| (?:den satz|die (?:un)?gleichung|die behauptung|die aussage|"
    r"folgende))"
    r"|(?:докажи(?:те)?|доказать)\b|(?:покажи(?:те)?|показать),? что\b)",
    re.IGNORECASE,
)
_VERBS_ABROAD = (  # in whatever matches, and quickly looked for
    "demu", "demost", "rueb", "ruéb", "probar", "ontr", "prouv", "demonstr", "prov", "mostr",
    "uestr", "uéstr", "beweis", "zeig", "begründ", "докаж", "доказ", "покаж", "показ",
)  # fmt: skip
# A formula that was derived can be compared, where one was given.
_DERIVE = re.compile(
    BEGIN + r"derive (?:the |an? )?(?:[\w'’-]+ ){0,6}?(?:formula|identity|theorem|law|inequality|"
    r"rule|equation|relation|expression|result)s?\b",
    re.IGNORECASE,
)
ASK = re.compile(
    r"\b(?:find|compute|calculate|determine|evaluate|what(?:'s| is| are)|how many|how much|solve|"
    r"which|simplify|express)\b|求(?!证)|计算|多少|几(?!何)",
    re.IGNORECASE,
)
_ASK_ABROAD = re.compile(
    r"\b(?:hall(?:a|e|ar)|encuentr[ae]|encontr(?:ar|e)|calcul(?:a|e|ar|er|ez)|calcol(?:a|are|i)|"
    r"determin(?:a|e|ar|are)|d[eé]termin(?:er|ez)|trouve[rz]|trova(?:re)?|r[eé]solver|resuelv[ae]|"
    r"r[eé]soudre|risolv(?:i|ere)|cu[aá]nt[oa]s?|combien|quant[oiae]s?|finden?|berechnen?|"
    r"bestimmen?|ermitt(?:le|eln)|wie ?viele?|lösen?|найдите|найти|вычисли(?:те|ть)|"
    r"определи(?:те|ть)|сколько|решите|чему рав\w{1,3})\b",
    re.IGNORECASE,
)


def asked_proof(question: str, is_answered: bool) -> str:
    """What asks for a proof in English, Chinese, Spanish, German, French, Russian, Portuguese or
    Italian; "" where nothing does, or the question asks for a value too.

    A question of which an answer is known (`is_answered`) may ask to derive it. Runs of white space
    must be short: see `filters.answerable`.
    """
    found = _PROVE.search(question)
    # "Show that it is prime, and find the next" has an answer.
    if found and not ASK.search(question, found.end()):
        return "" if ASK.search(question[: found.start()]) else question[found.start() :]
    low = question.lower()
    found = _PROVE_ABROAD.search(question) if any(map(low.__contains__, _VERBS_ABROAD)) else None
    if found and not ASK.search(question) and not _ASK_ABROAD.search(question):
        return question[found.start() :]
    found = _DERIVE.search(question) if "derive" in low and not is_answered else None
    return question[found.start() :] if found and not ASK.search(question) else ""
