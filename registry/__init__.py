"""The register: who owns each number, what it means, who may see it (一数一源).

Lives here: YAML and CSV that a bureau edits, the shapes they mirror, the loader that refuses contradictions,
and the types that every room reads values by.
Add here: a source system, a data element, a code set, an indicator, a claim, an objection.
Stays out: data. This room reads no export and no lake.
"""

from registry.errors import RegisterError
from registry.loader import HOUSE, files, known_feeds, load, state, version
from registry.model import Register

__all__ = ["HOUSE", "Register", "RegisterError", "files", "known_feeds", "load", "state", "version"]
