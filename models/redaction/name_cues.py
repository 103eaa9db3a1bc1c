"""What stands beside a personal name: "my name is", "Mr", "signed for by", the question for it."""

from __future__ import annotations

import re

from models.patterns import pattern

_OWN = r"(?:my|her|his|their|the|your|first|last|full|maiden|middle|family|account|customer'?s?|sur)"
SAID = pattern(
    rf"(?<!\w)(?:(?:{_OWN}\s)*(?:sur)?name(?:'s|\sis|\swas|\swould\sbe|\sshould\sbe|\son\s(?:it|the\s\w+)\sis|:)(?:\sspelled)?"
    r"|(?:i\sam|i'm|he's|she's|is|was)\s(?:called|named)|(?:on\sbehalf\sof|in\sthe\snames?\sof|under\sthe\snames?\s?(?:of)?"
    r"|you(?:'re|\sare)\s(?:speaking|talking|chatting)\s(?:to|with)|am\si\s(?:speaking|talking|chatting)\s(?:to|with)"
    r"|(?:spoken?|speaking|talked|talking|chatted)\s(?:to|with)|signed(?:\sfor)?\sby|account\sholder(?:\sis)?|attention\sof|care\sof)"
    r"(?:\s(?:my|her|his|a|an|the|your)\s\w+)?"
    r"|my\s(?:late\s|elderly\s)?(?:husband|wife|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|fiancée?|boss"
    r"|colleague|neighbou?r|friend|uncle|aunt|cousin|grandmother|grandfather|roommate|flatmate|assistant)(?:'s\sname\sis)?"
    r"|(?:kind\s|best\s|warm\s)?regards|sincerely(?:\syours)?|yours\struly|dear"
    r"|mijn\s(?:achter|voor)?naam\sis|ik\sheet|(?:u\sspreekt|je\sspreekt|spreek\sik)\smet|op\snaam\svan|namens"
    r"|mein\s(?:vor|nach)?name\sist|ich\shei(?:ß|ss)e|(?:sie\ssprechen|spreche\sich)\smit|auf\sden\snamen|hier\s(?:ist|spricht)"
    r"|me\sllamo|mi\s(?:nombre|apellido)\ses|a\snombre\sde|habla\scon|le\shabla"
    r"|je\sm'appelle|mon\snom\sest|au\snom\sde|jeg\sheter|(?:mitt\s(?:etter|for)?navn|navnet\smitt)\ser|du\ssnakker\smed|på\svegne\sav)"
    r"(?!\w)[\s,:.]{1,4}(?:(?:uh|um|er|it's|is)[\s,]{1,3}){0,3}"
)
"""Right before a name, whatever word it is."""
TITLE = pattern(
    r"(?<!\w)(?:mr|mrs|ms|mister|missus|herr|frau|mevrouw|meneer|dhr|mevr|señora?|senora?|señorita|sra|sr|monsieur|madame|mme"
    r"|mademoiselle|signora?|fru|dr|prof|professor)(?!\w)\.?\s{1,3}(?:(?:uh|um|er|und|van|von)\s)?"
)
"""A form of address; a name follows."""
BESIDE = pattern(
    r"(?<!\w)(?:i'm|i\sam|it's|it\sis|this\sis|that's|that\sis|is\s(?:that|this|it)|by|to|under|with|for|ask(?:ed)?|tell|told|from|and"
    r"|thank\syou|thanks|hi|hello|hey|sorry|okay|ok|sure|yes|yeah|well|welcome|morning|afternoon|evening|bye|put|let|because|when|where"
    r"|time|send|as|about|hola|hallo|bonjour|hei|danke|gracias|bedankt|takk|merci|soy|ik\sben|ich\sbin|je\ssuis|jeg\ser)"
    r"(?!\w)[\s,!.:]{1,4}(?:(?:uh|um|er|and|is|it's)[\s,]{1,3}){0,2}"
)
"""Often before a name, and as often before something else."""
BEHIND = pattern(
    r"[\s,]{1,3}(?:(?:uh|um|er)[\s,]{1,3})?(?:speaking|here|calling|on\sthe\s(?:line|phone)|at\sthe\sphone|am\sapparaat|aan\sde\slijn)(?!\w)"
)
"""Right behind a name."""
ASKED = pattern(
    r"(?<!\w)(?:your\s(?:\w+\s){0,3}(?:sur)?names?|(?:first|last|full|family|sur)\s?names?|who\s(?:am\si|is|'?s)\s(?:speaking|talking|this|calling|on)"
    r"|who(?:m)?\sam\si|whose\s(?:account|name|order)|what\s(?:should|may|can|shall)\si\scall\syou|the\sname\son|a\sname|which\sname|what\sname"
    r"|name\splease|account\sholder|uw\s(?:\w+)?naam|je\s(?:\w+)?naam|hoe\sheet|wie\s(?:spreek|bent)|met\swie|ihr(?:en)?\s(?:\w+)?name|wie\shei(?:ß|ss)en"
    r"|mit\swem|(?:su|tu)\s(?:nombre|apellido)|c[oó]mo\sse\sllama|con\squi[eé]n|votre\snom|comment\svous\sappelez|hva\sheter|navnet\sditt|hvem\ssnakker)(?!\w)"
)
"""A question that a name answers."""
SPELT = pattern(
    r"spell?(?:ed|t|ing|s)?\b|that's|that is|it's|name|with an?\b|gespeld|buchstabier|deletre|staves"
)
"""Before a name that is said letter by letter."""
INTRODUCED = pattern(
    r"(?<!\w)(?:my\sname\sis|my\sname's|i'm|i\sam|you(?:'re|\sare)\s(?:speaking|talking|chatting|through)\s(?:to|with)|this\sis|it's"
    r"|mijn\snaam\sis|ik\sben|u\sspreekt\smet|mein\sname\sist|ich\sbin|sie\ssprechen\smit|me\sllamo|mi\snombre\ses|soy|le\satiende"
    r"|je\sm'appelle|jeg\sheter|du\ssnakker\smed|regards|sincerely)(?!\w)[\s,:]{1,4}"
)
"""An agent who says who they are: nothing of the customer's."""
LEAD = pattern(
    r"[\s\"'(]*(?:(?:uh|um|er|erm|well|sure|yes|yeah|yep|ok|okay|so|oh|it's|it\sis|that's|that\sis|that\swould\sbe|this\sis|i'm|i\sam|of\scourse|certainly"
    r"|no\sproblem|hi|hello|my\sname\sis|the\sname\sis|name\sis|name's|first\sname|last\sname|surname|name|is|ja|si|sí|oui|natürlich|het\sis|das\sist|es)"
    r"(?!\w)[\s,.:!]{1,3}){0,6}"
)
"""What an answer begins with."""
STOP = frozenset(
    """
    a an the my your his her its our their this that these those i you he she it we they me him us
    them not no never also now just still only very really so too here there then than when what who
    why how is are was were be been being am do does did done have has had having can could will
    would shall should may might must need want let get got go going gone to of in on at by for from
    with about and or but if because as well ok okay yes yeah sure please thank thanks sorry right
    fine good great all any some name names called calling spelled speaking trying looking having
    getting wondering waiting asking wrong incorrect required correct different changed missing
    misspelled empty on under already again one two three four five six seven eight nine ten zero
    first last full next back number account card everyone everybody anyone anybody someone somebody
    nobody nothing something anything customer sir madam ma'am maam agent support team service
    valued member representative supervisor manager colleague een de het der die das ein eine ist
    nicht niet ik je u en und y el la los las de del que es no er ikke uh um er erm hello hi hey mr
    mrs ms miss dr herr frau who's which where whose our monday tuesday wednesday thursday friday
    saturday sunday today tomorrow yesterday tonight january february march july september october
    november december that's it's he's she's what's who's where's there's here's let's how's
    everything's said says told tells wants wanted needs ordered bought paid called phoned asked
    lost broke died passed
    """.split()
)
"""No name begins or goes on with one of these."""
FAMILY_WORDS = frozenset(
    """
    white brown young king wood woods park hall long price best bell cook baker green black gray
    grey day west ford wells ross brooks reed cole freeman cooper carter turner walker parker fisher
    butler foster marshall case bailey miller mason tucker tan hill stone rose rice bishop knight
    hunter weaver potter shepherd mills banks fields rivers lake bush cross fox wolf lamb swan
    peacock steel gold silver small little strong rich sharp wise noble moody lane street church
    field burns frost snow winter summers french english irish holland england london york lee may
    page pope priest dean abbot duke prince chambers kitchen gates barber taylor smith clark law may
    grant chance power powers ray love joy grace hope mark chase drew will guy major sergeant pastor
    monk friend kid child cousins
    """.split()
)
"""Common words that are family names behind a given name."""
PARTICLES = frozenset(
    """
    van der den de la las los del della di da do dos das von zu zur al el bin bint ibn ben ter ten
    te ó o mac mc st y e i le du 't
    """.split()
)
"""Between the words of a name."""
KEYS = frozenset(
    """
    customer customer_name customername name full_name fullname first_name firstname last_name
    lastname surname caller_name callername contact_name account_holder customer_full_name
    given_name family_name client_name
    """.split()
)
"""Keys of metadata whose value is the customer's name."""
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
"""A word that may be of a name."""
