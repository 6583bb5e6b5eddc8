"""`seahelm-lite tasks new`: a suite out of a file of questions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seahelm_lite.cli.options import add_trust, command, load

if TYPE_CHECKING:
    from seahelm_lite.scaffold import Scaffold

_PILLARS = ("knowledge", "understanding", "linguistics", "dialects", "culture", "safety")
_MOST = 3


def add(actions: Any) -> None:
    """Add the action."""
    new = command(
        actions,
        "new",
        "make a suite of multiple-choice questions out of a JSON-lines or CSV file",
        "seahelm-lite tasks new kuih --from kuih.csv --language ms --pillar culture --own --out my-suites\n"
        "  seahelm-lite tasks list --trust my-suites",
    )
    new.add_argument("name", metavar="NAME", help="of the suite and of its task: a-z, 0-9 and _")
    new.add_argument(
        "--from", dest="file", type=Path, required=True, metavar="FILE", help=".jsonl, .json, .csv or .tsv"
    )
    new.add_argument("--language", required=True, metavar="TAG", help="of the items, as BCP-47: ms, id, th, ms-Arab")
    new.add_argument("--pillar", required=True, choices=_PILLARS, help="what kind of ability it is about")
    whose = new.add_mutually_exclusive_group()
    whose.add_argument("--own", action="store_true", help="the items are your own: copied beside the task file")
    whose.add_argument(
        "--github",
        metavar="REPO",
        help="owner/name@commit:path, the file upstream: pinned, not copied; needless where FILE lies in a mirror",
    )
    for name, told in (("question", "question"), ("options", "list of options"), ("answer", "right option's index")):
        new.add_argument(f"--{name}", metavar="EXPR", help=f"the {told} over the columns, instead of a guess")
    new.add_argument("--out", type=Path, metavar="DIR", help="folder for the suite (default: tasks/ of this checkout)")
    add_trust(new)
    new.set_defaults(execute=execute)


def execute(options: argparse.Namespace) -> int:
    """Run the action."""
    from seahelm_lite.scaffold import NewSuite, scaffold
    from seahelm_lite.scaffold_files import write_suite

    tasks, test = _places(options.name, options.out)
    if options.out is not None and options.out not in options.trust and any(options.out.glob("*/*.yaml")):
        # What lies there already has taken its names.
        options.trust = [*options.trust, options.out]
    catalog, _ = load(options)
    wish = NewSuite(
        name=options.name,
        file=options.file,
        language=options.language,
        pillar=options.pillar,
        own=options.own,
        github=options.github,
        expressions={name: getattr(options, name) for name in ("question", "options", "answer")},
    )
    made = scaffold(wish, catalog, layout="checkout" if options.out is None else "folder")
    write_suite(tasks, made.name, made.folder, test, made.test)
    _tell(made, tasks, test, options.out, options.file)
    return 0


def _places(name: str, out: Path | None) -> tuple[Path, Path]:
    """The tasks folder, and the file of the test.

    Raises:
        SeahelmError: If no folder is named and the working directory is no checkout of ours.
    """
    from seahelm_lite.errors import SeahelmError

    if out is not None:
        return out, out / name / f"test_suite_{name}.py"
    if not Path("tasks").is_dir() or not Path("seahelm_lite", "__init__.py").is_file():
        raise SeahelmError("this folder is no checkout of seahelm-lite", remedy="Name a folder with --out DIR.")
    return Path("tasks"), Path("tests", "suites", f"test_suite_{name}.py")


def _tell(made: Scaffold, tasks: Path, test: Path, out: Path | None, file: Path) -> None:
    reading = made.reading
    for name in made.folder:
        print(tasks / name)
    print(test)
    print(f"source: {made.source}, {made.rows} rows")
    for name in ("passage", "question", "options", "answer"):
        if getattr(reading, name) is not None:
            print(f"{name}: {getattr(reading, name)}")
    if made.unused:
        print(f"columns that are not used: {', '.join(made.unused)}")
    if made.card.options_lettered:
        print("the options carry letters in the file, which are taken off")
    if made.card.prompt_language is not None:
        print(f"there are no words around an item in {made.card.language} yet: English ones are used")
    for fault in made.unreadable[:_MOST]:
        print(f"cannot be read: {fault}")
    if len(made.unreadable) > _MOST:
        print(f"and {len(made.unreadable) - _MOST} more rows; `tasks lint` names them all")
    where = (f" --trust {out}" if out is not None else "") + _mirror(made, file)
    print(f"Write what says TODO in {tasks / made.name / made.name}.yaml: {', '.join(made.card.unfinished)}. Then:")
    print(f"  seahelm-lite tasks lint {made.name}{where} --write")
    print(f"  seahelm-lite tasks preview {made.name}{where}")


def _mirror(made: Scaffold, file: Path) -> str:
    """The mirror that an upstream file was found in; with a network, or from the cache, it is found without one."""
    before, found, _ = file.resolve().as_posix().partition("/github.com/")
    return f" --mirror {before or '/'}" if found and made.upstream else ""
