-- Put a damaged document (or a head whose chunk is damaged) away, and a tombstone in its place: but only if the
-- bytes that failed their digest are still there.
-- KEYS: list, quarantine, list of chunks (the list itself when the head is damaged), meta.
-- ARGV: 1 position, 2 head, 3 tombstone before its version, 4 tombstone after it, 5 position of the chunk or "",
--       6 chunk, 7 milliseconds that the quarantine lasts.
-- Returns 1 when it was done, 0 when somebody else has changed the key meanwhile.
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return 0 end
if redis.call('LINDEX', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
if ARGV[5] ~= '' and not (is(KEYS[3], 'list') and redis.call('LINDEX', KEYS[3], ARGV[5]) == ARGV[6]) then return 0 end

-- The number may be what is damaged: where every document has its meta, its place among the others tells it.
local version = version_of(ARGV[2])
version = version and string.format('%.0f', version)
local versions = {}
for each in pairs(metas_of(KEYS[4])) do table.insert(versions, each) end
if #versions == redis.call('LLEN', KEYS[1]) then
  table.sort(versions, function(one, other) return tonumber(one) > tonumber(other) end)
  version = versions[tonumber(ARGV[1]) + 1]
end

if redis.call('EXISTS', KEYS[2]) == 1 and not is(KEYS[2], 'list') then redis.call('DEL', KEYS[2]) end
if ARGV[5] ~= '' then redis.call('RPUSH', KEYS[2], ARGV[6]) end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[7])
-- With its version, so that its meta goes when it is trimmed.
redis.call('LSET', KEYS[1], ARGV[1], ARGV[3] .. (version and ',"version":' .. version or '') .. ARGV[4])
local text = version and redis.call('HGET', KEYS[4], version)
-- Not decoded and encoded: Lua's numbers would lose digits.
if text then redis.call('HSET', KEYS[4], version, '{"damaged":true,' .. string.sub(text, 2)) end
return 1
