-- Make every document with a tag a miss.
-- KEYS: counter of the tag.
-- Returns the counter. One that is damaged goes on from the clock: no document has seen such a number.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' or (kind == 'string' and whole(redis.call('GET', KEYS[1]))) then return redis.call('INCR', KEYS[1]) end
local now = redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], now[1])
return tonumber(now[1])
