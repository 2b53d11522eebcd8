-- Lengthen a lease that still holds our token.
-- KEYS: lease.  ARGV: token, milliseconds.
if text_of(KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
