"""What a build tells while it runs: how many nodes there are, and when each of its parts begins and ends.

Lives here: the events, and dbt's messages as such events.
Stays out: what becomes of them (whoever follows the build).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

PHASE = "phase"  # the kind of a part that is no node of dbt: what is done before and after dbt


@dataclass(frozen=True)
class BuildEvent:
    """`planned`: the build has so many `nodes`; `begun`, `ended`: a part of it, by dbt's kind and name.

    A part that ends is told from the thread in which it ran; a follower must not raise.
    """

    what: Literal["planned", "begun", "ended"]
    kind: str = ""
    name: str = ""
    nodes: int = 0


Follow = Callable[[BuildEvent], None]


def follow_nothing(_: BuildEvent) -> None:
    """The follower of a build that nobody follows."""


@contextmanager
def phase(name: str, follow: Follow) -> Iterator[None]:
    """Tell of a phase of the build, whether it ends well or not."""
    follow(BuildEvent("begun", PHASE, name))
    try:
        yield
    finally:
        follow(BuildEvent("ended", PHASE, name))


def of_dbt(follow: Follow) -> Callable[[Any], None]:
    """A callback of dbt's runner that passes on what it says of nodes."""

    def hear(message: Any) -> None:
        match message.info.name:
            case "ConcurrencyLine":
                follow(BuildEvent("planned", nodes=message.data.node_count))
            case "NodeStart":
                follow(_of_node("begun", message.data.node_info))
            case "NodeFinished":
                follow(_of_node("ended", message.data.node_info))

    return hear


def _of_node(what: Literal["begun", "ended"], node: Any) -> BuildEvent:
    return BuildEvent(what, node.resource_type, node.node_name)
