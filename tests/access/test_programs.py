"""Random programs, through the plugin's own gRPC, against a local Cloudflare on a real socket.

A plugin process for every run that could remember too much, forked. By default 20 stories of 15
steps, the same each time; `pytest --hypothesis-profile thorough` draws 200 of 50, and shrinks what
it finds.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access.story import RULES, STEPS, Story
from harness.local import config_for, strict
from harness.nursery import Nursery
from harness.plugin import Plugin
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.access.rules import BY_WIRE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Step: TypeAlias = "Callable[[Story], None]"
THOROUGH = settings.get_current_profile_name() == "thorough"
SAME_EACH_TIME = settings(
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@contextmanager
def living(cloudflare: LocalCloudflare, nursery: Nursery) -> Iterator[Plugin]:
    """Start a plugin on a machine of its own."""
    with Plugin(config_for(cloudflare), os.environ, nursery=nursery) as plugin:
        yield plugin


def hold(
    environment: Mapping[str, str],
    how: settings,
    steps: st.SearchStrategy[Sequence[Step]],
    stories: int,
) -> None:
    """Tell stories of these steps, in plugin processes with this environment."""
    with strict(seed=1) as cloudflare, Nursery(environment) as nursery:

        @settings(how, max_examples=stories, suppress_health_check=list(HealthCheck))
        @given(st.data())
        def tell(data: st.DataObject) -> None:
            with living(cloudflare, nursery) as plugin:
                story = Story(cloudflare, plugin, data.draw)
                story.begin()
                for step in data.draw(steps):
                    step(story)
                story.end()

        tell()


def test_what_is_there_is_what_the_program_says() -> None:
    stories, steps = (200, 50) if THOROUGH else (12, 15)
    how = settings(print_blob=True) if THOROUGH else SAME_EACH_TIME
    hold(os.environ, how, st.lists(st.sampled_from(STEPS), min_size=steps, max_size=steps), stories)


def test_programs_have_every_selector() -> None:
    selectors = {selector for rule in RULES for selector in rule}
    assert BY_WIRE.keys() - selectors == {"group", "linked_app_token"}
