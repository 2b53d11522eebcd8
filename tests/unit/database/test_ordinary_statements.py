"""Statements as analysts write them are taken as they are, whatever their literals and comments look like."""

import pytest

from pycore.database.statement import Family, parse

MYSQL = r"""
SELECT 'x' into_name, 'SELECT 1 INTO OUTFILE ''a''' AS s FROM t -- a; comment with INTO and DELETE;
SELECT @@version, @@session.sql_mode, @a FROM t # a; comment
SELECT doc->'$.a', doc->>'$.b' FROM t WHERE JSON_EXTRACT(doc, '$.a[0]') = :a
SELECT REPLACE(a, 'x', 'y'), INSERT('abc', 1, 1, 'x'), TRUNCATE(1.9, 1) FROM t
SELECT GROUP_CONCAT(DISTINCT x ORDER BY x SEPARATOR '; ') FROM t
SELECT DATE_FORMAT(day, '%Y-%m-%d %H:%i:%s') FROM t WHERE at > '12:30:00'
SELECT a, ROW_NUMBER() OVER (PARTITION BY b ORDER BY c ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM t
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n
WITH t AS (SELECT delete_flag, update_time FROM s) (SELECT REPLACE(delete_flag, 'a', 'b') FROM t)
SELECT 5*-1, 1 - -2, 4/2*3, 10 /2 /* half */, .5, 1e5, 0x1F, b'101', N'x', _utf8mb4'x' COLLATE utf8mb4_bin
SELECT 'it\'s', 'it''s', "it's", '\\', `a``b`, `from` FROM `db`.`t` USE INDEX (a) WHERE x <=> NULL
SELECT * FROM t, LATERAL (SELECT t.x) AS s, JSON_TABLE(doc, '$[*]' COLUMNS (a INT PATH '$.a')) AS j
SELECT /*+ NO_INDEX_MERGE(t) */ SQL_NO_CACHE IF(x, 1, 2) FROM t PARTITION (p0) LIMIT 5, 10
SELECT x FROM t FOR SYSTEM_TIME AS OF TIMESTAMP '2016-10-09 08:07:06'
SELECT CONVERT(x USING latin1), a DIV 2, a XOR b, !a, MATCH (a) AGAINST ('x' IN BOOLEAN MODE) FROM t
SELECT x, SUM(y) FROM t GROUP BY x WITH ROLLUP HAVING SUM(y) > ANY (SELECT z FROM u)
EXPLAIN FORMAT=JSON SELECT * FROM t WHERE a IN (:a, :b)
SHOW FULL COLUMNS FROM t LIKE 'a%'
"""
SQLITE = r"""
SELECT [a;b], "INTO", date('now', '-1 day') FROM t WHERE name LIKE '%x%' ESCAPE '!'
SELECT doc->>'$.a', x || y, COUNT(*) FILTER (WHERE x > 0) OVER w FROM t WINDOW w AS (ORDER BY day)
WITH a AS (SELECT 1 AS x) SELECT * FROM a EXCEPT SELECT y FROM b WHERE z = :z
VALUES (1, ':x'), (2, '12:30')
EXPLAIN QUERY PLAN SELECT 1
"""
POSTGRESQL = r"""
SELECT x::int, :a::text, '2013-03-01'::date + interval '1 day', a[1:2], |/ 25.0 FROM t
SELECT doc->'a'->>'b', doc #>> '{a}', doc @> '{"a":1}', doc ? 'a', doc ?| array['a'] FROM t
SELECT $$it's; INTO$$, $tag$a;b$tag$, E'it\'s' AS "Größe" FROM "a:b"
SELECT DISTINCT ON (symbol) symbol, percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM t
SELECT pg_size_pretty(pg_total_relation_size('t')), pg_wal_lsn_diff(a, b), current_setting('TimeZone') FROM t
EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM t FETCH FIRST 5 ROWS ONLY
"""


def lines(family: Family, text: str) -> list[tuple[Family, str]]:
    return [(family, line) for line in text.strip().splitlines()]


@pytest.mark.parametrize(
    ("family", "sql"), [*lines("mysql", MYSQL), *lines("sqlite", SQLITE), *lines("postgresql", POSTGRESQL)]
)
def test_what_reads_is_taken(family: Family, sql: str) -> None:
    assert parse(sql, family).text == sql
