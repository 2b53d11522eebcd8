-- Put a damaged document (or a head whose chunk is damaged) away, and a tombstone in its place: but only if the
-- bytes that failed their digest are still there.
-- KEYS: list, quarantine, list of chunks (the list itself when the head is damaged), meta.
-- ARGV: position, head, tombstone, position of the chunk or "", chunk, milliseconds that the quarantine lasts.
-- Returns 1 when it was done, 0 when somebody else has changed the key meanwhile.
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return 0 end
if redis.call('LINDEX', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[4] ~= '' then
  if redis.call('LINDEX', KEYS[3], ARGV[4]) ~= ARGV[5] then return 0 end
  redis.call('RPUSH', KEYS[2], ARGV[5])
end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[6])
redis.call('LSET', KEYS[1], ARGV[1], ARGV[3])
local version = version_of(ARGV[2])
version = version and string.format('%.0f', version)
local text = version and redis.call('HGET', KEYS[4], version)
if text then
  local meta = cjson.decode(text)
  meta.damaged = true
  redis.call('HSET', KEYS[4], version, cjson.encode(meta))
end
return 1
