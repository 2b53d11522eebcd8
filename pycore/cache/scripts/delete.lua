-- Remove every version of a key, or only stop serving them; creators at work may not publish any more.
-- KEYS: list, epoch, lease, meta, version.  ARGV: "delete" or "invalidate", prefix of the lists of chunks.
-- Returns "foreign", or whether there was anything: 1 or 0.
-- Memory is freed first: a full Redis refuses the counter before anything was freed, and takes it afterwards.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'list' then return 'foreign' end
if kind == 'list' and not ours(redis.call('LINDEX', KEYS[1], 0)) then return 'foreign' end
redis.call('DEL', KEYS[3])
if ARGV[1] == 'delete' then
  for _, text in ipairs(redis.call('HVALS', KEYS[4])) do
    local meta = cjson.decode(text)
    if type(meta.upload) == 'string' then redis.call('UNLINK', ARGV[2] .. meta.upload) end
  end
  redis.call('UNLINK', KEYS[1], KEYS[4])
end
redis.call('HINCRBY', KEYS[2], 'count', 1)
redis.call('HSET', KEYS[2], 'upto', redis.call('GET', KEYS[5]) or '0')
return kind == 'list' and 1 or 0
