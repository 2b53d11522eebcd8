"""Damage to what Redis holds: bytes flipped, cut, doubled, moved; elements and fields too; other types."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["damage"]

DEEP = b"[" * 2**20


def damage(raw: Any, key: bytes, chance: random.Random) -> str:
    """Damage a key, whatever its type, and return what was done to it."""
    kind = raw.type(key).decode()
    ways: tuple[Callable[[Any, bytes, random.Random], None], ...] = {
        "string": (change_string,) * 3,
        "list": (change_part,) * 6 + (swap_parts, double_element, drop_element),
        "hash": (change_part,) * 4 + (swap_parts, rename_field, drop_field),
    }[kind]
    way = chance.choice((*ways, remove, other_type, change_life))
    way(raw, key, chance)
    return f"{way.__name__} of {key.decode()}"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a bit flipped, a part gone, doubled, moved or turned, or others altogether."""
    start, stop = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    flipped = bytes([content[start] ^ 1 << chance.randrange(8)]) if start < len(content) else b""
    near = min(stop, start + 8)
    return chance.choice(
        [
            content[:start] + flipped + content[start + 1 :],
            content[:start],
            content[stop:],
            content[:start] + content[near:],
            content[:start] + content[stop:],
            content[:stop] + content[start:],
            content[:start] + content[start:near][::-1] + content[near:],
            content[:start] + bytes(chance.randrange(256) for _ in range(chance.randrange(9))) + content[start:],
            content + content,
            b"",
            b"-1",
            b"1e308",
            b"9" * 30,
            DEEP,
        ]
    )


def change_string(raw: Any, key: bytes, chance: random.Random) -> None:
    raw.set(key, mutated(raw.get(key), chance), keepttl=True)


def remove(raw: Any, key: bytes, chance: random.Random) -> None:
    del chance
    raw.delete(key)


def other_type(raw: Any, key: bytes, chance: random.Random) -> None:
    raw.delete(key)
    commands = ("SET {} x", "RPUSH {} x", "HSET {} x 1", "SADD {} x", "ZADD {} 1 x", "XADD {} * x 1")
    raw.execute_command(*(key if word == "{}" else word for word in chance.choice(commands).split()))


def change_life(raw: Any, key: bytes, chance: random.Random) -> None:
    ends_ms = chance.choice([None, 1, 86_400_000])
    if ends_ms is None:
        raw.persist(key)
    else:
        raw.pexpire(key, ends_ms)


@dataclass(frozen=True)
class Parts:
    """How a key that has parts is read and written: the elements of a list, or the fields of a hash."""

    places: Callable[[Any, bytes], Sequence[Any]]
    read: str  # verbs of the client
    write: str

    @classmethod
    def of(cls, raw: Any, key: bytes) -> Parts:
        """Return those of the type of a key."""
        return {b"list": ELEMENTS, b"hash": FIELDS}[raw.type(key)]

    def any_place(self, raw: Any, key: bytes, chance: random.Random) -> Any:
        """Return where one of them is."""
        return chance.choice(self.places(raw, key))


ELEMENTS = Parts(lambda raw, key: range(raw.llen(key)), "lindex", "lset")
FIELDS = Parts(lambda raw, key: sorted(raw.hkeys(key)), "hget", "hset")


def change_part(raw: Any, key: bytes, chance: random.Random) -> None:
    parts = Parts.of(raw, key)
    place = parts.any_place(raw, key, chance)
    content = getattr(raw, parts.read)(key, place)
    getattr(raw, parts.write)(key, place, mutated(content, chance))


def swap_parts(raw: Any, key: bytes, chance: random.Random) -> None:
    parts = Parts.of(raw, key)
    one, other = (parts.any_place(raw, key, chance) for _ in range(2))
    contents = [getattr(raw, parts.read)(key, place) for place in (other, one)]
    for place, content in zip((one, other), contents, strict=True):
        getattr(raw, parts.write)(key, place, content)


def double_element(raw: Any, key: bytes, chance: random.Random) -> None:
    content = raw.lindex(key, ELEMENTS.any_place(raw, key, chance))
    chance.choice([raw.lpush, raw.rpush])(key, content)


def drop_element(raw: Any, key: bytes, chance: random.Random) -> None:
    chance.choice([raw.lpop, raw.rpop])(key)


def rename_field(raw: Any, key: bytes, chance: random.Random) -> None:
    field = FIELDS.any_place(raw, key, chance)
    content = raw.hget(key, field)
    raw.hdel(key, field)
    raw.hset(key, mutated(field, chance), content)


def drop_field(raw: Any, key: bytes, chance: random.Random) -> None:
    raw.hdel(key, FIELDS.any_place(raw, key, chance))
