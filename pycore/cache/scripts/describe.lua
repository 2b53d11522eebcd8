-- What the versions of a key are, without their bodies.
-- KEYS: list, epoch, meta.
-- Returns {seconds, microseconds, type of the key, newest version that was invalidated, length, hash as a list}.
local now = redis.call('TIME')
local kind = redis.call('TYPE', KEYS[1]).ok
local length = 0
if kind == 'list' then length = redis.call('LLEN', KEYS[1]) end
return {now[1], now[2], kind, redis.call('HGET', KEYS[2], 'upto') or '0', length, redis.call('HGETALL', KEYS[3])}
