-- Give a lease back if it still holds our token.
-- KEYS: lease.  ARGV: token.
if text_of(KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
