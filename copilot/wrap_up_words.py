"""Words by which the wrap-up tells what was wrong, what was done and what was left open. English."""

# ruff: noqa: E501 - a list of words reads better on its own line

from __future__ import annotations

import re

from copilot.late_patterns import late

_DONE_VERBS = (
    "booked|rebooked|sent|e-?mailed|emailed|texted|posted|mailed|refunded|credited|cancell?ed|stopped|paused|updated|"
    "changed|corrected|amended|registered|arranged|raised|opened|placed|added|removed|taken off|taken|took off|reset|"
    "moved|rescheduled|applied|waived|blocked|unblocked|unlocked|locked|replaced|ordered|reordered|logged|noted|"
    "escalated|transferred|set up|set|paid|processed|reported|activated|deactivated|switched|extended|reversed|"
    "submitted|issued|fixed|closed|created|recorded|forwarded|passed on|passed|put|saved|linked|merged|renewed|"
    "upgraded|downgraded|reserved|held|scheduled|requested|asked|told|informed|restarted|redone|recalculated|"
    "entered|deleted|ended|discontinued|refilled|repaired|tested|disputed|filed|started|accepted|received|dispatched|shipped|renamed|attached|spread|split|flagged|approved|spoken"
)
_NOW = r"(?:just |now |already |also |then |gone ahead and |therefore )*"
DONE = late(
    rf"\b(?:i|we)(?:'ve| have)? {_NOW}(?:{_DONE_VERBS})\b"
    rf"|\b(?:(?:has|have|'s|is|are|'re)(?: all)? (?:just |now |already |all )*been|(?:is|are|'s|'re)(?: just| now| already| all)+) {_NOW}(?:{_DONE_VERBS})\b"
    rf"|\b(?:is|are|'s|'re) (?:booked|logged|noted|recorded|registered|cancell?ed|reserved|set up|placed|on hold|arranged)\b"
    rf"|\b(?:i'm|i am) (?:just |now )*(?:sending|e-?mailing|emailing|booking|ordering|refunding|crediting|adding|putting|"
    rf"opening|cancell?ing|changing|updating|passing|raising|issuing|texting|placing|registering|moving|taking)\b"
    rf"|\b(?:i|we)(?:'ve| have) {_NOW}done (?:it|that|this)\b"
    rf"|^(?:(?:okay|ok|right|so|all|there|good|perfect|great|and|yes)[,.]? )*(?:done|sorted|booked|cancell?ed|sent|refunded)\b"
    rf"|\b(?:all|that|it)(?:'s| is) (?:now |all )?(?:done|sorted|set up|booked|cancell?ed|in place|taken care of|on its way)\b"
    rf"|\byou(?:'re| are) (?:now |all )?(?:booked|registered|signed up|switched|enrolled|set up)\b"
)
"""An agent says that something was done."""
NOT_DONE = late(
    r"\b(?:not|never|n't|cannot|if|unless|once|when|until|before|as soon as|would|could|should|might|may|can|must|"
    r"will be|won't|who|which you|whether|normally|usually|always)\b|n't\b"
)
"""... or rather that it is not, not yet, or only under a condition; what stands before the verb counts."""
ABOUT_THE_CALL = late(
    r"\b(?:calls?|conversations?|chats?|line) (?:with us |with \w+ ?\w* |is |are |may be |will be )*(?:recorded|kept|monitored)|"
    r"\b(?:verified|identified|confirmed your identity|opened (?:your|the) (?:account|order|file|profile|page|booking)|"
    r"(?:got|have) (?:your|the) (?:account|order|file)|put you (?:on hold|through)|placed? you on hold|held the line|"
    r"taken (?:note|a look|too long)|asked (?:me|you)|told (?:me|you)|moved on|set off)\b|"
    r"\bthank(?:s| you) for|\bas (?:i|we) (?:said|told|explained)|\bopened in front\b"
)
"""Done about the call, not about the customer's matter."""
GREETING = late(
    r"\b(?:assist|help|helping|assisting) you\b|\blook(?:ing)? into (?:this|that|it)\b|\bbe happy to\b|\bmore than happy\b"
)
"""A promise of politeness."""
ASKED_AGAIN = late(
    r"\b(?:i|what i) (?:just |only |already )?asked\b|\bmy question (?:is|was)\b|\bthat(?:'s| is) not what i asked\b|"
    r"\banswer (?:me|my question)\b|\byou (?:haven't|didn't|have not|did not) answer"
)
RULE = late(r"\b(?:while|as long as|usually|normally|every (?:day|month|week)|the day)\b")
"""Told as what holds in general."""
PROBLEM = late(
    r"\bno (?!problem|thanks|thank|worries|idea|one|doubt|rush)\w+|\b(?:was|were) (?:meant|supposed) to\b|\bshould have\b|"
    r"\b(?:power|gas|heating|water|internet|light)(?:'s| is| was| went)? (?:off|out|down)\b|\b(?:locked|cut|thrown|throws me) (?:off|out)\b|"
    r"\b(?:not|never|no longer|n't|nothing|wrong|late|delayed|missing|lost|stolen|broken?|broke|damaged|faulty|dead|stuck|error|"
    r"problem|issue|trouble|twice|double|overcharged|charged|declined|rejected|locked|expired|leak\w*|higher|went (?:up|from)|doubled|jumped|"
    r"went up|cancel\w*|refund\w*|return\w*|exchange|replace\w*|complain\w*|dispute|moving (?:house|out|home|in|on|to)|passed away|died|"
    r"dent\w*|scratch\w*|torn|crack\w*|suspicious|scam|fraud\w*|stopped|fails?|failed|incorrect|unable|can't|cannot|"
    r"outage|cut|noise|smell|slow|drops|dropping|too (?:small|big|large|high|expensive))\b|n't\b"
)
WANTS = late(
    r"\b(?:i|we)(?:'d| would)? (?:want|wanted|need|needed|like|wish|have to)\b|\b(?:i|we)(?:'m| am|'re| are| was) (?:calling|"
    r"ringing|writing|trying|looking|hoping|thinking|wondering|here|moving)\b|\bcan (?:i|you|we|somebody|someone)\b|"
    r"\bcould (?:i|you|we)\b|\b(?:it's|it is|this is) about\b|\babout my\b|\bhow (?:do|can|much|long|many)\b|\bwhere\b|\bwhy\b|"
    r"\bis (?:it|there)\b|\bplease\b|\bwhen\b|\bwhat\b"
)
FURTHER = late(
    r"\b(?:another thing|one more|also|second(?:ly)?|something else|other (?:thing|question)|while i(?:'ve| have) (?:got )?you|"
    r"as well|separate)\b"
)
"""The customer brings up a further matter."""
DEFERS = late(
    r"\b(?:i(?:'ll| will| would have to| need to| have to)|let me|we(?:'ll| will)) (?:have to )?(?:find out|check|ask|look into|"
    r"see (?:if|whether|what)|get back|come back|clarify|confirm|investigate)|"
    r"\b(?:i(?:'m| am) not sure|i do(?:n't| not) know|i can(?:'t|not) (?:say|tell|see)|no idea|not certain|"
    r"you(?:'d| would| will|'ll) (?:have|need) to (?:ask|check|call|contact))\b"
)
"""The agent does not answer now."""
TRIVIAL = late(
    r"^(?:(?:ok(?:ay)?|right|so|and|well|sorry|hello|hi|yes|no|really|seriously|what|why|excuse me|pardon|huh|are you "
    r"(?:still )?there|can you hear me|is that (?:so|right|all|ok(?:ay)?|correct|clear|it)|you (?:know|see)|understood|"
    r"how are you(?: today| doing)?|are you (?:serious|kidding)|anything else|is (?:it|that|this) (?:a )?(?:problem|bad)|"
    r"do you (?:want|need)[^?]*|shall i[^?]*|(?:should|can|may) i (?:hold|wait|go)[^?]*|who (?:am i|is this)[^?]*|"
    r"(?:did|do|have) you (?:get|got|find|see|hear)[^?]*|is (?:this|that) (?:\w+ )?(?:a )?(?:script|robot|bot|recording)[^?]*|"
    r"are you (?:reading|a (?:robot|bot|machine))[^?]*)[\s,.!?]*)+$"
)
"""A question that nobody needs to answer later."""
RHETORICAL = late(
    r"\b(?:isn't|aren't|wasn't|doesn't|don't|didn't|won't|can't|right|yes|no|okay|correct|eh) ?(?:it|you|they|he|she|we|i)?\?$|"
    r"^(?:so|and so|meaning|which means) \b(?!what|how|when|where|why|who|is|are|do|does|can)"
)
ANSWERS = late(
    r"^(?:(?:oh|ah|well|hi|sorry|of course|good question|fair question)[,.!]? )*(?:yes|yeah|yep|no|nope|sure|of course|"
    r"certainly|absolutely|correct|exactly|you (?:can|can't|cannot|may|don't)|it (?:is|does|will|can|takes|costs)|not (?:at all|"
    r"yet|quite|really)|that's (?:right|correct|fine)|unfortunately|i'm afraid|because|both|neither|either)\b"
)
YES_NO = late(
    r"^(?:(?:oh|ah|well|sorry)[,.!]? )*(?:yes|yeah|yep|no|nope|sure|of course|certainly|absolutely|correct|exactly)\b"
)
LEAD_IN = late(
    r"^(?:(?:ok(?:ay)?|right|alright|all right|well|so|and|but|um+|uh+|er+m?|oh no|oh|ah|hi(?: there)?|hello|hey|yes|yeah|"
    r"no|good (?:morning|afternoon|evening)|thank(?:s| you)(?: so much| very much)?|great|perfect|lovely|sure|of course|"
    r"certainly|actually|basically|listen|look|sorry|now|then|good|brilliant|excellent|no problem|here they are)\b"
    r"(?:[,.!:–-]+ ?| (?=i |i'|it|that|the |my |we |you |and |so |but |then |well |what|how|can|could|is |are |do )))+",
    re.IGNORECASE,
)
CLAUSE_BORDER = late(
    r"(?:[;:–—]|, (?:and|but|so|because|which|who|since|although|while)\b|,(?= (?:i|we|you|it|they|he|she|there|that|this|my|"
    r"the|your)\b)|\s(?=but |because |so that |although |whereas )|(?<=\w)\s(?=and (?:i|we|you|it|they|he|she|there|the|my|then)\b)"
    r"|\s\()",
    re.IGNORECASE,
)
"""Where a long sentence may be cut."""
NOW = late(
    r"\b(?:now|right away|straight away|immediately|in a (?:moment|minute|second)|a moment|this minute|while (?:you|we))\b"
)
