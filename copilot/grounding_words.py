"""Words that grounding looks for: what turns a sentence round, narrows it, or makes it stronger."""

# ruff: noqa: E501 - a list of words reads better on its own line

from __future__ import annotations

import re

from copilot.late_patterns import late

NEGATIVE = late(
    r"\b(?:not|never|cannot|nobody|nothing|none|neither|nor|exclud\w+|forbidden|prohibited|refus\w+|declin\w+|"
    r"no longer|unable|impossible|isnt|arent|dont|doesnt|cant|wont|niet|geen|nicht|kein\w*|nie|ikke|ingen|"
    r"aldri|jamas|nunca|no puede\w*|ne|pas|aucun\w*)\b|n't\b|\bno (?!matter|problem|less than|more than|later "
    r"than|fewer than)(?=\w)|\bnon-?(?=refundable|returnable|transferable|cancell?able)|\bwithout\b|"
    r"\bun(?=available|returnable|insured|covered|limited\b)"
)
FREE = late(
    r"\bno (?:\w+ ){0,2}(?:charges?|fees?|costs?)\b|\bwithout (?:\w+ )?(?:charge|fee|cost)\b|\bat no (?:\w+ )?(?:cost|charge)\b|"
    r"\b(?:not|never|don't|doesn't|won't|isn't|aren't) (?:have to |need to |be )?(?:pay|cost|charge|charged)(?: (?:for )?(?:a|an|any|the))?"
    r"(?: (?:\w+ ){0,2}(?:fees?|charges?|costs?|anything))?\b|\bcosts? nothing\b|\bnothing (?:extra |more )?is charged\b|\bnothing extra\b|"
    r"\bfree of charge\b|\b(?:for|is|are|be|travels?|delivered) free\b"
)
"""Says that it is free: an amount of nothing, not a denial."""
MUST = late(
    r"\b(?:must|have to|has to|needs?|(?:is|are) (?:required|needed|obliged|necessary|mandatory)|"
    r"requires?|mandatory|moet\w*|muss|mussen|debe\w*|doit|doivent|ma)\b"
)
MAY = late(
    r"\b(?:may|can|could|might|able to|allowed|permitted|possible|optional|kan|kunnen|kann|konnen|mogen|darf|"
    r"puede\w*|peut|peuvent|kunne)\b"
)
MIGHT = late(r"\b(?:may|might|could|possibly|perhaps|usually|normally|in some cases|sometimes)\b")
USUALLY = late(r"\b(?:usually|normally|sometimes|in most cases|as a rule)\b")
WILL = late(r"\b(?:will|shall|is going to|are going to)\b|'ll\b")
STRONG = late(
    r"\b(?:always|all|every|everything|everyone|any(?:one|thing|time)?|guarantee[ds]?|definitely|certainly|"
    r"immediately|instantly|straight away|right away|at once|only|unlimited|forever|lifetime|automatically|"
    r"fully|entirely|completely|whole|full|in full|whatever|no matter|regardless|exactly|never|at any time|"
    r"immer|alle|siempre|todos?|toujours|altijd|alltid)\b"
)
"""Makes a sentence stronger: the source must be as strong."""
CONDITION = late(
    r"\b(?:if|unless|provided(?: that)?|as long as|only (?:if|when|for|with|after|before|in)|except(?: for)?|but not|"
    r"other than|apart from|subject to|in case(?: of)?|once|when|while|until|without|outside|"
    r"for (?=(?:\w+ ){0,2}(?:orders?|customers?|members?|items?|purchases|products|contracts?|accounts?|people|"
    r"anyone|those|bookings|plans|tariffs?)\b)|on (?=(?:\w+ ){0,2}(?:orders|items|purchases|plans|tariffs|bookings)\b)|"
    r"wenn|falls|nur|als|tenzij|behalve|si|salvo|excepto|sauf|hvis|unntatt)\b"
)
LEADING = late(
    r"^(?:for|after|before|above|below|over|under|with|without|in|during|outside|from|until|up to|at|on|as) (.+?)"
    r"(?:, | (?=(?:the|we|you|it|they|nothing|nobody|no|only|a|an|your|our|this|all) ))"
)
"""A condition that opens a clause: "after five wrong attempts the account is locked"."""
WITH = late(r"\bwith (?!(?:us|you|me|it|them)\b)([^,;]+)")
MONEY_TALK = late(r"\b(?:fees?|charges?|charged|pay|pays|paid|costs?|price)\b")
PARAPHRASE = frozenset(
    "appli apply mean offer offers option choos choose detail inform happen ensur ensure note simpli keep show".split()
)
"""Stems that a sentence may have although its source has not."""
NEEDLESS = late(
    r"\bno (?:\w+ ){1,3}(?:needed|required|necessary)\b|\bnot (?:need|require|necessary|needed|required|have to)|\bneedn't\b|n't (?:need|require|have to)"
)
PERIODS = late(
    r"\b(?:hour|day|week|month|quarter|year)s?\b|\b(?:hourly|daily|weekly|monthly|yearly|annual(?:ly)?)\b"
)
SPELLED = {
    word: str(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
    if value > 1
} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
}
BUSINESS_DAY = late(r"\b(?:business|working|week)[ -]?days?\b")
LATER_THAN = late(r"\b(?:after|beyond|past|later than|more than|over)(?: the)? ?$")
YOU_PAY = late(r"\b(?:you|customers?) pays?\b")
EXCEPTION = late(
    r"^(?:and |,? ?)*(?:but not|but only|unless|except|only|not |otherwise|other than|apart from)\b"
)
OPPOSITES = tuple(
    (late(rf"\b(?:{one})\b"), late(rf"\b(?:{other})\b"))
    for one, other in (
        ("before|prior to|in advance|beforehand|until", "after|afterwards|following|once"),
        ("more than|over|above|exceed\\w*|at least|minimum|no less than|or more|upwards",
         "less than|under|below|fewer than|at most|maximum|up to|no more than|or less"),
        ("within|inside", "outside|beyond"),
        ("earliest|from|no earlier", "latest|until|by|no later"),
        ("open|opens|opened|unsealed", "closed|closes|unopened|sealed"),
        ("includ\\w+|covered|covers", "exclud\\w+"),
        ("increase\\w*|rises?|raised|higher|goes up|more expensive", "decrease\\w*|falls?|lowered|lower|goes down|cheaper"),
        ("first", "last|final|second|third"),
        ("new", "old|existing|current|used"),
        ("early|earlier|sooner", "late|later"),
        ("accept\\w*|approv\\w*", "reject\\w*|refus\\w*|declin\\w*"),
        ("start\\w*|begin\\w*", "end|ends|ended|ending|stop\\w*"),
        ("used", "unused"),
        ("weekdays?|business|working", "weekends?|calendar|saturdays?|sundays?"),
        ("online|website|app", "phone|post|mail|letter|in store|in person"),
        ("buyer|customer pays|you pay|you cover|your (?:own )?(?:cost|expense)", "we pay|we cover|our (?:own )?(?:cost|expense)|at no cost"),
        ("standard", "express"),
        ("domestic|national", "international|abroad"),
        ("debit", "credit"),
        ("refund\\w*|money back|cash", "voucher|store credit|replacement"),
        ("monthly|each month|per month|a month", "yearly|annual\\w*|per year|a year|weekly|per week|once only|one-off"),
        ("faulty|damaged|broken|defective", "unwanted|undamaged|in good condition"),
        ("electricity", "gas"),
        ("adults?", "child|children|kids?"),
        ("morning", "afternoon|evening|night"),
        ("top|upper", "bottom|lower"),
        ("left", "right"),
        ("buy\\w*|bought", "sell\\w*|sold"),
        ("receiv\\w+|arriv\\w+|deliver\\w+", "order date|ordering|ordered|dispatch\\w*"),
    )
)  # fmt: skip
"""Words of which a source that has only the other one says something else."""
LINK = late(
    r"(?i)\b[a-z][a-z0-9+.-]{1,15}:/{1,2}\S|\bwww\.|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|info|biz|example|test|"
    r"ly|me|ru|cn|xyz|top|link|click|online|site|app|dev|ai|uk|de|nl|es|no|eu|us)\b(?:/|\b)|"
    r"(?:hxxps?|https?)\b|\bmailto:|\bdata:[a-z]|\bjavascript:|\bqr[- ]?code\b|\bscan (?:the|this) code\b|"
    r"\bdot (?:com|net|org|io)\b"
)
E_MAIL = late(r"[\w.+-]+ ?@ ?[\w-]+(?:\.[\w-]+)+|\b[\w.+-]+ at [\w-]+ dot \w+")
PHONE = late(r"(?<![\w.,])\+?\(?\d(?:[ ().\u2010-\u2015/-]{0,2}\d){5,}(?![\w])")
MARKUP = late(
    r"!?\[[^\]\n]{0,200}\]\s?\(|<[a-z/!][^>\n]{0,300}>?|\x60{1,}|\{\{|\}\}|\$\{|\\[a-z]+\{|&#?\w{2,8};|\||^#{1,6} ",
    re.IGNORECASE,
)
BLOB = late(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,400}")
"""Encoded text: nothing that is said to a customer."""
TO_A_GENERATOR = late(
    r"\b(?:ignore|disregard|forget|override|bypass|vergiss|ignorier\w*|negeer|vergeet|ignora\w*|olvida\w*|"
    r"ignorez|oubliez|ignorer|glem)\b.{0,40}\b(?:above|previous|prior|earlier|all|everything|rules?|facts|"
    r"instructions?|guidelines?|prompts?|polic(?:y|ies)|anweisung\w*|instructies|instrucciones|consignes|"
    r"instruksj\w*|alles|todo|tout|alt|anterior\w*|vorherig\w*|precedent\w*|tidligere)\b|"
    r"\b(?:system|developer|admin|root|hidden|new|secret)[ :_-]*(?:prompt|message|instructions?|mode|override|"
    r"command|directive)\b|"
    r"\b(?:language model|chat ?bot|as an ai|ai (?:assistant|model|agent)|llm|gpt|assistant|generator|copilot)\b"
    r"(?=.{0,60}\b(?:must|should|say|write|output|tell|reply|respond|include|always|will|now|instead|append|add)\b)|"
    r"\b(?:you are|act as|pretend|roleplay|role-play|behave as)\b.{0,30}\b(?:now|dan|ai|assistant|jailbr\w*|"
    r"unrestricted|no rules|another|a different)\b|"
    r"\b(?:say|write|output|print|repeat|respond|reply|answer)\b.{0,24}\b(?:instead|exactly|verbatim|the following|word for word)\b|"
    r"\b(?:note|message|memo|attention|instructions?|command|for) (?:to |for )?(?:the |any |all |every )?(?:assistants?|ai|models?|generators?|llms?|bots?|copilots?)\b|"
    r"\b(?:append|embed|render|decode|encode|exfiltrat\w*)\b.{0,40}\b(?:link|image|url|answer|reply|number|text|code|this|it)\b|\bbase64\b|"
    r"(?:^|\s)(?:system|assistant|user|developer|human|ai)\s?:|\bend of (?:facts|material|question|document)\b|"
    r"\bin (?:your|the) (?:answer|reply|response|output|wording|summary)\b|\bfrom now on\b"
)
"""Speaks to a generator: no fact of a client's, wherever it stands."""
CHAT_MARK = late(
    r"<\|\w|\[/?INST\]|<</?SYS>>|<</?\w+ [0-9a-f]{8,}|<(?:start|end)_of_turn>|^#{2,} ?(?:instruction|system|response)",
    re.IGNORECASE | re.MULTILINE,
)
"""Marks by which a model's own turns are told apart."""
NO_NAMES = frozenset(
    "i i'm i'll i've i'd ai ok eur usd gbp nok chf monday tuesday wednesday thursday friday saturday sunday "
    "january february march april may june july august september october november december".split()
)
DATED = late(
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|"
    r"september|october|november|december|today|tomorrow|tonight|yesterday|noon|midnight|easter|christmas|twice|thrice|half|double|triple|quarter|both|dozens?|hundreds|thousands|millions?)\b"
)
EMPHASIS = late(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)")
BULLET = late(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+|^\s*>\s+")
CUT = late(
    r"; |,? but (?=\w)|(?:, (?:and |or |so )?|(?<=\w) and )(?=(?:then |also )?(?:we|you|i|they|it|he|she|there|the|a|an|"
    r"this|that|your|our|no|all|some|customers?|returns?|refunds?|orders?|delivery|payments?)\b)|"
    r"(?<=\w) (?:and|or) (?=(?:never|not|no)\b)|(?<=\w) because (?=\w)|"
    r"(?<=\w) and (?=(?:takes?|costs?|is|are|has|must|may|can|cannot|will|arrives?|needs?|expires?|lasts?)\b)"
)


def denies(folded: str) -> bool:
    """Whether a folded clause says that something is not so; that it is free is no denial, and two make none."""
    return sum(1 for _ in NEGATIVE.finditer(FREE.sub(" ", folded))) % 2 == 1
