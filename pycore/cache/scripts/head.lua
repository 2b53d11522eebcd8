-- One document of a list, and what a reader needs to judge it, at one moment.
-- KEYS: list, epoch.  ARGV: position.
-- Returns {seconds, microseconds, type of the key, newest version that was invalidated, document or false}.
local now = redis.call('TIME')
local kind = redis.call('TYPE', KEYS[1]).ok
local document = false
if kind == 'list' then document = redis.call('LINDEX', KEYS[1], ARGV[1]) end
return {now[1], now[2], kind, invalid_upto(KEYS[2]), document}
