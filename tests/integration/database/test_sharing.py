"""A database is shared by threads, and a forked child has connections of its own."""

from concurrent.futures import ThreadPoolExecutor

from suites.databases import ON_ONE_SERVER, in_another_process
from suites.price_table import count

from pycore.config.models import DatabaseApplication
from pycore.database import Database


@ON_ONE_SERVER
def test_sixteen_threads_share_a_database(stocks: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda _: count(stocks), range(160)))

    assert counts == [50] * 160


@ON_ONE_SERVER
def test_a_forked_child_has_connections_of_its_own(application: DatabaseApplication, stocks: Database) -> None:
    code = """
        import os
        count = lambda: int(database.extract("SELECT COUNT(*) AS n FROM stocks").iloc[0, 0])
        stream = database.stream("SELECT * FROM stocks", rows=5)
        next(stream)
        before = count()
        children = []
        for _ in range(4):
            pid = os.fork()
            if pid == 0:
                os._exit(0 if [count() for _ in range(20)] == [50] * 20 else 1)
            children.append(pid)
        mine = [count() for _ in range(20)]
        print(before, set(mine), 5 + sum(map(len, stream)), [os.waitpid(pid, 0)[1] for pid in children])
    """

    out, err = in_another_process(application, code).communicate(timeout=60)

    assert (out.strip(), err) == ("50 {50} 50 [0, 0, 0, 0]", "")


def test_a_closed_database_connects_again(stocks: Database) -> None:
    stocks.close()

    assert count(stocks) == 50
