"""Words that say nothing about the subject, in languages other than English.

Without them a question in Dutch is nearest to whatever is in Dutch, because it shares *hoe* and *een*.
Written for this project; casefolded, with their accents.
"""

FUNCTION_WORDS = {
    "nl": frozenset(
        "de het een en of van in op aan te voor met om bij door uit naar over onder tot is zijn was "
        "waren ben bent wordt worden werd heeft hebben heb had kan kunnen kon mag mogen moet moeten "
        "zal zullen zou ik je jij u hij zij ze we wij jullie mijn jouw uw hun ons onze dit dat deze "
        "die er hier daar wat wie waar wanneer waarom hoe welk welke niet geen ook als dan maar want "
        "dus nog al wel zo zich men hem haar".split()
    ),
    "de": frozenset(
        "der die das den dem des ein eine einen einem einer eines und oder von in im an am auf zu zum "
        "zur für mit bei durch aus nach über unter bis ist sind war waren bin bist wird werden wurde "
        "hat haben habe hatte kann können konnte darf dürfen muss müssen soll sollen würde ich du sie "
        "er es wir ihr mein meine dein ihre ihren unser unsere dies diese dieser dieses hier da was "
        "wer wo wann warum wie welche welcher welches welchen nicht kein keine auch wenn als dann "
        "aber denn also noch schon sich man".split()
    ),
    "no": frozenset(
        "en et ei den det de og eller av i på til for med om ved fra under over er var vær blir ble "
        "bli har hadde ha kan kunne må måtte skal skulle vil ville jeg du han hun vi dere min mitt "
        "mine din ditt dine deres vår vårt våre dette denne disse her der hva hvem hvor når hvorfor "
        "hvordan hvilken hvilket hvilke ikke ingen også hvis som enn men så da sin sitt sine seg man "
        "at".split()
    ),
    "fr": frozenset(
        "le la les l un une des de du d et ou en à au aux dans sur sous par pour avec sans est sont "
        "était être a ont avait avoir ai as peut peuvent puis dois doit faut je j tu il elle on nous "
        "vous ils elles mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette "
        "ces c qui que qu quoi où quand pourquoi comment quel quelle quels quelles ne n pas plus "
        "aussi si comme mais donc se s y t".split()
    ),
    "es": frozenset(
        "el la los las un una unos unas y o u de del en a al por para con sin sobre es son era ser "
        "está están ha han había haber he puede pueden puedo debe hay yo tú él ella nosotros usted "
        "ustedes ellos mi mis tu tus su sus nuestro nuestra este esta estos estas eso esto qué que "
        "quién dónde cuándo cuánto cómo cuál cuáles no ni también si como pero más muy se me te le "
        "les lo nos".split()
    ),
}
