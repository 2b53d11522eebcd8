-- Take the lease of a key if nobody holds it, and tell what a late publish will be measured against.
-- KEYS: lease, version, epoch.  ARGV: token, milliseconds.
-- Returns {1 or 0, version, epoch}.
-- Sent a second time after a broken connection, it finds its own token.
local taken = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) or redis.call('GET', KEYS[1]) == ARGV[1]
return {taken and 1 or 0, redis.call('GET', KEYS[2]) or '0', redis.call('HGET', KEYS[3], 'count') or '0'}
