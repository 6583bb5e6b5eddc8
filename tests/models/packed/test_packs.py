from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seahelm_lite.models.packed.packs import SHORTEST_STEM, Pack, cut, halves
from seahelm_lite.models.packed.sequences import Encoded, SequenceList, sequences_of
from seahelm_lite.models.packed.tree import chain_of, tree_of

LONG = 10_000

examples = settings(max_examples=60, deadline=None)

LONGEST_CONTINUATION = 6
_few_tokens = st.lists(st.integers(0, 2), min_size=1, max_size=LONGEST_CONTINUATION)


@st.composite
def requests(draw: st.DrawFn) -> list[Encoded]:
    """Requests that share beginnings of all lengths: out of few tokens, after a few stems that are long enough."""
    stems = [[7] * draw(st.sampled_from([0, 5, SHORTEST_STEM, 3 * SHORTEST_STEM])) for _ in range(2)]
    drawn = draw(st.lists(st.tuples(st.sampled_from(stems), _few_tokens, _few_tokens), min_size=1, max_size=25))
    return [Encoded([*stem, *context], continuation) for stem, context, continuation in drawn]


def _nodes(wanted: Sequence[Encoded]) -> set[tuple[int, ...]]:
    """The trie, spelt out: every beginning of everything that has to be run."""
    wholes = [tuple([*r.context, *r.continuation][:-1]) for r in wanted]
    return {whole[:end] for whole in wholes for end in range(1, len(whole) + 1)}


@examples
@given(requests())
def test_as_many_tokens_are_distinct_as_the_trie_has_nodes(wanted: list[Encoded]) -> None:
    assert sequences_of(wanted, LONG).distinct == len(_nodes(wanted))


@examples
@given(requests(), st.integers(1, 200))
def test_every_sequence_is_in_one_pack_and_packs_keep_the_order(wanted: list[Encoded], budget: int) -> None:
    sequences = sequences_of(wanted, LONG)
    packs = cut(sequences, budget)
    assert [index for pack in packs for index in range(pack.first, pack.end)] == list(range(len(sequences.tokens)))
    for pack in packs:
        assert pack.size <= budget or _is_indivisible(sequences, pack)


def _is_indivisible(sequences: SequenceList, pack: Pack) -> bool:
    return pack.end - pack.first == 1


@examples
@given(requests(), st.integers(1, 200))
def test_a_stem_is_the_beginning_of_all_its_sequences_and_ends_before_anything_asked(
    wanted: list[Encoded], budget: int
) -> None:
    sequences = sequences_of(wanted, LONG)
    for pack in cut(sequences, budget):
        if pack.stem is None:
            continue
        beginning = sequences.tokens[pack.stem.sequence][: pack.base]
        for index in range(pack.first, pack.end):
            assert np.array_equal(sequences.tokens[index][: pack.base], beginning)
            assert all(len(sequences.tokens[index]) - len(a.targets) >= pack.base for a in sequences.asks[index])
        assert pack.stem.length - pack.stem.start >= SHORTEST_STEM


@examples
@given(requests(), st.integers(40, 200))
def test_no_more_is_run_twice_than_a_short_beginning_of_each_pass(wanted: list[Encoded], budget: int) -> None:
    sequences = sequences_of(wanted, LONG)
    packs = cut(sequences, budget)
    stems = {stem for pack in packs for stem in _stems(pack)}
    run = sum(pack.size for pack in packs) + sum(stem.length - stem.start for stem in stems)
    passes = len(packs) + len(stems)
    assert sequences.distinct <= run <= sequences.distinct + passes * (SHORTEST_STEM + LONGEST_CONTINUATION)


def _stems(pack: Pack) -> list[object]:
    found, stem = [], pack.stem
    while stem is not None:
        found.append(stem)
        stem = stem.parent
    return found


@examples
@given(requests(), st.integers(1, 200))
def test_a_node_sees_its_own_beginning_and_nothing_else(wanted: list[Encoded], budget: int) -> None:
    sequences = sequences_of(wanted, LONG)
    for pack in cut(sequences, budget):
        tree = tree_of(sequences, pack)
        assert len(tree.tokens) == pack.size
        stem = tuple(sequences.tokens[pack.first][: pack.base].tolist())
        for node in range(pack.size):
            seen = [*stem, *tree.tokens[tree.visible[node]].tolist()]
            assert tuple(seen) in _nodes(wanted)
            assert len(seen) == tree.positions[node] + 1


@examples
@given(requests(), st.integers(1, 200))
def test_every_request_finds_its_targets_after_its_own_beginning(wanted: list[Encoded], budget: int) -> None:
    sequences = sequences_of(wanted, LONG)
    found = {}
    for pack in cut(sequences, budget):
        tree = tree_of(sequences, pack)
        stem = sequences.tokens[pack.first][: pack.base].tolist()
        for asked in tree.asked:
            nodes = tree.logits_at[asked.rows]
            for node, target in zip(nodes, asked.targets, strict=True):
                found.setdefault(asked.request, []).append(
                    ([*stem, *tree.tokens[tree.visible[node]].tolist()], int(target))
                )
    for index, request in enumerate(wanted):
        whole = [*request.context, *request.continuation]
        assert found[index] == [(whole[:at], whole[at]) for at in range(len(request.context), len(whole))]


def test_one_token_continuations_of_a_context_cost_nothing_but_the_context() -> None:
    sequences = sequences_of([Encoded([1, 2, 3], [letter]) for letter in (4, 5, 6, 7)], LONG)
    assert (len(sequences.tokens), sequences.distinct) == (1, 3)


@pytest.mark.parametrize(
    ("longest", "kept", "truncated"), [(10, [1, 2, 3, 4], 0), (4, [1, 2, 3, 4], 0), (3, [2, 3, 4], 1), (2, [3, 4], 1)]
)
def test_what_is_too_long_loses_its_beginning_and_is_counted(longest: int, kept: list[int], truncated: int) -> None:
    sequences = sequences_of([Encoded([1, 2, 3], [4, 5])], longest)
    assert (sequences.tokens[0].tolist(), sequences.truncated) == (kept, truncated)


def test_halves_of_a_pack_hold_what_it_held_on_the_same_stem() -> None:
    stem = list(range(100, 100 + SHORTEST_STEM))
    sequences = sequences_of([Encoded([*stem, number, number], [9]) for number in range(50)], LONG)
    pack = cut(sequences, 40)[0]
    first, second = halves(sequences, pack)
    assert (first.first, first.end, second.end) == (pack.first, second.first, pack.end)
    assert first.stem is second.stem is pack.stem
    assert [len(tree_of(sequences, half).tokens) for half in (first, second)] == [first.size, second.size]
    single = Pack(0, 1, None, len(sequences.tokens[0]))
    assert halves(sequences, single) == [single]


def test_a_stem_that_continues_another_runs_only_its_own_tokens() -> None:
    outer, inner = list(range(100, 140)), list(range(200, 240))
    wanted = [Encoded([*outer, *inner, n, n], [9]) for n in range(30)] + [
        Encoded([*outer, n, n], [9]) for n in range(30)
    ]
    sequences = sequences_of(wanted, LONG)
    chains = {pack.stem for pack in cut(sequences, 20) if pack.stem is not None and pack.stem.parent is not None}
    (stem,) = chains
    chain = chain_of(sequences, stem)
    assert (chain.tokens.tolist(), chain.base) == (inner, len(outer))
