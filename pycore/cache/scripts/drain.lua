-- Take all messages of a queue at one moment: they are put aside first, so that they can be asked for a second time.
-- KEYS: queue, aside.  ARGV: milliseconds that they stay there if nobody comes for them.
-- Returns the messages, oldest first.
if redis.call('EXISTS', KEYS[2]) == 0 and redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[1])
end
return redis.call('LRANGE', KEYS[2], 0, -1)
