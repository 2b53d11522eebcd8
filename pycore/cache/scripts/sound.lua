-- Before every script: our own places beside a key may be damaged. What is of another type there, or no number, counts
-- as if it were not there, and is mended by the next script that writes.
local function is(key, kind) return redis.call('TYPE', key).ok == kind end
local function text_of(key) return is(key, 'string') and redis.call('GET', key) or '' end
local function field_of(key, field) return is(key, 'hash') and redis.call('HGET', key, field) or '' end
local function whole(text) return #text < 16 and string.match(text, '^%d+$') and tonumber(text) or nil end

-- The newest version that was invalidated. Where that was lost all of them are: to make a value again is safe.
local function invalid_upto(epoch)
  if redis.call('EXISTS', epoch) == 0 then return '0' end
  local upto = field_of(epoch, 'upto')
  return whole(upto) and upto or '9007199254740991'
end
