-- Remove every version of a key, or only stop serving them; creators at work may not publish any more.
-- KEYS: list, epoch, lease, meta, version.
-- ARGV: "delete" or "invalidate", prefix of the lists of chunks, tombstone.
-- Returns "foreign", or whether there was anything: 1 or 0.
-- Memory is freed first: a full Redis refuses the counter before anything was freed, and takes it afterwards.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'list' then return 'foreign' end
local head = kind == 'list' and redis.call('LINDEX', KEYS[1], 0)
if head and not ours(head) then return 'foreign' end
redis.call('DEL', KEYS[3])
local metas = metas_of(KEYS[4])
local counter = counter_of(KEYS[5], head, metas, KEYS[2])
if ARGV[1] == 'delete' then
  for place = 0, (head and redis.call('LLEN', KEYS[1]) or 0) - 1 do
    local upload = upload_of(redis.call('LINDEX', KEYS[1], place))
    if upload then redis.call('UNLINK', ARGV[2] .. upload) end
  end
  for _, meta in pairs(metas) do
    if type(meta.upload) == 'string' then redis.call('UNLINK', ARGV[2] .. meta.upload) end
  end
  redis.call('UNLINK', KEYS[1], KEYS[4])
elseif head and not version_of(head) and not string.find(head, '"pycore.tombstone/', 1, true) then
  -- Written by hand it has no number to go by: a tombstone on top of it stands until the next one is put there.
  redis.call('LPUSH', KEYS[1], ARGV[3])
end
invalidate(KEYS[2], counter)
return kind == 'list' and 1 or 0
