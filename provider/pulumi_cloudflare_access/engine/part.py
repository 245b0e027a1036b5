"""A part of another object: it is found in that, and Cloudflare deletes it together with that.

A kind of parts states in the facts `part_of` to `part_title` what it is a part of. Where an object
has one part of a kind (the list of its policies, the set of its members), the part has that
object's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..fields.keyed import Mistake
from .lifecycle import ResourceLifecycle, id_mistakes


class Part(ResourceLifecycle):
    """One of several parts of an object."""

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Refuse what cannot be the id of the whole object."""
        given = declared.get(self.part_of)
        told = id_mistakes(self.part_of, given, self.whole_name, self.whole_look_up)
        return super().validate(declared) + told


class SolePart(Part):
    """The one part of its kind that an object has. Its id is that object's id.

    Nothing creates or deletes it at Cloudflare: creating the resource changes what is there.
    """

    list_is_complete: ClassVar[bool] = False
    create_adopts: ClassVar[bool] = True
    update_compares: ClassVar[bool] = True

    def adoption_key(self, id_: str) -> str:
        """Tell the part from the object, which has the same id."""
        return f"the {self.part_name} of {id_}"

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Name the part by the object."""
        del props
        return f"the {self.part_title} {id_}"
