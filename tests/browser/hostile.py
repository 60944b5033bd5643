# ruff: noqa: RUF001 - look-alike characters are the purpose of these texts
"""Hostile texts: disguised scripts, and Unicode that breaks layouts.

A script that runs would set `window.__owned`, open a dialog, or send a request to `evil.example`.
"""

from itertools import chain
from typing import Final

RUN: Final = "__owned=1"

ZALGO: Final = "".join(map(chr, range(0x0300, 0x0364)))
"""100 combining marks above and below one letter."""

FAMILY: Final = "👨‍👩‍👧‍👦"
"""One emoji of seven code points."""

_TAGS: Final = (
    f"<script>{RUN}</script>",
    f"<SCRIPT>{RUN}</SCRIPT>",
    f"<ScRiPt >{RUN}</sCrIpT >",
    f"<script/x>{RUN}</script>",
    f"<script type=module>window.{RUN}</script>",
    f"<script\u00a0>{RUN}</script>",
    "<script src=//evil.example/x.js></script>",
    "<script src=data:,window.__owned=1></script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<<script>{RUN};//<</script>",
    f"<script>{RUN}",
    f"<script>{RUN}//",
    "<script>alert`1`</script>",
    f"</script><script>{RUN}</script>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    "<iframe src=//evil.example></iframe>",
    f"<iframe src=javascript:parent.{RUN}>",
    f"<object data=javascript:{RUN}>",
    f"<embed src=javascript:{RUN}>",
    "<img src=//evil.example/pixel.png>",
    f"<xmp><script>{RUN}</script></xmp>",
    f"<plaintext><script>{RUN}</script>",
)

_ATTRIBUTES: Final = (
    f'" onmouseover="{RUN}',
    f"' onmouseover='{RUN}",
    f"x onerror={RUN} src=x",
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f'" autofocus onfocus={RUN} x="',
    f"' autofocus onfocus={RUN} x='",
    f'"/><svg onload={RUN}>',
    f"` onload=`{RUN}",
    f'" style="animation-name:x" onanimationstart="{RUN}',
    f'" popover onbeforetoggle="{RUN}',
    f'" accesskey=x onclick={RUN} x="',
    f'\\" onload=\\"{RUN}',
    f"&quot; onload=&quot;{RUN}",
    f"&#34;&#62;&#60;script&#62;{RUN}&#60;/script&#62;",
    f'" formaction="javascript:{RUN}" x="',
    f'" srcdoc="<script>parent.{RUN}</script>" x="',
)

_EVENTS: Final = (
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror='{RUN}'//",
    f"<img/src/onerror={RUN}>",
    f"<img src=x:x onerror=window.{RUN}>",
    f"<img src onerror ={RUN}>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=&#97;lert(1)>",
    "<img src=x onerror=\\u0061lert(1)>",
    "<img src=x onerror=eval(atob('X19vd25lZD0x'))>",
    "<img src=x onerror=[]['map']['constructor']('__owned=1')()>",
    f"<body onload={RUN}>",
    f"<body onpageshow={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}>",
    f"<textarea autofocus onfocus={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<video src=x onerror={RUN}>",
    f"<audio src=x onerror={RUN}>",
    f"<marquee onstart={RUN}>",
    f"<div onpointerenter={RUN} style=position:fixed;inset:0>",
    f"<button popovertarget=x onclick={RUN}>x</button>",
    f"<dialog open onclose={RUN}><form method=dialog>",
    f"<style onload={RUN}></style>",
    f"<link rel=stylesheet href=x onerror={RUN}>",
    f"<p tabindex=1 autofocus onfocusin={RUN}>",
    f"<x contenteditable onbeforeinput={RUN} autofocus>",
    f"<p style='transition:1s' ontransitionrun={RUN}>",
    f"<div onscrollend={RUN} style=overflow:auto>",
    f"<object data=x onerror={RUN}>",
)

_SVG_AND_MATH: Final = (
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><script href=data:,{RUN} /></svg>",
    f"<svg><script xlink:href=data:,{RUN}></script></svg>",
    "<svg><script>&#95;&#95;owned=1</script>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg><set onbegin={RUN} attributename=x to=1>",
    f"<svg><a xlink:href=javascript:{RUN}><text y=20>x</text></a>",
    f"<svg><a><animate attributeName=href values=javascript:{RUN} /><text>x",
    f"<svg><foreignObject><iframe src=javascript:parent.{RUN}>",
    f"<svg><image href=x onerror={RUN}>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload=__owned=1>#x'/></svg>",
    f"<svg><title><img src=x onerror={RUN}></title>",
    f"<svg><style><img src=x onerror={RUN}></style>",
    f"<svg><desc><script>{RUN}</script></desc>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x",
    f"<math><annotation-xml encoding=text/html><svg onload={RUN}>",
)

_FRAMES: Final = (
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<iframe srcdoc=&lt;script&gt;parent.{RUN}&lt;/script&gt;>",
    f"<iframe srcdoc='&#60;img src=x onerror=parent.{RUN}&#62;'>",
    f"<iframe onload={RUN}></iframe>",
    f"<iframe src='data:text/html,<script>parent.{RUN}</script>'>",
    f"<iframe/src=jaVasCript:parent.{RUN}>",
    f"<frameset onload={RUN}>",
    f"<portal src=javascript:{RUN}>",
    f"<embed src='data:image/svg+xml,<svg onload={RUN}>'>",
    "<object data='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>",
    f"<fencedframe onload={RUN}>",
)

_LINKS: Final = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    "javascript:alert(document.domain)",
    f"javascript://evil.example/%0a{RUN}",
    f"javascript:/*--></title></style>*/{RUN}",
    f"&#106;avascript:{RUN}",
    f"java&#x73;cript:{RUN}",
    f"java&Tab;script:{RUN}",
    f"java&NewLine;script&colon;{RUN}",
    f"java%73cript:{RUN}",
    f"java\\x73cript:{RUN}",
    f"javascript&#58;{RUN}",
    f"feed:javascript:{RUN}",
    f"view-source:javascript:{RUN}",
    f"vbscript:window.{RUN}",
    "VBScript:MsgBox(1)",
    f"livescript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"data:image/svg+xml,<svg onload={RUN}>",
    f"blob:https://evil.example/{RUN}",
    "file:///etc/passwd",
    "filesystem:http://evil.example/temporary/x.html",
    f"<a href=javascript:{RUN}>a link</a>",
    f"<a href=' javascript:{RUN}'>a link</a>",
    f"<a href=\x26#1;javascript:{RUN}>a link</a>",
    f"[a link](javascript:{RUN})",
    f"[a link]: <javascript:{RUN}>",
    f'![a picture](x"onerror="{RUN})',
    f"<javascript:{RUN}>",
    f'https://evil.example/"onmouseover="{RUN}',
    f"https://evil.example/'><script>{RUN}</script>",
    f"https://evil.example/?x=javascript:{RUN}",
    f"https://javascript:{RUN}@evil.example/",
    f"http://evil.example/<svg/onload={RUN}>",
    f"https://evil.example\\@good.example/<img src=x onerror={RUN}>",
    f"//evil.example/{RUN}",
)

_TEMPLATES: Final = (
    "{{constructor.constructor('__owned=1')()}}",
    "{{7*7}}",
    "${alert(1)}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{%raw%}{{7*7}}{%endraw%}",
    "{term} {name} {count} {what}",
    "$& $` $' $1 $<x> $$",
    "%s %d %(name)s {0} {0.__class__}",
    "{{$on.constructor('alert(1)')()}}",
    "<div v-html=\"'<img src=x onerror=__owned=1>'\">",
    "<div x-data x-init='__owned=1'>",
    "<div ng-app ng-csp>{{$eval.constructor('__owned=1')()}}",
    "__proto__.innerHTML=<img src=x onerror=__owned=1>",
    "@@constructor${{<%[%'\"}}%\\",
)

_STYLES: Final = (
    "<style>*{display:none}</style>",
    "<style>@import'//evil.example/x.css';</style>",
    "<p style=background:url(//evil.example/x.png)>",
    f"<p style=background:url(javascript:{RUN})>",
    f"<p style=width:expression({RUN})>",
    f"<p style=-moz-binding:url(data:,{RUN})>",
    f"<style>@keyframes x{{}}</style><p style=animation-name:x onanimationend={RUN}>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<link rel=preload as=script href=//evil.example/x.js>",
    "</style><style>body{background:url(//evil.example/x)}",
    ";color:red;background:url(//evil.example/x)",
    "<div style=position:fixed;inset:0;background:red;z-index:9999>",
)

_META_AND_BASE: Final = (
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<meta http-equiv=content-security-policy content=script-src%20*>",
    "<meta name=referrer content=unsafe-url>",
    "<base href=//evil.example/>",
    f"<base href=javascript:{RUN}//>",
    "<form action=//evil.example><button>Sign in</button>",
    f"<form><button formaction=javascript:{RUN}>x",
    f"<isindex type=image src=1 onerror={RUN}>",
    "<link rel=manifest href=//evil.example/manifest.json>",
)

_MUTATIONS: Final = (
    f"<noscript><style></noscript><img src=x onerror={RUN}>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f"<svg></p><style><a id='</style><img src=1 onerror={RUN}>'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<select><template shadowrootmode=open><img src=x onerror={RUN}>",
    f"<listing>&lt;img src=x onerror={RUN}&gt;</listing>",
    f"<textarea></textarea><img src=x onerror={RUN}>",
    f"<title></title><img src=x onerror={RUN}>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<!-- --!><img src=x onerror={RUN}>",
    f"<![CDATA[><img src=x onerror={RUN}>]]>",
    f"<?xml version=1?><img src=x onerror={RUN}>",
    f"<a><table><a></table><img src=x onerror={RUN}>",
    f"<template><script>{RUN}</script></template>",
)

_POLYGLOTS: Final = (
    f"jaVasCript:/*-/*`/*'/*\"/**/(oNcliCk={RUN})//</stYle/</titLe/</sCript/--!><sVg/oNloAd={RUN}>",
    f"'\"`><img src=x onerror={RUN}>{{{{7*7}}}}${{7*7}}javascript:{RUN}//",
    f'-->\'"/></sCript><svG x=">" onload={RUN}>',
    f"</textarea></title></style></script>--><svg/onload={RUN}>",
    f"';{RUN}//\";{RUN}//`;{RUN}//--></script>\">'><script>{RUN}</script>",
    f"*/{RUN}/*<svg/onload={RUN}>",
    f"%22%3E%3Cscript%3E{RUN}%3C/script%3E<img src=x onerror={RUN}>",
    f"1;{RUN}//<x onclick={RUN}>[x](javascript:{RUN})",
)

_SCRIPT_AND_JSON: Final = (
    f"';{RUN};'",
    f'";{RUN};"',
    f"\\';{RUN}//",
    f'\\"}});{RUN}//',
    f'"}}]}};{RUN}//',
    f"</script><img src=x onerror={RUN}>",
    f"${{{RUN}}}",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"\\x3cscript\\x3e{RUN}\\x3c/script\\x3e",
    '{"dangerouslySetInnerHTML":{"__html":"<img src=x onerror=__owned=1>"}}',
    '{"type":"script","props":{"src":"//evil.example/x.js"},"constructor":null}',
    '"__proto__":{"isHost":true}',
    f"]]>{RUN}<!--",
    f"{RUN}//\\",
)

_LOOK_ALIKES: Final = (
    f"＜script＞{RUN}＜/script＞",
    f"﹤img src=x onerror={RUN}﹥",
    f"‹script›{RUN}‹/script›",
    f"˂svg onload={RUN}˃",
    f"<ſcript>{RUN}</ſcript>",
    f"<ımg src=x onerror={RUN}>",
    f"<İmg src=x onerror={RUN}>",
    f"jаvаscript:{RUN}",
    f"ｊａｖａｓｃｒｉｐｔ：{RUN}",
    f"<scr\u200bipt>{RUN}</scr\u200bipt>",
    f"<scr\u00adipt>{RUN}</scr\u00adipt>",
    f"<img src=x onerror\u2060={RUN}>",
    f"\ufeff<script>{RUN}</script>",
    f"＂ onload＝＂{RUN}",
)

SCRIPTS: Final = tuple(
    chain(
        _TAGS,
        _ATTRIBUTES,
        _EVENTS,
        _SVG_AND_MATH,
        _FRAMES,
        _LINKS,
        _TEMPLATES,
        _STYLES,
        _META_AND_BASE,
        _MUTATIONS,
        _POLYGLOTS,
        _SCRIPT_AND_JSON,
        _LOOK_ALIKES,
    )
)
"""Each fits in a title. The server accepts all of them, and pages show them unchanged."""

UNICODE: Final = {
    "marks on one letter": f"Z{ZALGO}",
    "marks on some letters": "".join(f"{letter}{ZALGO[:40]}" for letter in "zal"),
    "enclosing marks": "o" + "\u20dd\u20de\u20df\u20e3" * 12,
    "marks at the start": "\u0301\u0336\u0489 begins with marks",
    "marks of other scripts": "ก็็็็็็็็็็็็็็็็็็็็็็็็ ཧྐཥྨླྺྼྻྂ ൣൣൣൣ",
    "families": FAMILY * 20,
    "140 emoji": "🤯" * 140,
    "flags, one of them half": "🇩🇪🇫🇷🇯🇵🇺",
    "a flag of tags": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "skins and keys": "👍🏿👩🏽‍🚀1️⃣#️⃣🏳️‍🌈",
    "variation selectors": "a" + "\ufe0f" * 40 + "b" + "".join(map(chr, range(0xE0100, 0xE0130))),
    "a long word": "W" * 140,
    "a long address": "https://example.com/" + "a" * 120,
    "wide letters": "﷽" * 40 + "𒐫" * 40,
    "Arabic": "مرحبا بكم في البث المباشر <b>شكرا</b> 123",
    "Hebrew": "שלום עולם, <i>english</i> (סוגריים) 456!",
    "marks of direction": "a\u200fb\u200ec\u061cd",
    "fillers": "x\u3164\u3164\uffa0\u2800\u115fx",
    "joiners": "a\u200b\u200c\u200d\u2060\ufeff\u00adb",
    "private and unassigned": "\ue000\uf8ff\U000f0000\U0010fffd \ufdd0\uffff\U0010ffff \U00030000",
    "replacement and object": "\ufffd\ufffc\ufff9a\ufffab\ufffb",
    "mathematical": "𝕳𝖊𝖑𝖑𝖔 𝓌𝑜𝓇𝓁𝒹 ℌ𝔢𝔩𝔩𝔬",
    "vertical": "︷︸ ꧁꧂ ‱ ⸻⸻⸻⸻",
    "interlinear": "ᅟᅠ각ᄀᄀᄀ각ᆨᆨᆨᆨ",
}
"""Each fits in a title, and is accepted and shown unchanged (in NFC)."""

CHANGED: Final = {
    "photo\u202egpj.exe": "photogpj.exe",
    "\u202d\u202a\u202bover\u202c": "over",
    "\u2066\u2067\u2068never ended": "never ended",
    "ended too often\u2069\u2069\u202c": "ended too often",
    f"java\tscript:{RUN}": f"java script:{RUN}",
    "  \u3000 blanks about \u2003 ": "blanks about",
    "e\u0301a\u0308": "éä",
}
"""Texts that the server accepts but changes, with the result."""

CONTROLS: Final = (
    "a NUL\x00 within",
    "\x00",
    "java\x00script:__owned=1",
    "<scr\x00ipt>__owned=1</scr\x00ipt>",
    "a bell \x07",
    "back\x08\x08\x08\x08",
    "\x1b[31mred\x1b[0m",
    "form\x0cfeed and vertical\x0btab",
    "\x01javascript:__owned=1",
    "delete \x7f",
    "C1 \x80 and CSI \x9b31m",
    "a lone \ud800 high surrogate",
    "a lone \udfff low surrogate",
    "\udc00\ud800 the wrong way round",
)
"""Texts that every visible field rejects."""

UNSEEN: Final = ("", "   ", "\u200b\u200d\ufeff", "\u202e\u2066", "\U000e0061\U000e0062", "\u2028")
"""Texts without visible characters, which messages and titles reject."""

EMOJI_10_000: Final = "😀" * 10_000

RETURNS: Final = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/\n/evil.example",
    "https:evil.example",
    "http:/evil.example",
    "@evil.example",
    ".evil.example",
    "/x\r\nLocation: https://evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/\x00",
    "/\ud800",
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "/" + "a" * 3_000,
    "/../..//evil.example",
    "/;//evil.example",
    "／／evil.example",
    "/\u2028/evil.example",
    "//evil。example",
)
"""Return addresses for sign-in, which must redirect only to this site."""
