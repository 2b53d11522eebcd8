-- Shared by the scripts that write: is this document one of ours? What is its version?
local function ours(document)
  if string.find(document, '^%s*{%s*"format"%s*:%s*"pycore%.') then return true end
  if not string.find(document, '^%s*{') then return false end
  local parsed, members = pcall(cjson.decode, document)
  return parsed and type(members.format) == 'string' and string.sub(members.format, 1, 7) == 'pycore.'
end

-- Only in the form that pycore writes: a version inside of data is none.
local function version_of(document)
  return whole(string.match(document, '^{"format":"pycore%.%w+/%d+","key":"[^\n]-","version":(%d+)[,}]') or '')
end

-- What the versions of a key are, by number as text; what does not hold together is removed.
local function metas_of(key)
  local metas = {}
  if not is(key, 'hash') then
    -- Only if it is there: after a first write, even one in vain, a full server lets a script write on.
    if redis.call('EXISTS', key) == 1 then redis.call('DEL', key) end
    return metas
  end
  local raw = redis.call('HGETALL', key)
  for place = 1, #raw, 2 do
    local parsed, meta = pcall(cjson.decode, raw[place + 1])
    if whole(raw[place]) and parsed and type(meta) == 'table' and type(meta.size_bytes) == 'number' then
      metas[raw[place]] = meta
    else
      redis.call('HDEL', key, raw[place])
    end
  end
  return metas
end

-- The upload whose chunks a document names.
local function upload_of(document) return document and string.match(document, '^[^\n]-"upload":"(%x+)"') end

-- The counter of versions, never less than a version that is there.
local function counter_of(key, head, metas, epoch)
  local counter = whole(text_of(key))
  if counter then return math.max(counter, head and version_of(head) or 0) end
  local newest = math.max(head and version_of(head) or 0, whole(field_of(epoch, 'upto')) or 0)
  for version in pairs(metas) do newest = math.max(newest, tonumber(version)) end
  return newest
end

-- Count a deletion or invalidation; all up to this version are no longer served.
local function invalidate(epoch, upto)
  local count = whole(field_of(epoch, 'count'))
  if redis.call('EXISTS', epoch) == 1 and not count then
    redis.call('DEL', epoch)
    count = tonumber(redis.call('TIME')[1])  -- no creator has begun with such a number
  end
  redis.call('HSET', epoch, 'count', string.format('%.0f', (count or 0) + 1))
  redis.call('HSET', epoch, 'upto', string.format('%.0f', upto))
end
