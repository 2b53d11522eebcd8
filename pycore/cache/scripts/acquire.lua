-- Take the lease of a key if nobody holds it, and tell what a late publish will be measured against.
-- KEYS: lease, version, epoch.  ARGV: token, milliseconds.
-- Returns {1 or 0, version, epoch}.
-- A lease is a text that ends soon; anything else there would keep everybody out for ever.
local left_ms = redis.call('PTTL', KEYS[1])
if left_ms == -1 or left_ms > tonumber(ARGV[2]) or not (left_ms == -2 or is(KEYS[1], 'string')) then
  redis.call('DEL', KEYS[1])
end
-- Sent a second time after a broken connection, it finds its own token.
local taken = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', KEYS[1]) == ARGV[1]
return {taken and 1 or 0, text_of(KEYS[2]), field_of(KEYS[3], 'count')}
