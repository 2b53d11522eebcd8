"""Damage to what Redis holds: bytes flipped, cut, doubled, moved; elements and fields too; other types."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

__all__ = ["damage"]

DEEP = b"[" * 2**20


def damage(raw: Any, key: bytes, chance: random.Random) -> str:
    """Damage a key, whatever its type, and return what was done to it."""
    kind = raw.type(key).decode()
    ways: tuple[Callable[[Any, bytes, random.Random], None], ...] = {
        "string": (change_string,) * 3 + (remove, other_type, change_life),
        "list": (change_element,) * 6 + (swap_elements, double_element, drop_element, remove, other_type, change_life),
        "hash": (change_field,) * 4 + (swap_fields, rename_field, drop_field, remove, other_type, change_life),
    }[kind]
    way = chance.choice(ways)
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


def any_place(raw: Any, key: bytes, chance: random.Random) -> int:
    return chance.randrange(raw.llen(key))


def change_element(raw: Any, key: bytes, chance: random.Random) -> None:
    place = any_place(raw, key, chance)
    raw.lset(key, place, mutated(raw.lindex(key, place), chance))


def swap_elements(raw: Any, key: bytes, chance: random.Random) -> None:
    one, other = any_place(raw, key, chance), any_place(raw, key, chance)
    contents = raw.lindex(key, one), raw.lindex(key, other)
    raw.lset(key, one, contents[1])
    raw.lset(key, other, contents[0])


def double_element(raw: Any, key: bytes, chance: random.Random) -> None:
    content = raw.lindex(key, any_place(raw, key, chance))
    chance.choice([raw.lpush, raw.rpush])(key, content)


def drop_element(raw: Any, key: bytes, chance: random.Random) -> None:
    chance.choice([raw.lpop, raw.rpop])(key)


def any_field(raw: Any, key: bytes, chance: random.Random) -> bytes:
    field: bytes = chance.choice(sorted(raw.hkeys(key)))
    return field


def change_field(raw: Any, key: bytes, chance: random.Random) -> None:
    field = any_field(raw, key, chance)
    raw.hset(key, field, mutated(raw.hget(key, field), chance))


def swap_fields(raw: Any, key: bytes, chance: random.Random) -> None:
    one, other = any_field(raw, key, chance), any_field(raw, key, chance)
    contents = raw.hget(key, one), raw.hget(key, other)
    raw.hset(key, one, contents[1])
    raw.hset(key, other, contents[0])


def rename_field(raw: Any, key: bytes, chance: random.Random) -> None:
    field = any_field(raw, key, chance)
    content = raw.hget(key, field)
    raw.hdel(key, field)
    raw.hset(key, mutated(field, chance), content)


def drop_field(raw: Any, key: bytes, chance: random.Random) -> None:
    raw.hdel(key, any_field(raw, key, chance))
