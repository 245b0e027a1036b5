"""The semantics, held to a reference that asks request by request."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from insight import generate
from insight.reference import Evaluation, outcomes
from pulumi_cloudflare_access.insight.formulas import Formulas
from pulumi_cloudflare_access.insight.known import Known
from pulumi_cloudflare_access.insight.population import People
from pulumi_cloudflare_access.insight.semantics import Answering, Semantics
from pulumi_cloudflare_access.insight.sets import Sets

THOROUGH = settings.get_current_profile_name() == "thorough"
APP = Answering("app.example.com", ("app",))
EACH_TIME = settings(
    max_examples=2_000 if THOROUGH else 60,
    derandomize=not THOROUGH,
    database=None,
    phases=[Phase.generate] if not THOROUGH else list(Phase),
    suppress_health_check=list(HealthCheck),
)


def at(semantics: Semantics) -> object:  # type: ignore[type-arg]
    return semantics.at(APP)


@EACH_TIME
@given(st.randoms(use_true_random=False))
def test_both_algebras_say_what_every_completion_comes_to(rnd: random.Random) -> None:
    before = generate.world(rnd)
    after = generate.changed(rnd, before)
    asked = [generate.request(rnd, unknown=rnd.choice((0.0, 0.3))) for _ in range(8)]
    people = People(generate.subject(one, str(n)) for n, one in enumerate(asked))
    old, new = generate.read(before), generate.read(after)
    formulas = Formulas([(old, at), (new, at)])
    had, has = formulas.nodes
    diagram = formulas.diagram
    known = Known(people, diagram)
    exact = [
        known.bounds(node) for node in (had, has, diagram.but(has, had), diagram.but(had, has))
    ]
    bounds = [Semantics(world, Sets(people)).at(APP) for world in (old, new)]

    for n, one in enumerate(asked):

        def both(evaluation: Evaluation) -> tuple[bool, bool]:
            return evaluation.gets_in("app", before), evaluation.gets_in("app", after)

        found = outcomes(one, both, before, after)
        wanted = [
            {o for o, _ in found},
            {w for _, w in found},
            {w and not o for o, w in found},
            {o and not w for o, w in found},
        ]
        for (surely, possibly), values in zip(exact, wanted, strict=True):
            assert bool(surely >> n & 1) == (values == {True}), (one, before, after)
            assert bool(possibly >> n & 1) == (True in values), (one, before, after)
        for (surely, possibly), values in zip(bounds, wanted[:2], strict=True):
            assert not surely >> n & 1 or values == {True}
            assert possibly >> n & 1 or values == {False}
