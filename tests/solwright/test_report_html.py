"""The page says the verdict and its assumptions first, needs nothing else, and text of others stays text (threats 11, 31, 32)."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from codegen.text import HIDDEN
from feedback.diagnose import Cause, diagnose_refusal
from feedback.events import Decided, Diagnosed, Event, Frozen, Judged
from feedback.report import Report
from solwright.report import html
from solwright.report.html import Background, render_html
from solwright.report.kept import Kept
from solwright.report.timeline import Turn, extended, read_turns, write_turns
from specs.parse import parse
from specs.render import describe
from tests.solwright.command import ROOT
from tests.solwright.samples import BOB, EVIL, REFUTED, SHORT, STATE, VERIFIED, obligation
from toolchain.errors import CertificateError
from verifier.verdict import Status

PROMISE = describe(parse(ROOT / "examples" / "vault" / "Vault.spec.sol"))
CAUSE = Cause("code wrong", "withdraw.short is broken", "reverts short: …", ("call: withdraw(2)",), "Vault.sol:3", "advice", ("other",))
TURNS = (
    Turn(1, None, (CAUSE,), "it is repaired"),
    Turn(2, replace(REFUTED, time_s=1.0), (CAUSE,), "the run stops: no more"),
    Turn(3, REFUTED),
)
BACKGROUND = Background("Vault.sol", PROMISE, TURNS)
#: Elements without an end.
VOID = {"meta"}
ELEMENTS = set(
    re.findall(
        r"\w+",
        "html head meta title style body header main nav section article h1 h2 h3 p ul ol li dl dt dd a bdi code pre q em strong span"
        " details summary table caption thead tbody tr th td",
    )
)
ATTRIBUTES = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "data-label", "aria-label"}


class Page(HTMLParser):
    """A page, read as strictly as its writer must have written it: every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.skeleton: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skeleton.append((tag, tuple(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.skeleton.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1], " ".join(data.split())))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def read(self, *elements: str) -> list[str]:
        return [text for element, text in self.texts if not elements or element in elements]

    @property
    def elements(self) -> set[str]:
        return {tag for tag, _ in self.skeleton if not tag.startswith("/")}

    @property
    def attributes(self) -> list[tuple[str, str | None]]:
        return [pair for _, pairs in self.skeleton for pair in pairs]


def page(report: Report, background: Background = BACKGROUND) -> Page:
    return Page(render_html(report, background))


@pytest.mark.parametrize("report", [REFUTED, VERIFIED, replace(REFUTED, verdict="incomplete")], ids=["refuted", "verified", "incomplete"])
def test_the_verdict_and_its_assumptions_stand_on_top(report: Report) -> None:
    text = " ".join(page(report, Background("Vault.sol", PROMISE)).read()[2:])
    title = {"verified": "✓ Verified", "not-verified": "✗ Not verified", "incomplete": "? Incomplete"}[report.verdict]
    assert text.startswith(f"{title} Vault Vault.sol against Vault.spec.sol")
    places = [
        text.index(x) for x in (title, "keccak256 is injective", "every stranger that is called accepts", "The promise, in plain words")
    ]
    assert places == sorted(places)
    assert ("✓" in text) == (report.verdict == "verified")


@pytest.mark.parametrize("background", [BACKGROUND, replace(BACKGROUND, bundle="Vault.bundle")], ids=["run", "bundle"])
def test_the_page_needs_nothing_else_and_may_load_nothing(background: Background) -> None:
    text = render_html(REFUTED, background)
    found = Page(text)
    assert found.elements <= ELEMENTS
    assert {name for name, _ in found.attributes} <= ATTRIBUTES
    (policy,) = (dict(pairs)["content"] for tag, pairs in found.skeleton if ("http-equiv", "Content-Security-Policy") in pairs)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not re.search(r"url\(|@import|expression", style)
    places = {value for name, value in found.attributes if name == "href"}
    assert places and places <= {f"#{value}" for name, value in found.attributes if name == "id"}
    assert text.index("Content-Security-Policy") < text.index("<title>")


def test_the_same_report_makes_the_same_page() -> None:
    assert render_html(REFUTED, BACKGROUND) == render_html(REFUTED, BACKGROUND)


def test_calls_and_getters_stand_in_tables() -> None:
    found = page(REFUTED, Background("Vault.sol"))
    cells = found.read("code", "td", "span")
    for cell in ("deploy()", "deposit()", "withdraw(2)", "withdraw(1)", "meanwhile, while it runs:", BOB, "succeeded", "total()", "_owed"):
        assert cell in cells, cell
    assert ("tr", (("class", "moved"),)) in found.skeleton
    assert "contract T { }" in found.read("pre")
    assert "1 more would be proved if the above were" in found.read("summary")


def test_every_obligation_stands_in_the_table_with_its_verdict_and_what_proved_it() -> None:
    text = " ".join(page(REFUTED, Background("Vault.sol")).read())
    table = text[text.index("What was proved, and by what") :]
    for o in REFUTED.obligations:
        assert f"{o.id} {o.verdict} {', '.join(o.proved_by) or '–'} {o.words}" in table


def test_every_clause_says_how_much_of_it_is_proved() -> None:
    line = next(x for x in PROMISE if x.id == "withdraw.short")
    proved = obligation("withdraw.short", line=line.line)
    other = obligation("withdraw.emits", line=line.line)
    cases: tuple[tuple[Status, str], ...] = (("PROVED", "2 of 2 proved"), ("REFUTED", "1 of 2 proved"), ("UNKNOWN", "1 of 2 proved"))
    for verdict, chip in cases:
        report = replace(REFUTED, obligations=(proved, replace(proved, id="withdraw.short@callout", verdict=verdict), other))
        found = page(report, Background("Vault.sol", PROMISE))
        at = found.texts.index(("span", chip))
        assert "reverts with InsufficientBalance" in found.texts[at - 2][1] + found.texts[at - 1][1]
        assert ("span", (("class", f"chip {verdict}"),)) in found.skeleton


def test_whatever_is_open_is_named() -> None:
    text = " ".join(page(REFUTED).read())
    for reason in (
        *REFUTED.open,
        "sweep() can change state, and the interface lacks it",
        "expected found , found missing",
        "not inductive",
    ):
        assert reason.replace(" , ", " , ") in text, reason


def test_a_bundle_says_how_it_is_checked_and_what_is_only_stated() -> None:
    text = " ".join(page(VERIFIED, Background("Vault.sol", PROMISE, bundle="Vault.bundle")).read())
    assert "solwright check Vault.bundle" in text
    assert text.count("(as stated by the maker)") == 2
    assert "solwright verify Vault.sol --spec Vault.spec.sol --fresh" in " ".join(page(VERIFIED).read())


def test_the_attempts_stand_in_their_order() -> None:
    text = " ".join(page(REFUTED).read())
    places = [
        text.index(x) for x in ("Attempt 1: refused before", "Attempt 2: not-verified", "the run stops: no more", "Attempt 3: not-verified")
    ]
    assert places == sorted(places)
    assert "this is the attempt of this page" in text
    refused = diagnose_refusal(("Vault.sol:2:1: ParserError: Expected ';'",), "contract Vault {\n  uint x\n}")
    found = page(VERIFIED, Background("Vault.sol", turns=(Turn(1, None, refused), Turn(2, REFUTED, (CAUSE,)))))
    assert "Vault.sol:2:1: ParserError: Expected ';'" in found.read("pre")
    assert "uint x" in " ".join(found.read("bdi"))
    assert CAUSE.clause not in found.read("pre")  # the calls stand in a table
    assert "The attempts" not in " ".join(page(REFUTED, Background("Vault.sol")).read())


def test_a_timeline_is_told_by_the_events() -> None:
    events: tuple[Event, ...] = (
        Frozen(parse(ROOT / "examples" / "vault" / "Vault.spec.sol")),
        Judged(1, None, False),
        Diagnosed(1, (CAUSE,)),
        Decided("repair", ""),
        Judged(2, REFUTED, False),
        Diagnosed(2, ()),
        Decided("fresh", "it goes back and forth"),
        Judged(3, VERIFIED, False),
    )
    turns: tuple[Turn, ...] = ()
    for event in events:
        turns = extended(turns, event)
    assert turns == (
        Turn(1, None, (CAUSE,), "it is repaired"),
        Turn(2, REFUTED, (), "the next one starts afresh: it goes back and forth"),
        Turn(3, VERIFIED),
    )


@pytest.mark.attack
def test_a_timeline_of_a_bundle_is_read_strictly() -> None:
    raw = write_turns(TURNS)
    again = read_turns("attempts.json", raw)
    assert write_turns(again) == raw
    assert again[0] == TURNS[0]
    assert b"contract T { }" not in raw
    assert [t.report and [o.verdict for o in t.report.obligations] for t in again] == [
        t.report and [o.verdict for o in t.report.obligations] for t in TURNS
    ]
    assert read_turns("attempts.json", write_turns(everywhere(TURNS, lambda text: f"{text}\ud800\u202e"))) != again
    deep = SHORT.calls[0]
    for _ in range(5):
        deep = replace(deep, callback=deep)
    nested = replace(REFUTED.obligations[1], counterexample=replace(SHORT, calls=(deep,)))
    damages = (
        b"[",
        b"{}",
        b'"x"',
        b"\xff",
        raw.replace(b'"REFUTED"', b'"<b>"', 1),
        raw.replace(b'"not-verified"', b'"fine"', 1),
        raw.replace(b'"number": 1', b'"number": ' + b"9" * 5000, 1),
        raw.replace(b'"number": 1', b'"number": NaN', 1),
        raw.replace(b'"number": 1', b'"number": 1, "number": 1', 1),
        raw.replace(b'"callback": null', b'"callback": ' + b'{"callback": ' * 5000 + b"null" + b"}" * 5000, 1),
        write_turns((Turn(1, replace(REFUTED, obligations=(nested,))),)),
    )
    for damaged in damages:
        with pytest.raises(CertificateError, match=r"^attempts\.json cannot be read: "):
            read_turns("attempts.json", damaged)


# ---------------------------------------------------------------- text of others

#: Fields that hold one of a few words of our own.
OURS = {"verdict", "kind", "severity", "proved_by"}


def everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value in which every text that others may have written is changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(everywhere(x, change) for x in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: everywhere(getattr(value, f.name), change) for f in fields(value) if f.name not in OURS})
    return value


def written(report: Report, background: Background, change: Callable[[str], str]) -> str:
    return render_html(everywhere(report, change), everywhere(background, change))


ATTACKS = {
    "markup": EVIL.replace(".", ""),  # what follows the last point is a clause's own name
    "elements": "</bdi></code></pre></td></table></style></title></details><script>alert(1)</script><img src=x onerror=alert(1)><!--",
    "attributes": "\"' onmouseover=alert(1) style='x' autofocus onfocus=alert(1) ><base href=//evil>",
    "template": "{{ 7 * 7 }}{% include '/etc/passwd' %}{# #}${7*7}",
    "entities": "&lt;script&gt;&#60;script&#62;&amp;lt;",
    "bidi": "\u202e\u2066\u200f\u2069\u202c\u2028\u200b\U000e0041\ufeff",
    "control": "\x00\x08\x1b[2J\x7f\x9b\r\n\x0c",
    "halves": "\ud800\udfff",
    "long": "W" * 5000,
    "marks": "e" + "\u0301" * 3000,
}


@pytest.mark.attack
@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("bundle", ["", "Vault.bundle"], ids=["run", "bundle"])
def test_text_of_others_changes_no_element_and_no_attribute(attack: str, bundle: str) -> None:
    background = replace(BACKGROUND, bundle=bundle)
    plain = Page(written(REFUTED, background, lambda text: f"{text} harmless"))
    text = written(REFUTED, background, lambda text: f"{text} {ATTACKS[attack]}")
    assert Page(text).skeleton == plain.skeleton
    assert {unicodedata.category(c) for c in text if c != "\n"}.isdisjoint(HIDDEN)
    assert text.encode("utf-8")
    assert max(map(len, text.split("\n"))) < 40_000


@pytest.mark.attack
def test_text_of_others_is_shown_as_it_was_written() -> None:
    for attack in ("elements", "attributes", "template", "entities"):
        more = ATTACKS[attack]
        found = Page(written(REFUTED, BACKGROUND, partial("{} {}".format, more)))
        shown = sum(more in text for text in found.read())
        assert shown > 50, attack
    found = Page(written(REFUTED, BACKGROUND, lambda text: f"{text} \u202egpj.exe"))
    assert any(text.endswith("<U+202E>gpj.exe") for text in found.read("bdi"))


@pytest.mark.attack
def test_text_of_others_stands_apart_from_ours() -> None:
    """Letters that are written from right to left turn nothing around them: each text has an element of its own."""
    hebrew = "\u05d0\u05d1"
    found = Page(written(REFUTED, BACKGROUND, lambda text: f"{text}{hebrew}"))
    apart = {"bdi", "code", "pre", "td", "title", "q"}
    assert {element for element, text in found.texts if hebrew in text} <= apart
    style = Path(html.__file__).with_name(html.STYLE).read_text()
    assert re.search(r"\ncode \{[^}]*unicode-bidi: isolate", style)


@pytest.mark.attack
def test_a_test_of_endless_length_is_cut() -> None:
    long = replace(REFUTED.obligations[1], counterexample=replace(SHORT, test="x\n" * 100_000))
    text = render_html(replace(REFUTED, obligations=(long,)), Background("Vault.sol"))
    assert "(98001 more lines)" in text
    assert len(text) < 100_000


def test_a_state_that_was_not_reached_says_so() -> None:
    only = replace(REFUTED, obligations=(replace(REFUTED.obligations[2], counterexample=replace(STATE, replayed=False)),))
    text = " ".join(page(only, Background("Vault.sol")).read())
    assert "It starts in a state that no promise excludes" in text
    assert "Not played on the EVM." in text
    assert "Played on a real EVM" not in text


def test_a_damaged_or_foreign_template_is_compiled_again(tmp_path: Path) -> None:
    (tmp_path / "hello").write_text("{{ name }} & co")
    kept = tmp_path / "kept"

    def page(text: str | None = None, environment: bytes = b"one") -> tuple[str, bytes]:
        if text is not None:
            (tmp_path / "hello").write_text(text)
        engine = Environment(loader=FileSystemLoader(tmp_path), autoescape=True, bytecode_cache=Kept(kept, environment))
        return engine.get_template("hello").render(name="<Eve>"), kept.read_bytes()

    first = page()
    assert first[0] == "&lt;Eve&gt; & co"
    modified = kept.stat().st_mtime_ns
    assert page() == first
    assert kept.stat().st_mtime_ns == modified  # it was not compiled again
    assert page("{{ name }}, again")[0] == "&lt;Eve&gt;, again"
    good = kept.read_bytes()
    assert page(environment=b"two")[1] != good
    for damaged in (b"", good[:40], good[:-1], good[:32] + bytes([good[32] ^ 1]) + good[33:]):
        kept.write_bytes(damaged)
        assert page()[0] == "&lt;Eve&gt;, again"
        assert kept.read_bytes() == good


def test_a_page_is_written_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("SOLWRIGHT_HOME", str(tmp_path / "file" / "home"))
    html._template.cache_clear()
    assert "<h1>" in render_html(VERIFIED, BACKGROUND)
