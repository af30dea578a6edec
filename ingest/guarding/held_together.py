"""Feeds that are taken together: where one of a roster waits, the others that came for the night wait with it.

Stays out: which feeds these are (the register, `together` of a source), why the first waits (`ingest.guarding.guard`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from common.delivered_text import changed
from ingest.deliveries import Delivery, Hold
from registry.model import Register


def holds_beside(
    register: Register,
    holds: Sequence[Hold],
    deliveries: Mapping[str, Sequence[Delivery]],
    slices: Mapping[str, Collection[str]],
    in_lake: Collection[str],
) -> list[Hold]:
    """The further holds of the night.

    `deliveries` and `slices` are tonight's, by feed; `in_lake` are the feeds that earlier nights have loaded. A feed
    waits itself where a slice of it is held, and where its files were refused while the lake has its last good data.
    """
    found = []
    for source in register.sources:
        waiting = _waiting(source.together, holds, deliveries, in_lake)
        if waiting is None:
            continue
        first, parts, why = waiting
        what = changed(why, lambda reason: reason.rstrip(".").partition(": ")[0])
        reason = f"{first} waits ({what}), and the files of one roster are taken together: mend {first}."
        held = {(hold.feed, hold.slice) for hold in holds}
        found += [
            Hold(feed, part, reason)
            for feed in source.together
            for part in sorted(slices.get(feed, ()))
            if (feed, part) not in held and ("" in parts or part in ("", *parts))
        ]
    return found


def _waiting(
    together: Sequence[str],
    holds: Sequence[Hold],
    deliveries: Mapping[str, Sequence[Delivery]],
    in_lake: Collection[str],
) -> tuple[str, set[str], str] | None:
    """The first feed of them that waits, its slices and the reason; '' is the slice of a feed that has no other."""
    for feed in together:
        held = [hold for hold in holds if hold.feed == feed]
        if held:
            return feed, {hold.slice for hold in held}, held[0].reason
        refused = [d for d in deliveries.get(feed, ()) if d.status == "refused"]
        if refused and feed in in_lake:
            return feed, {refused[0].scope or ""}, refused[0].marked_reason
    return None
