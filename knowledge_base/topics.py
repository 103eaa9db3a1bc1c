"""What a sentence is about: the stems of its content words, with the words of service made equal.

"Send the book back" and "the book may be returned" are about the same thing; "can", "must", "days" and
"fee" tell how and how much, not about what.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from models.patterns import pattern
from models.stems import stem

_SENT_BACK = (
    r"\b(?:send|sent|sending|bring|brought|give|gave|ship|take)(?:s|ing)? (?:it|them|that|this|"
    r"(?:the|an?|your|my) \w+(?: \w+)?)? ?back\b"
)
_MONEY_BACK = r"\bmoney back\b|\bgets? (?:[^.,;]{0,30} )?back\b|\bgive (?:\w+ )?money\b"
_PHRASES = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (_SENT_BACK, r"\g<0> returned"),
        (_MONEY_BACK, r"\g<0> refund"),
        (r"\bcheck[ -]?(in|out)\b", r"check\1"),
        (r"\bpick[ -]?up\b|\bpicked up\b|\bcollection\b", "pickup"),
        (r"\btop[ -]?ups?\b", "topup"),
        (r"\bby yourself\b|\byourself\b|\bself\b", "self"),
        (r"\bpost ?office box(?:es)?\b|\bp\.? ?o\.? box(?:es)?\b", "pobox"),
        (r"\bcool(?:ing)?[ -]off\b", "coolingoff"),
        (r"\b(?:are|is|we're|stays?|remains?) closed\b", "are open"),
        (r"\bx[ -]ray", "xray"),
        (r"\bhand (?:luggage|baggage)\b|\bcarry[ -]on\b", "hand luggage"),
        (r"\bnot opened\b|\bunopened\b|\bsealed\b", "sealed"),
        (r"\bover the phone\b|\bby telephone\b", "by phone"),
        (r"\binside\b|\bwithin the\b", "inside the"),
    )
)  # fmt: skip

_SAME = {
    "return": "returns returned returning returnable retoure",
    "refund": "refunds refunded refunding refundable reimburse reimbursed reimbursement repaid repay",
    "cancel": "cancels cancelled canceled cancelling canceling cancellation cancellations cancellable "
    "terminate "
    "terminated termination",
    "deliver": "delivery deliveries delivered delivering shipping shipment shipped ship dispatch dispatched",
    "arrive": "arrives arrived arrival arriving",
    "parcel": "parcels package packages",
    "replace": "replaces replaced replacing replacement replacements swap swapped",
    "exchange": "exchanged exchanging exchangeable",
    "repair": "repairs repaired fix fixed",
    "open": "opened opening unsealed",
    "bike": "bikes bicycle bicycles",
    "child": "children kid kids",
    "mobile": "cellphone cell",
    "buy": "bought purchase purchased purchases buying",
    "pay": "pays paid paying payment payments",
    "install": "installs installed installing installation installations",
    "warranty": "guarantee guarantees warranties",
    "notice": "notify notified",
    "change": "changes changed changing changeable modify modified amend",
    "damage": "damaged damages broken",
    "miss": "missing missed",
    "upgrade": "upgraded upgrades",
    "renew": "renewal renews renewed",
    "transfer": "transfers transferred transferable",
    "reserve": "reserved reservation reservations reserving",
    "interest": "interests",
    "proof": "receipt receipts invoice",
    "report": "reported reporting",
    "cheque": "cheques check checks",
    "bonus": "bonuses",
    "late": "later overdue",
    "early": "earlier prematurely",
    "extend": "extension extended extends",
    "pause": "paused pauses suspend suspended",
    "instalment": "instalments installment installments",
    "waive": "waived waiver waiving",
    "exception": "exceptions",
    "cover": "covered covers coverage excluded",
    "withdraw": "withdrawal withdrawn",
    "deposit": "deposits",
    "luggage": "baggage",
    "expire": "expires expired expiry valid validity",
}
_CANONICAL = {form: root for root, forms in _SAME.items() for form in (root, *forms.split())}

_GENERIC = frozenset(
    "a an the this that these those there here it its he him his she her they them their theirs i me my "
    "mine we us our ours you your yours who whom whose which what when where why how and or but nor so "
    "if then "
    "than because as of to in on at by for from with without into onto about over under after before between "
    "through up down out off again is am are was were be been being do does did done doing has have had "
    "having can could will would shall should may might must not no never nobody nothing none any some all "
    "both each every also just only very too more most such own same while until till during within yes okay "
    "ok please well now one let lets get gets got go goes going gone come comes coming make makes made "
    "say says "
    "said tell told give gives given giving want like really even still cannot cant dont im ill youll youre "
    "youve weve were thats theres wont isnt arent doesnt "
    "day days week weeks month months year years hour hours minute minutes business working calendar euro "
    "euros eur usd gbp dollar dollars pound pounds percent per cent number time times amount money people "
    "person thing things take takes taking need needs needed know see use used item items customer customers "
    "up least about first last new else sure right wrong site website rule rules policy policies page sorry "
    "afraid unfortunately course problem worry fine great thanks thank hello actually anyway simply always "
    "usually normally typically generally ever either however "
    "possible impossible allowed permitted able allow allows accept accepts accepted acceptable available "
    "required require requires requirement necessary obligatory mandatory obliged forbidden prohibited "
    "welcome "
    "include included includes enough "
    "cost costs costing charge charges charged fee fees price prices free gratis maximum minimum most best "
    "longest shortest whole full fully half everyone anybody anyone somebody else whatever reason matter "
    "regardless bring brings mean means happen happens look looks sir madam maam kindly ready way case "
    "cases let's it's that's there's you'll we'll i'll "
    "don't doesn't can't won't isn't aren't you're we're they're i'm you've we've didn't wasn't "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand two three four five six seven "
    "eight nine ten eleven twelve fourteen fifteen pm noon today tomorrow date moment back "
    "ago already yet long short many much few little lot bit currently please note remember".split()
)
_FOREIGN_GENERIC = {
    "nl": "de het een en van in op te dat is zijn was voor met u uw wij we ons onze er maar om aan bij "
    "naar na "
    "door over uit kan kunt moet mag wordt worden dagen dag weken maanden jaar uur werkdagen euro bedraagt "
    "bedragen kost kosten heeft hebben binnen maximaal",
    "de": "der die das den dem des ein eine einen einem einer und von in im zu zur zum ist sind war fur "
    "mit sie "
    "ihr ihre wir uns unser unsere es aber um an bei nach durch uber aus kann konnen muss mussen darf wird "
    "werden tage tag tagen wochen monate jahre jahr stunden werktage werktagen euro betragt betragen kostet "
    "kosten hat haben innerhalb ab gilt auf",
    "es": "el la los las un una unos unas y de del en a al que es son fue para con su sus usted nosotros "
    "nuestro "
    "se no pero por sobre desde entre hasta puede debe dias dia semanas meses anos horas habiles euros "
    "cuesta "
    "cuestan tiene tienen tarda llega",
    "fr": "le la les l un une des et de du d en a au aux que qui est sont ete pour avec vous votre vos "
    "nous notre "
    "il elle on ne pas mais par sur depuis entre jusqu peut doit jours jour semaines mois ans annees heures "
    "ouvres euros coute coutent a ont avez dans sous apres elevent s",
    "no": "en et ei den det de og av i pa til for med du dere vi oss var vare er som men om ved etter "
    "fra kan ma "
    "skal blir dager dag uker maneder ar timer virkedager kr kroner koster har innen",
}
_WORD = pattern(r"[a-z]+(?:['-][a-z]+)*")


def topic_words(text: str, language: str = "en") -> list[str]:
    """Stems of the words that say what a folded text is about, in order."""
    for phrase, instead in _PHRASES if language == "en" else ():
        text = phrase.sub(instead, text)
    return [found for word in _WORD.findall(text) for found in _stems(word, language)]


def topic(text: str, language: str = "en") -> frozenset[str]:
    """As `topic_words`, as a set."""
    return frozenset(topic_words(text, language))


@lru_cache(maxsize=100_000)
def _stems(word: str, language: str) -> tuple[str, ...]:
    generic = _generic(language)
    parts = [word.replace("-", ""), *(part for part in word.split("-") if len(part) > 3)]  # noqa: PLR2004 - words
    parts = parts if "-" in word else [word]
    kept = []
    for part in parts:
        plain = part.removesuffix("'s").removeprefix("l'").removeprefix("d'")
        if plain in generic or part in generic or len(plain) < 2:  # noqa: PLR2004 - a letter is no word
            continue
        if plain.startswith("non") and len(plain) > 6:  # noqa: PLR2004 - "nonrefundable", not "none"
            plain = plain[3:]
        if language == "en":
            kept.append(stem(_CANONICAL.get(plain, plain), "en"))
        else:
            kept.append(stem(plain, language))
    return tuple(kept)


@cache
def _generic(language: str) -> frozenset[str]:
    return _GENERIC if language == "en" else frozenset(_FOREIGN_GENERIC.get(language, "").split())
