-- What the versions of a key are, without their bodies.
-- KEYS: list, epoch, meta.
-- Returns {seconds, microseconds, type of the key, newest version that was invalidated, length, hash as a list}.
local now = redis.call('TIME')
local kind = redis.call('TYPE', KEYS[1]).ok
local length = 0
if kind == 'list' then length = redis.call('LLEN', KEYS[1]) end
local metas = is(KEYS[3], 'hash') and redis.call('HGETALL', KEYS[3]) or {}
return {now[1], now[2], kind, invalid_upto(KEYS[2]), length, metas}
