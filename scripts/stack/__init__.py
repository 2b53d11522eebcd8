"""The modes that run in containers, behind start.sh, stop.sh, ssh.sh and redis.sh; with the standard library alone."""
