"""The invented world of Meridia: people, posts, ties and what is planted among them.

Example:
    >>> from synthetic_data import generate
    >>> world = generate("village", seed=1)
    >>> sorted(world.tables)
    ['accounts', 'groups', 'posts', 'scope', 'situations', 'subjects', 'ties']
"""

from synthetic_data.errors import WorldError
from synthetic_data.generate import generate
from synthetic_data.world import World

__all__ = ["World", "WorldError", "generate"]
