"""`seahelm-lite models show`: what is known of a model, for somebody who may have to answer for using it.

Every known fact carries the number of its source; what nobody could find out says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from seahelm_lite.catalog.access import Access, Price
from seahelm_lite.catalog.model_card import ModelCard, Sourced
from seahelm_lite.cli.tables import console
from seahelm_lite.pages.texts import visible

UNKNOWN = "unknown"

_WITHOUT_NETWORK = {
    "yes": "runs in a room without a network",
    "no": "needs a network: its weights are not published",
    UNKNOWN: UNKNOWN,
}
_VERIFIED = {
    "live": "measured by a probe",
    "docs": "as the vendor's documents say; nobody of us has tried it",
    "none": "no: neither tried, nor seen in documents of the vendor",
}
_KINDS = {
    "vendor": "the vendor's own word",
    "weights": "published with the weights",
    "third-party": "others' code or pages",
    "price-map": "a library's table",
    "press": "press",
    "survey": "our notes, which do not say where they have it from",
    "common": "not checked",
}
_TYPES = {
    "gov": "government",
    "lab": "research laboratory",
    "company": "company",
    "university": "university",
    "consortium": "consortium",
}


@dataclass(frozen=True)
class Line:
    """A fact, and where it is from."""

    label: str
    text: str
    src: Sourced = "unknown"


@dataclass
class _Numbering:
    """Numbers the sources in the order in which the sheet comes to them."""

    numbers: dict[str, int] = field(default_factory=dict)

    def after(self, line: Line) -> str:
        """The numbers of a line's sources; none where there is nothing known to have a source."""
        if UNKNOWN in (line.src, line.text):
            return ""
        found = sorted(self.numbers.setdefault(name, len(self.numbers) + 1) for name in line.src)
        return " " + "".join(f"[{number}]" for number in found)


def draw(card: ModelCard) -> None:
    """The whole sheet, on standard output."""
    out, numbering = console(), _Numbering()
    out.print(f"{card.identity.name} {card.identity.version} ({card.id})", style="bold", markup=False)
    for title, lines in sections(card):
        _section(out, title, lines, numbering)
    sources = [Line(f"[{number}]", _source(card, name)) for name, number in numbering.numbers.items()]
    _section(out, "Sources", sources, numbering)


def sections(card: ModelCard) -> Iterator[tuple[str, list[Line]]]:
    """Everything the card says, in the order in which a reader asks."""
    yield "Who", list(_who(card))
    yield "Where it comes from", list(_lineage(card))
    yield "Terms", list(_terms(card))
    yield "Where data goes", list(_residency(card))
    yield "Text", list(_text(card))
    yield "Thinking", list(_thinking(card))
    if not card.access:
        yield "How it is asked", [Line("nowhere", "no way to reach it is known")]
    for place, access in enumerate(card.access):
        name = card.id if place == 0 else f"{card.id}@{access.id}"
        yield f"Asked as --model {name}", list(_access(access))
    if card.quirks:
        yield "Worth knowing", [Line("-", quirk.text, quirk.src) for quirk in card.quirks]


def _who(card: ModelCard) -> Iterator[Line]:
    identity = card.identity
    yield Line("developer", f"{identity.developer.name} ({_TYPES[identity.developer.type]})", identity.src)
    yield Line("country", identity.developer.country, identity.src)
    yield Line("released", str(identity.released), identity.src)
    yield Line("status", identity.status, identity.src)
    if identity.homepage is not None:
        yield Line("homepage", identity.homepage, identity.src)


def _lineage(card: ModelCard) -> Iterator[Line]:
    lineage = card.lineage
    yield Line("origin", lineage.origin, lineage.src)
    for parent in lineage.parents:
        yield Line("made from", f"{parent.model} ({parent.relation})", lineage.src)
    yield Line("parameters", _parameters(card), lineage.src)
    yield Line("architecture", lineage.architecture, lineage.src)
    disclosed = {"full": "disclosed", "partial": "disclosed in part", "none": "not disclosed"}
    yield Line("training data", disclosed.get(lineage.training_data, UNKNOWN), lineage.src)
    for claim in lineage.claims:
        yield Line("claimed", f"{claim} (said, and not shown)", lineage.src)


def _parameters(card: ModelCard) -> str:
    total, active = card.lineage.params_total_b, card.lineage.params_active_b
    if total == UNKNOWN:
        return UNKNOWN
    return f"{total:g} billion" + (f", {active:g} of them active for a token" if active != UNKNOWN else "")


def _terms(card: ModelCard) -> Iterator[Line]:
    terms = card.openness
    yield Line("weights", "not released" if terms.weights == "none" else terms.weights, terms.src)
    yield Line("licence", terms.licence, terms.src)
    yield Line("commercial use", terms.commercial, terms.src)
    for weights in card.weights:
        revision = "revision unknown" if weights.revision == UNKNOWN else f"revision {weights.revision}"
        yield Line("repository", f"{weights.repo} ({weights.role}; {revision})", weights.src)


def _residency(card: ModelCard) -> Iterator[Line]:
    residency = card.residency
    yield Line("under the law of", residency.developer_jurisdiction, residency.src)
    for place in residency.hosting:
        where = "country unknown" if place.country == UNKNOWN else place.country
        region = f", {place.region}" if place.region != UNKNOWN else ""
        yield Line(f"asked at {place.endpoint}", f"{where}{region}; run by {place.operator}", residency.src)
    yield Line("on premises", _WITHOUT_NETWORK[residency.air_gap], residency.src)
    if residency.hosting:
        kept = residency.retention_days
        yield Line("requests kept", UNKNOWN if kept == UNKNOWN else f"{kept} days", residency.src)
        yield Line("trains on them", residency.trains_on_inputs, residency.src)


def _text(card: ModelCard) -> Iterator[Line]:
    languages, context = card.languages, card.context
    if languages.official:
        yield Line("languages", ", ".join(languages.official), languages.src)
    if languages.claimed:
        yield Line("languages", f"{', '.join(languages.claimed)} (claimed)", languages.src)
    if not languages.official and not languages.claimed:
        yield Line("languages", UNKNOWN)
    yield Line("window", _tokens(context.window), context.src)
    yield Line("longest answer", _tokens(context.max_output), context.src)
    if context.default_max_tokens != UNKNOWN:
        told = f"{_tokens(context.default_max_tokens)}, where a request names no limit; ours always do"
        yield Line("usual answer", told, context.src)
    yield Line("system prompt", card.chat.system_role, card.chat.src)


def _thinking(card: ModelCard) -> Iterator[Line]:
    reasoning = card.reasoning
    modes = {"none": "never", "optional": "can be switched on and off", "always": "always"}
    yield Line("thinks first", modes.get(reasoning.mode, UNKNOWN), reasoning.src)
    if reasoning.mode not in ("optional", "always"):
        return
    yield Line("by default", reasoning.default, reasoning.src)
    yield Line("switched by", _switch(card), reasoning.src)
    yield Line("is found", _thoughts(reasoning.output), reasoning.src)
    if reasoning.budget_tokens != UNKNOWN:
        yield Line("we allow it", f"{_tokens(reasoning.budget_tokens)} beside those of the answer")


def _thoughts(output: str) -> str:
    kind, _, place = output.partition(":")
    words = {"field": f"in the field {place}", "tag": f"in the text, between tags {place}", "hidden": "nowhere"}
    return words.get(kind, UNKNOWN)


def _switch(card: ModelCard) -> str:
    switch = card.reasoning.switch
    if switch is None:
        return UNKNOWN
    values = [
        f"{state}: {json.dumps(value)}"
        for state, value in (("on", switch.on), ("off", switch.off))
        if state in switch.model_fields_set
    ]
    return f"{switch.field} ({', '.join(values) if values else 'values unknown'})"


def _tokens(count: int | str) -> str:
    return UNKNOWN if isinstance(count, str) else f"{count:,} tokens"


def _access(access: Access) -> Iterator[Line]:
    if access.engine is not None:
        yield Line("on this machine", f"{access.model_id}, by lm-eval's {access.engine.lm_eval}", access.src)
    else:
        yield Line("address", f"{access.base_url}, as {access.model_id}", access.src)
        yield Line("wire format", str(access.wire), access.src)
        yield Line("key", _key(access), access.src)
        yield Line("limits", ", ".join(_limits(access)) or UNKNOWN, access.src)
    yield Line("honours", ", ".join(_honoured(access)) or UNKNOWN, access.src)
    yield Line("not known", ", ".join(_open_questions(access)) or "nothing of what is asked")
    for told in _changed(access):
        yield Line("changed", told, access.src)
    if access.engine is None:
        if not access.price:
            yield Line("price", UNKNOWN)
        for price in access.price:
            yield Line("price", _price(price), (price.src,))
        on = f" ({access.verified_on})" if access.verified_on is not None else ""
        yield Line("verified", _VERIFIED[access.verified] + on)


def _key(access: Access) -> str:
    auth = access.auth
    if auth.kind == "none":
        return "none needed"
    ways = {
        "bearer": "as a bearer token",
        "header": f"in the header {auth.header}",
        "basic": "by basic authentication",
        "oauth2-client": f"exchanged for a token at {auth.token_url}",
    }
    bundle = f"; certificates by the file in {access.tls.ca_bundle_env}" if access.tls.ca_bundle_env else ""
    return f"from {auth.env}, {ways[auth.kind]}{bundle}"


def _limits(access: Access) -> Iterator[str]:
    limits = access.limits
    words = {"rpm": "requests a minute", "rps": "requests a second", "tpm": "tokens a minute"}
    for name, word in words.items():
        value = getattr(limits, name)
        if value is not None:
            yield f"{value:g} {word}"
    if limits.max_concurrency is not None:
        yield f"{limits.max_concurrency} at a time"


_ASKED = {
    "system": "system prompt",
    "stop": "stop sequences",
    "seed": "seed",
    "zero_temperature": "temperature 0",
    "chat_logprobs": "log-probabilities of answers",
    "prompt_logprobs": "log-likelihoods of given texts",
    "json_schema": "JSON schema",
    "tools": "tools",
    "stream": "streaming",
    "batch": "batches",
}
"""Of the capabilities, in words."""


def _honoured(access: Access) -> Iterator[str]:
    for name, word in _ASKED.items():
        value = getattr(access.capabilities, name, UNKNOWN)
        if value == UNKNOWN:
            continue
        if name == "chat_logprobs":
            yield f"{word}: {f'up to {value} a token' if value else 'no'}"
        else:
            yield f"{word}: {'no' if value == 'unsupported' else value}"


def _open_questions(access: Access) -> Iterator[str]:
    return (word for name, word in _ASKED.items() if getattr(access.capabilities, name, UNKNOWN) == UNKNOWN)


def _changed(access: Access) -> Iterator[str]:
    """What becomes of what a run asks for."""
    params = access.params
    if params.unsupported:
        yield f"not sent: {', '.join(params.unsupported)}; a run that asks for one says so among its deviations"
    for ours, theirs in params.rename.items():
        yield f"{ours} is sent as {theirs}"
    if params.zero_temperature_as is not None:
        sent = ", ".join(f"{name} {value}" for name, value in params.zero_temperature_as.items())
        yield f"temperature 0 is sent as {sent}"
    for name, value in params.fixed.items():
        yield f"{name} is always {value}"
    if params.unknown_field == "error":
        yield "a field that it does not know is an error"


def _price(price: Price) -> str:
    per = "a million tokens" if price.per == 1_000_000 else f"{price.per:,} tokens"
    parts = [f"{price.prompt:g} for {per} of prompts", f"{price.completion:g} of answers"]
    if price.cached is not None:
        parts.append(f"{price.cached:g} of prompts that it had cached")
    if price.per_request is not None:
        parts.append(f"{price.per_request:g} for each request")
    return f"{price.currency} {', '.join(parts)}; list price as of {price.as_of}"


def _source(card: ModelCard, name: str) -> str:
    source = card.sources[name]
    seen = f", {source.on}" if source.on is not None else ""
    return f"{source.what} ({_KINDS[source.kind]}{seen})"


def _section(out: Console, title: str, lines: Iterable[Line], numbering: _Numbering) -> None:
    out.print(f"\n{title}", style="bold", markup=False)
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for line in lines:
        text = Text(visible(line.text), style="dim" if line.text == UNKNOWN else "")
        text.append(numbering.after(line), style="dim")
        grid.add_row(Text(line.label), text)
    out.print(Padding(grid, (0, 0, 0, 2)))
