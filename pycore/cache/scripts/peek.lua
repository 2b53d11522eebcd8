-- The first line of the newest document of a key, if it is a list.
-- KEYS: list.  ARGV: most bytes.
if redis.call('TYPE', KEYS[1]).ok ~= 'list' then return false end
local document = redis.call('LINDEX', KEYS[1], 0)
return document and string.sub(document, 1, tonumber(ARGV[1]))
