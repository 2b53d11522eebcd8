# shellcheck shell=bash
# The data is whole: from now on nothing removes it.
rm /var/lib/mysql/.unfinished
