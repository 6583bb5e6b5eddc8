"""The cards of the culture probes, all made from one table: country by country the same request, asked alike.

After a change of a family file or of this module, the cards are written anew, with the sha256 of the files as they are:
`UPDATE_PROBE_CARDS=1 python -m pytest tests/catalog/test_probe_cards.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from seahelm_lite.catalog.task_card import TaskCard
from seahelm_lite.prompts.export import lm_eval_fields, to_yaml
from tests.conftest import REPOSITORY

FOLDER = REPOSITORY / "tasks" / "culture_probes"


class Country(NamedTuple):
    """A country, and the language of most of its families, whose words stand around what is asked."""

    code: str
    name: str
    language: str


COUNTRIES = (
    Country("MY", "Malaysia", "ms"),
    Country("ID", "Indonesia", "id"),
    Country("TH", "Thailand", "th"),
    Country("SG", "Singapore", "en"),
    Country("VN", "Vietnam", "vi"),
    Country("PH", "Philippines", "fil"),
    Country("BN", "Brunei", "ms"),
    Country("KH", "Cambodia", "km"),
    Country("LA", "Laos", "lo"),
    Country("MM", "Myanmar", "my"),
    Country("TL", "Timor-Leste", "pt"),
)

_TWIN = (
    "whether {what} to an everyday request from {country} fits what is law, official usage or custom there, and "
    "whether that to its twin does, which differs in the one fact that turns the right answer round"
)
_DRAFT = "These are drafts: no native speaker has reviewed them, and they rank nobody."
_DEFECTS = (
    "No native speaker has reviewed the probes.",
    "Families whose norm nobody has traced to a source are in the file and are not asked.",
)
_RULES = (
    "The checks are patterns: they do not see all that is wrong with a reply, and a fitting one may lack their words."
)


def cards() -> Iterator[dict[str, Any]]:
    """The cards as task files hold them."""
    for country in COUNTRIES:
        yield _written(country)
        if country.language != "en":
            # Singapore's local variety is English, and a handful of families in Singlish and Malay make no task.
            yield _in_english(country)
        yield _chosen(country)


def task_file(card: dict[str, Any]) -> str:
    """The text of the task file of a card."""
    checked = TaskCard.model_validate(card)
    return to_yaml(lm_eval_fields(checked, checked.protocols[0]), {"version": "1.0", "seahelm_lite": card})


def _written(country: Country) -> dict[str, Any]:
    name = f"culture_probes_{country.code.lower()}"
    twin = _TWIN.format(what="a reply", country=country.name)
    measures = f"By checks without a judge, {twin}. {_DRAFT}"
    card = _card(country, name, f"Culture probes: {country.name}", measures, _document("text", "probe"))
    card |= {**_WRITES, "defects": [*_DEFECTS, _RULES]}
    card["document"]["reference"] = "reference"
    return card | ({"parallel": {"english": f"{name}_en"}} if country.language != "en" else {})


def _in_english(country: Country) -> dict[str, Any]:
    twin = _TWIN.format(what="a reply", country=country.name)
    measures = f"The same requests in English: {twin}. {_DRAFT}"
    name, title = f"culture_probes_{country.code.lower()}_en", f"Culture probes: {country.name}, in English"
    card = _card(country, name, title, measures, _document("english", "probe_en")) | {"language": "en"}
    # What is local English already would be asked twice.
    card["document"] |= {"only": "counts and language != 'en'", "reference": "reference_en"}
    return card | {**_WRITES, "defects": [*_DEFECTS, _RULES]}


def _chosen(country: Country) -> dict[str, Any]:
    twin = _TWIN.format(what="the text that is chosen of two as the reply", country=country.name)
    measures = (
        f"By a forced choice, {twin}. A choice counts for `par` where it is the same by log-likelihood, by byte and by "
        f"mutual information, or with the texts in either order; `acc` is of the plain choice. {_DRAFT}"
    )
    name, title = f"culture_probes_{country.code.lower()}_choice", f"Culture probes: {country.name}, forced choice"
    card = _card(country, name, title, measures, _document("text", "probe"))
    card |= {
        "kind": "multiple_choice",
        "protocols": ["ll-cloze", "gen-letter"],
        "metrics": ["par", "probe_pass", "control_pass", "acc"],
        "defects": list(_DEFECTS),
    }
    card["document"] |= {"options": "options", "answer": "answer"}
    return card


_WRITES = {
    "kind": "generation",
    "protocols": ["gen"],
    "metrics": ["par", "probe_pass", "control_pass"],
    "refusal": "scored",
    "asking": "bare",
    "max_tokens": 512,
}


def _document(question: str, probe: str) -> dict[str, Any]:
    return {
        "only": "counts",
        "key": "id",
        "question": question,
        "probe": probe,
        "cluster": "family",
        "item": "id",
        # Without strata `--limit` takes whole families, of which alone `par` is.
        "pair": "family",
    }


def _card(country: Country, name: str, title: str, measures: str, document: dict[str, Any]) -> dict[str, Any]:
    path = f"culture_probes/families/{country.code.lower()}.jsonl"
    data = (REPOSITORY / "tasks" / path).read_bytes()
    return {
        "id": name,
        "suite": "culture_probes",
        "title": title,
        "measures": measures,
        "language": country.language,
        "country": country.code,
        "pillar": "culture",
        "licence": {"stated": "CC-BY-4.0", "redistributable": True, "note": "Written for this project."},
        "citation": "seahelm-lite, culture_probes, 2026",
        "data": {
            "from": {"kind": "packaged"},
            "test": [{"path": path, "sha256": hashlib.sha256(data).hexdigest(), "format": "probes"}],
        },
        "document": document,
    }
