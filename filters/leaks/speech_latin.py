"""How whoever writes Spanish, Portuguese, French or German speaks of himself."""

from filters.leaks.speech import Speech

_GAP = r"[^.!?\n]{0,60}?"
_WORD_ENDS = r"(?!\w)"
_HELPS_ES = (
    r"(?:ayudar|asistir|proporcionar|responder|cumplir|participar|generar|crear|escribir|ofrecer|"
    r"discutir|compartir|hablar|satisfacer|hacer eso|facilitar|dar(?:te|le)\b)"
)
_MADE_ES = (
    r"(?:cread[oa]|desarrollad[oa]|entrenad[oa]|hech[oa]|diseñad[oa]|construid[oa]|programad[oa]|"
    r"lanzad[oa])(?: y \w+)? por (?:la empresa |el equipo de |los? \w+ de )?"
)
SPANISH = Speech(
    cues="soy fui como mi mis llamo llamarme puedo creó entrenó desarrolló siento lamento",
    who=r"(?:(?<!no )\bsoy|\bme llamo|\bmi nombre es|\bpued\w+ llamarme)\s",
    filler=r"una?|el|la|llamad[oa]|gran|asistente|modelo",
    as_one=r"(?:\A|[.!?,;:\n(\"“¡]\s*)como ",
    goes_on=r",? (?:no |yo |también )?(?:puedo|tengo|soy|estoy|fui|carezco|he|mi|mis|me|yo)\b",
    ends=_WORD_ENDS,
    made=(
        rf"\b(?<!no )(?:soy|fui|he sido) (?:\w+ ){{0,2}}?{_MADE_ES}NAME",
        rf"\b(?<!no )soy una? (?:\w+ ){{0,2}}?AI{_GAP}(?:{_MADE_ES}|,? de )NAME",
        r"\bNAME me (?:creó|entrenó|desarrolló|hizo|diseñó)",
        r"\bme (?:creó|entrenó|desarrolló|hizo|diseñó) (?:la empresa )?NAME",
        r"\bmis? (?:cread|desarrollad|entrenad)or\w* (?:es|son|de|en) NAME",
    ),
    an_ai=r"(?:modelo (?:grande )?de (?:lenguaje|ia\b|inteligencia artificial)|ia\b|inteligencia "
    r"artificial|asistente (?:virtual|digital|de ia\b|de inteligencia|ia\b)|chatbot|"
    r"programa de (?:ordenador|computadora))",
    as_an_ai=(
        rf"\bcomo (?:una? )?(?:gran )?AI{_GAP}"
        r"\b(?:puedo|tengo|soy|estoy|fui|carezco|he|mi|mis|yo)\b",
        r"(?<!no )\bsoy (?:sol[oa] |sólo |solamente |simplemente )?una? (?:gran )?AI",
    ),
    told=r"eres|usted es|actúa como|haz de|finge ser",
    refused=(
        r"\b(?:lo siento|lo lamento|disculp\w+|perdón|lamentablemente|desafortunadamente|"
        r"me temo que)\b[^.\n]{0,40}?\bno (?:puedo|podemos|me es posible|estoy autorizad\w|"
        r"soy capaz)(?! (?:determinar|ver|encontrar|resolver|leer|hallar|calcular))"
        rf"|\bno puedo {_HELPS_ES}|\b(?:debo|tengo que) (?:negarme|rechazar|declinar)"
    ),
)
_HELPS_PT = (
    r"(?:ajudar|auxiliar|fornecer|responder|atender|cumprir|participar|gerar|criar|escrever|"
    r"oferecer|discutir|compartilhar|partilhar|falar|fazer isso)"
)
_MADE_PT = (
    r"(?:criad[oa]|desenvolvid[oa]|treinad[oa]|feit[oa]|projetad[oa]|construíd[oa]|lançad[oa])"
    r"(?: e \w+)? (?:pel[oa]|por) (?:empresa |equipe da |equipa da )?"
)
PORTUGUESE = Speech(
    cues="sou fui como eu meu meus chamo posso criou treinou desenvolveu desculpe lamento",
    who=r"(?:(?<!não )\bsou(?: [oa])?|\bme chamo|\bchamo-me|\bmeu nome é)\s",
    filler=r"uma?|o|a|chamad[oa]|grande|assistente|modelo",
    as_one=r"(?:\A|[.!?,;:\n(\"“]\s*)como (?:o |a )?",
    goes_on=r",? (?:não |eu |também )?(?:posso|tenho|sou|estou|fui|meu|minha|meus|eu|me)\b",
    ends=_WORD_ENDS,
    made=(
        rf"(?<!não )\b(?:sou|fui) (?:\w+ ){{0,2}}?{_MADE_PT}NAME",
        rf"(?<!não )\bsou uma? (?:\w+ ){{0,2}}?AI{_GAP}(?:{_MADE_PT}|,? d[aeo] )NAME",
        r"\bNAME me (?:criou|treinou|desenvolveu|fez)",
        r"\bmeus? (?:cria|desenvolve|treina)dor\w* (?:é|são|d[aeo]|n[ao]) (?:a |o )?NAME",
    ),
    an_ai=r"(?:modelo (?:grande )?de (?:linguagem|ia\b|inteligência artificial)|ia\b|inteligência "
    r"artificial|assistente (?:virtual|digital|de ia\b|de inteligência|ia\b)|chatbot|"
    r"programa de computador)",
    as_an_ai=(
        rf"\bcomo (?:uma? )?(?:grande )?AI{_GAP}\b(?:posso|tenho|sou|estou|fui|meu|minha|eu)\b",
        r"(?<!não )\bsou (?:apenas |só |somente )?uma? (?:grande )?AI",
    ),
    told=r"você é|tu és|aja como|finja ser",
    refused=(
        r"\b(?:desculp\w+|sinto muito|lamento|infelizmente)\b[^.\n]{0,40}?\bnão (?:posso|podemos|"
        r"consigo|estou autorizad\w|sou capaz)"
        r"(?! (?:determinar|ver|encontrar|resolver|ler|achar|calcular))"
        rf"|\bnão posso (?:te |lhe |o |a )?{_HELPS_PT}|\b(?:devo|tenho que) recusar"
    ),
)
_MADE_FR = (
    r"(?:créée?|développée?|entra[iî]née?|conçue?|fabriquée?|construite?|formée?)(?: et \w+)? "
    r"par (?:la société |l['’]équipe d['e’] ?|l['’]entreprise )?"
)
FRENCH = Speech(
    cues="je suis été mon mes tant appelle désolé regrette créée développé",
    who=r"\b(?:je suis|je m['’]appelle|mon nom est|appel\w+-moi)\s",
    filler=r"une?|le|la|l|nommée?|appelée?|assistante?|modèle",
    as_one=r"\ben tant que ",
    goes_on=r",? (?:je\b|j['’]|mon\b|mes\b|ma\b)",
    ends=_WORD_ENDS,
    made=(
        rf"\b(?:je suis|j['’]ai été) (?:\w+ ){{0,2}}?{_MADE_FR}NAME",
        rf"\bje suis une? (?:\w+ ){{0,2}}?AI{_GAP}(?:{_MADE_FR}|,? d(?:e |['’]))NAME",
        r"\bNAME m['’]a (?:créée?|développée?|entra[iî]née?|conçue?)",
        r"\b(?:mon|mes) (?:créat|concept|développ)eurs? (?:est|sont|de|d['’]|chez) ?NAME",
    ),
    an_ai=r"(?:(?:grand )?modèle (?:de langage|linguistique|d['’]ia\b|d['’]intelligence)|ia\b|"
    r"intelligence artificielle|assistante? (?:virtuel|numérique|ia\b|d['’]ia\b|basé)|chatbot|"
    r"programme informatique|agent conversationnel)",
    as_an_ai=(
        rf"\ben tant qu(?:e |['’])(?:une? |simple )?AI{_GAP}(?:\bje\b|\bj['’]|\bmon\b|\bmes\b)",
        r"\bje (?:ne )?suis (?:qu['’]|simplement |juste |seulement )?une? (?:simple |grand )?AI",
    ),
    told=r"tu es|vous êtes|agis comme|joue le rôle d['e’]|fais semblant d['e’]tre",
    refused=(
        r"\b(?:désolée?|je regrette|malheureusement|excusez-moi|pardon)\b[^.\n]{0,40}?\bje ne "
        r"(?:peux|puis|suis (?:pas|malheureusement pas) (?:en mesure|autorisée?|capable))"
        r"(?! (?:pas )?(?:déterminer|voir|trouver|résoudre|lire|calculer))"
        r"|\bje ne (?:peux|puis) (?:malheureusement )?(?:pas )?(?:vous |t['’]|te |l['’]|y )?"
        r"(?:aider|assister|fournir|répondre|satisfaire|participer|générer|créer|écrire|partager|"
        r"discuter|accéder à (?:cette|votre|ta))"
        r"|\bje dois (?:décliner|refuser)"
    ),
)
_MADE_DE = (
    r"(?:dem |der |den )?(?:team |firma |unternehmen )?(?:von |bei |durch )?NAME"
    r"(?: \w+)? (?:entwickelt|trainiert|erstellt|geschaffen|gebaut|erschaffen|programmiert)"
)
GERMAN = Speech(
    cues="ich mein meine mir leider leid",
    who=r"(?:\b(?:ich bin|bin ich|ich hei(?:ß|ss)e|mein name ist|nenn\w* mich)\s)",
    filler=r"eine?|der|die|das|namens|assistent|modell",
    as_one=r"(?:\A|[.!?,;:\n(\"„“]\s*)als ",
    goes_on=r",? (?:\w+ )?(?:ich|mein\w*|mir|mich)\b",
    ends=_WORD_ENDS,
    made=(
        rf"\bich (?:bin|wurde|werde)\b(?! nicht)[^.!?,\n]{{0,30}}?\bvo[nm] {_MADE_DE}",
        rf"\bich bin eine? (?:\w+ ){{0,2}}?AI,? (?:(?:das|die|der) )?vo[nm] {_MADE_DE}",
        r"\bich bin eine? (?:\w+ ){0,2}?AI,? vo[nm] NAME",
        r"\bich bin eine? vo[nm] NAME (?:\w+ ){0,2}?\w*(?:entwickelte|trainierte|erstellte)",
        r"\bNAME hat mich\b",
        r"\bmeine? (?:entwickler|schöpfer|hersteller)\w* (?:ist|sind|von|bei) NAME",
    ),
    an_ai=r"(?:ki\b(?!-(?:forsch|expert|ingen|student))(?:-\w+)?|künstliche intelligenz|"
    r"(?:großes )?\w{0,10}sprachmodell|(?:virtuelle|digitale)r? assistent|chatbot|"
    r"computerprogramm)",
    as_an_ai=(
        rf"\bals (?:eine? |reine )?(?:große[rs]? )?AI{_GAP}\b(?:ich|mir|mich|mein\w*)\b",
        r"\bich bin (?:nur |bloß |lediglich )?eine? (?:reine )?AI",
    ),
    told=r"du bist|sie sind|agiere als|spiele die rolle|gib dich als",
    refused=(
        r"\b(?:kann|darf|können|dürfen|werde) (?:ich|wir)\b[^.\n]{0,60}?\bnicht (?:\w+ ){0,2}?"
        r"(?:\w*helfen|beantworten|unterstützen|erfüllen|bereitstellen|nachkommen|erstellen|"
        r"generieren|schreiben|teilen|anbieten|liefern|entsprechen)"
        r"|\bich (?:kann|darf|werde)\b[^.\n]{0,60}?\bnicht (?:\w+ ){0,2}?"
        r"(?:\w*helfen|beantworten|unterstützen|erfüllen|bereitstellen|nachkommen|erstellen|"
        r"generieren|schreiben|teilen|anbieten|liefern|entsprechen)"
        r"|\bich muss (?:das|dies\w*|ihre \w+|deine \w+)?\s?(?:leider )?ablehnen"
    ),
)
