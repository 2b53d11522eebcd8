-- Publish one document as the newest version of its key; all or nothing.
-- KEYS: list, version, epoch, lease, meta, events, list of chunks (the list itself when there are none).
-- ARGV: 1 document before its version, 2 document after it, 3 its meta (JSON), 4 token of the lease or "",
--       5 version and 6 epoch when the creator began, 7 versions to keep, 8 bytes to keep, 9 name of this publication,
--       10 number of chunks, 11 prefix of the lists of chunks, 12 milliseconds that trimmed chunks live on,
--       13 milliseconds since 1970 that the document was guessed to be created at, or "" where it was not guessed.
-- Returns {"published", version}, {"clock", seconds, microseconds} where the guess was bad, or {why not}: "foreign",
-- "lost" (the lease), "gone" (the chunks).
local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'none' and kind ~= 'list' then return {'foreign'} end
local head = kind == 'list' and redis.call('LINDEX', KEYS[1], 0)
if head and not ours(head) then return {'foreign'} end

local metas = metas_of(KEYS[5])
for version, meta in pairs(metas) do
  -- The answer to the first try was lost on its way: this is the second.
  if head and meta.publication == ARGV[9] then return {'published', version} end
end

if ARGV[13] ~= '' then
  local now = redis.call('TIME')
  if math.abs(now[1] * 1000 + now[2] / 1000 - ARGV[13]) > 50 then return {'clock', now[1], now[2]} end
end

if ARGV[4] ~= '' then
  local holder = text_of(KEYS[4])
  local began = text_of(KEYS[2]) == ARGV[5] and field_of(KEYS[3], 'count') == ARGV[6]
  if holder ~= ARGV[4] and (holder ~= '' or not began) then return {'lost'} end
end
local n_chunks = tonumber(ARGV[10])
if n_chunks > 0 and not (is(KEYS[7], 'list') and redis.call('LLEN', KEYS[7]) == n_chunks) then return {'gone'} end

-- The counter comes before any other write: a full Redis refuses it, and nothing has changed.
local counter = counter_of(KEYS[2], head, metas, KEYS[3])
if redis.call('EXISTS', KEYS[3]) == 1 and (whole(field_of(KEYS[3], 'upto')) or math.huge) > counter then
  invalidate(KEYS[3], counter)  -- damaged: it would stop what is published now from being served
end
local version = string.format('%.0f', counter + 1)
redis.call('SET', KEYS[2], version)
if not head then
  -- They were evicted, or ended: their chunks would be named by nobody.
  for _, meta in pairs(metas) do
    if type(meta.upload) == 'string' and ARGV[11] .. meta.upload ~= KEYS[7] then redis.call('UNLINK', ARGV[11] .. meta.upload) end
  end
  redis.call('DEL', KEYS[5])
  metas = {}
end
redis.call('LPUSH', KEYS[1], ARGV[1] .. ',"version":' .. version .. ARGV[2])
redis.call('HSET', KEYS[5], version, ARGV[3])
metas[version] = cjson.decode(ARGV[3])
if ARGV[4] ~= '' then redis.call('DEL', KEYS[4]) end

-- Trim from the oldest end, never the newest.
local bytes = 0
for _, meta in pairs(metas) do bytes = bytes + meta.size_bytes end
local length = redis.call('LLEN', KEYS[1])
local trimmed = {}
while length > 1 and (length > tonumber(ARGV[7]) or bytes > tonumber(ARGV[8])) do
  local document = redis.call('RPOP', KEYS[1])
  local old = version_of(document)
  old = old and string.format('%.0f', old)
  local upload = upload_of(document)
  if upload then trimmed[upload] = true end
  if old and metas[old] then
    bytes = bytes - metas[old].size_bytes
    if type(metas[old].upload) == 'string' then trimmed[metas[old].upload] = true end
    metas[old] = nil
    redis.call('HDEL', KEYS[5], old)
  end
  length = length - 1
end

-- The key lives as long as the longest of its versions, chunks as long as the longest version that names them.
local never = math.huge
local ends, uploads = 0, {}
for _, meta in pairs(metas) do
  local until_ms = never
  if type(meta.expires_ms) == 'number' then until_ms = meta.expires_ms + (tonumber(meta.stale_ms) or 0) end
  ends = math.max(ends, until_ms)
  if type(meta.upload) == 'string' then uploads[meta.upload] = math.max(uploads[meta.upload] or 0, until_ms) end
end
local function expire(key, until_ms)
  if until_ms == never then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, string.format('%.0f', until_ms)) end
end
expire(KEYS[1], ends)
expire(KEYS[5], ends)
for upload, until_ms in pairs(uploads) do expire(ARGV[11] .. upload, until_ms + tonumber(ARGV[12])) end
for upload in pairs(trimmed) do
  if not uploads[upload] then redis.call('PEXPIRE', ARGV[11] .. upload, ARGV[12]) end
end
-- A user who may write but not announce has still published.
redis.pcall('PUBLISH', KEYS[6], version)
return {'published', version}
