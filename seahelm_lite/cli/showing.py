"""`seahelm-lite tasks show`: a task as a reader should see it before believing its scores."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.listing import percent, summary
from seahelm_lite.cli.options import load, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from seahelm_lite.catalog.facts import Facts
    from seahelm_lite.pages.sheets import Sheet

CAUTIONS: Mapping[str, str] = {
    "choosing": "Options are given: picking the right one is easier than answering, and a score says nothing of how a "
    "model would word it.",
    "overlap": "Answers are compared with one wanted text: what is as good but worded otherwise scores lower.",
    "longest": "Always taking the longest option is right in {longest} %, guessing in {chance} %: part of a score may "
    "be no more than that.",
    "majority": "Always giving the commonest answer earns {majority} %: part of a score may be no more than that.",
    "words": "The words around the items are in another language than the items.",
    "faults": "Some of the rows that are asked have faults (see lint), so that nobody can score 100 %.",
    "public": "The items are public: a model may have met them, with their answers, while it was trained.",
}
WITHHELD: Mapping[str, str] = {
    "licence": "not shown: the licence does not clearly allow it ({stated})",
    "hurtful": "not shown: items of this task may hurt their reader",
    "absent": "not shown: the data is not at hand; name a copy of it with --mirror",
}


def execute(options: argparse.Namespace) -> int:
    """Run the command."""
    from seahelm_lite.catalog.facts import all_known
    from seahelm_lite.pages.sheets import sheet

    catalog, where = load(options)
    task = catalog.task(options.task)
    made = sheet(task, all_known([task], catalog.roots)[task.name], where)
    if options.json:
        print_json(_told(made))
    else:
        _draw(made)
    return 0


def _told(made: Sheet) -> dict[str, Any]:
    item = None
    if made.item is not None:
        item = {"document": made.item.id, "fields": dict(made.item.fields)}
    prompts = [{"protocol": p.protocol, "text": p.text, "compared": list(p.compared)} for p in made.prompts]
    return {
        **summary(made.task, made.known),
        "detectable_assumes": _assumption(made),
        "not_shown_by_a_score": list(_cautions(made)),
        "item": item,
        "item_reason": _withheld(made),
        "prompts": prompts,
        "card": made.task.file.data["metadata"]["seahelm_lite"],
    }


def _assumption(made: Sheet) -> str:
    from seahelm_lite.scoring.detectable import assumption

    return assumption(made.card.metrics[0])


def _cautions(made: Sheet) -> Iterator[str]:
    facts = made.known.facts
    values = {} if facts is None else {**facts.baselines, "chance": facts.chance}
    shown = {name: percent(value) for name, value in values.items()}
    return (CAUTIONS[caution].format(**shown) for caution in made.cautions)


def _withheld(made: Sheet) -> str | None:
    return WITHHELD[made.withheld].format(stated=made.card.licence.stated) if made.withheld is not None else None


def _draw(made: Sheet) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from seahelm_lite.cli.tables import console
    from seahelm_lite.pages.texts import visible

    out = console()
    out.print(f"{made.card.title} ({made.name}, version {made.task.version})", style="bold", markup=False)
    out.print(visible(made.card.measures), markup=False)
    sections = {
        "What a score does not show": [("-", caution) for caution in _cautions(made)],
        "Numbers": list(_numbers(made)),
        "People": [(human.group or "all", _human(human)) for human in made.card.human],
        "Data": list(_data(made)),
        "Lint": list(_lint(made)),
    }
    for title, lines in sections.items():
        if not lines:
            continue
        out.print(f"\n{title}", style="bold")
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(overflow="fold")
        for label, text in lines:
            grid.add_row(Text(label), Text(visible(text)))
        out.print(Padding(grid, (0, 0, 0, 2)))
    _draw_item(out, made)


def _numbers(made: Sheet) -> Iterator[tuple[str, str]]:
    from seahelm_lite.catalog.quick import DOCUMENTS

    card, facts = made.card, made.known.facts
    yield "language", card.language + (f", {card.variety}" if card.variety else "")
    if card.compat.peers:
        yield "compat", ", ".join(card.compat.peers)
    yield "metrics", ", ".join(card.metrics)
    if facts is None:
        yield made.known.state, f"{made.known.reason}"
        yield "quick", f"at most {DOCUMENTS} documents, by the rule; not registered without the data"
        return
    yield "documents", f"{facts.documents} in {facts.clusters} clusters; {facts.shots} more for examples"
    if facts.options is not None:
        lo, hi = facts.options
        yield "options", str(lo) if lo == hi else f"{lo} to {hi}"
    yield "chance", facts.reasons["chance"] if facts.chance is None else f"{percent(facts.chance)} %"
    for name, value in facts.baselines.items():
        yield name, f"{percent(value)} %"
    yield "told apart", _apart(made, facts)
    yield "quick", _quick(facts)


def _apart(made: Sheet, facts: Facts) -> str:
    if facts.detectable is None:
        return facts.reasons["detectable"]
    return (
        f"two models must differ by about {percent(facts.detectable)} points before this task can tell them apart "
        f"(four times in five, at a level of 5 %, if {_assumption(made)})"
    )


def _quick(facts: Facts) -> str:
    """What `run --quick` asks of the task, and what that costs."""
    from seahelm_lite.catalog.quick import DOCUMENTS
    from seahelm_lite.cli.quick import loss_of_precision

    quick = facts.quick
    if quick is not None:
        loss = loss_of_precision(quick.times_as_wide, quick.detectable, facts.detectable)
        return f"{quick.documents} documents, registered as {quick.id}: {loss}"
    return "the whole task" if facts.documents <= DOCUMENTS else f"{DOCUMENTS} documents, by the rule; not registered"


def _human(human: Any) -> str:
    people = f"{human.n} people" if human.n is not None else "number of people not known"
    return f"{100 * human.value:.6g} % ({people}; {human.source})"


def _data(made: Sheet) -> Iterator[tuple[str, str]]:
    card, facts = made.card, made.known.facts
    may = "items may be shown" if card.licence.redistributable else "items may not be shown"
    yield "licence", ". ".join(filter(None, (f"{card.licence.stated} ({may})", card.licence.note)))
    yield "citation", card.citation
    for number, source in enumerate(made.sources[:4]):
        yield "" if number else "pinned", source
    if len(made.sources) > 4:
        yield "", f"and {len(made.sources) - 4} more files"
    if card.canary is not None:
        yield "canary", f"{card.canary}, in every row of its files; a corpus that has it holds them"
    yield "task file", str(made.task.file.path)
    for reason, count in (facts.excluded if facts is not None else {}).items():
        yield "left out", f"{count}: {reason}"
    for defect in card.defects:
        yield "known defect", defect


def _lint(made: Sheet) -> Iterator[tuple[str, str]]:
    facts = made.known.facts
    if facts is None:
        return
    for rule, counts in facts.lint.rules.items():
        yield rule, ", ".join(f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items())
    yield "in all", f"{facts.lint.status}; `tasks lint {made.name}` names the rows"


def _draw_item(out: Console, made: Sheet) -> None:
    from seahelm_lite.pages.texts import visible

    out.print("\nAn item", style="bold")
    if made.item is None:
        out.print(f"  {_withheld(made)}", markup=False)
    else:
        said = [made.item.id]
        if made.answer is not None:
            said.append(f"right is: {visible(made.answer)}")
        elif made.card.answers == "withheld":
            said.append("the makers keep the answer")
        out.print(f"  {'; '.join(said)}", markup=False)
    for prompt in made.prompts:
        out.print()
        out.rule(prompt.protocol, align="left")
        out.print(visible(prompt.text), markup=False)
        if prompt.compared:
            out.print(f"compared: {' |'.join(visible(text) for text in prompt.compared)}", style="dim", markup=False)
