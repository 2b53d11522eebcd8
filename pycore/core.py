"""PyCore: one configuration in, everything that it names out. Wiring only; each part connects on first use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pycore._logging import lg
from pycore._registry import Named
from pycore.config import Config, load
from pycore.exceptions import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from pycore.apps import Explorer, Results, Trainer
    from pycore.cache import Cache
    from pycore.config import Secret, SecretReference
    from pycore.database import Database
    from pycore.datasets import Catalog
    from pycore.datasets.subjects import Subjects
    from pycore.models import Estimators, Runs
    from pycore.notify import Outbox
    from pycore.stages import StageRun

__all__ = ["PyCore"]


class PyCore:
    """Databases, caches, data sets and messages of one environment.

    Parameters
    ----------
    environment : str, optional
        ``"Local"``, ``"NoApps"``, ``"JustRedis"``, ``"JustDB"``, ``"Test"``, ``"Live"`` or another name of the
        manifest; none: ``ENV_DEPLOYMENT_TYPE``, else the manifest's default.
    config : path or Config, optional
        Another manifest; none: ``ENV_CORE_CONFIG_FILE``, else ``configs/jupyter.json`` upwards from the working
        directory, else that of the clone that made the environment.

    Raises
    ------
    ConfigError
        The configuration is wrong; all problems of all files at once.
    UnknownNameError
        The manifest has no such environment.

    Notes
    -----
    Nothing connects here: a server that is down is met only by the call that needs it.

    Examples
    --------
    >>> from pycore import PyCore
    >>> with PyCore("NoApps") as core:
    ...     core.environment, len(core.databases), len(core.caches)
    ('NoApps', 0, 0)
    """

    def __init__(self, environment: str | None = None, *, config: Config | Path | str | None = None) -> None:
        if not isinstance(config, Config):
            config = load(environment, config)
        elif environment not in {None, config.environment}:
            config = load(environment, config.manifest)
        self.config = config
        self.databases: Named[Database] = Named(
            "database", {name: self._database_maker(name) for name in self.config.databases}
        )
        self.caches: Named[Cache] = Named("cache", {name: self._cache_maker(name) for name in self.config.redis})

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self.config.environment

    @property
    def cache(self) -> Cache:
        """The Redis application CACHE.

        Raises
        ------
        UnknownNameError
            The environment has no Redis.
        """
        return self.caches["CACHE"]

    @cached_property
    def catalog(self) -> Catalog:
        """The data sets by name; a table in a notebook."""
        from pycore.datasets import Catalog

        return Catalog(
            self.config.datasets,
            databases=self.databases,
            cache=self.cache if "CACHE" in self.caches else None,
            root=self.config.root,
            prices=self.config.prices,
        )

    def dataset(
        self, name: str, /, *, refresh: bool = False, max_age_s: float | None = None, **parameters: Any
    ) -> pd.DataFrame:
        """Return a data set from the cache; extract and cache it first when it is not there.

        Parameters
        ----------
        name : str
            A name of :attr:`catalog`.
        refresh : bool, default False
            Extract it now, whatever the cache holds.
        max_age_s : float, optional
            Seconds; an older cached data set is extracted again. None: any age will do.
        **parameters : Any
            The data set's own parameters; those not given have their defaults.

        Raises
        ------
        UnknownNameError
            No data set or parameter has that name.
        DatasetError
            A parameter is not allowed, or the rows cannot be had.
        ServiceError
            The database does not answer and the cache does not hold the data set.

        Notes
        -----
        One process extracts, the others wait for it. A Redis that is away costs a warning, not the data set.
        """
        return self.catalog.dataset(name, parameters, refresh=refresh, max_age_s=max_age_s)

    def extract(self, name: str, /, **parameters: Any) -> pd.DataFrame:
        """Return a data set from its source, past the cache."""
        return self.catalog.extract(name, parameters)

    def explore(self, source: Any, /, target: Hashable = None, *, theme: str = "auto", **parameters: Any) -> Explorer:
        """Return `source` from every side, as tabs of pictures that a notebook shows.

        Parameters
        ----------
        source : str, Path, DataFrame, Series or Dataset
            A data set of :attr:`catalog`, a table (``"STOCKS.iris"`` where a data set or several databases have the
            name), a query (``"SELECT …"``, or ``"STOCKS: SELECT …"``), a CSV file, or rows: they are called what
            ``frame.attrs["name"]`` says.
        target : hashable, optional
            The column to predict; none: what the catalog says of a data set.
        theme : {"auto", "light", "dark"}, default "auto"
            Colours of the figures; "auto" follows JupyterLab's.
        **parameters : Any
            Of a data set, or of a query that names them as ``:name``.

        Raises
        ------
        UnknownNameError
            Nothing has that name; or there is no such column, parameter or theme.
        DatasetError, QueryError, ServiceError
            The rows cannot be had.

        Examples
        --------
        >>> from pycore import PyCore
        >>> PyCore("NoApps").explore("iris").dataset.target
        'species'
        """
        from pycore.apps.explore import opened

        return opened(source, lambda: self._subjects.read(source, parameters), target=target, theme=theme)

    def train(self, source: Any, /, target: Hashable = None, *, theme: str = "auto", **parameters: Any) -> Trainer:
        """Return a panel that trains models on `source`: a form, a Train button, a leaderboard that fills.

        Parameters
        ----------
        source : str, Path, DataFrame, Series or Dataset
            As :meth:`explore` takes it.
        target : hashable, optional
            The column to predict; none: what the catalog says of a data set, else the panel asks for it.
        theme : {"auto", "light", "dark"}, default "auto"
            Colours of the figures; "auto" follows JupyterLab's.
        **parameters : Any
            Of a data set, or of a query that names them as ``:name``.

        Raises
        ------
        UnknownNameError
            Nothing has that name; or there is no such column, parameter or theme.
        DatasetError, QueryError, ServiceError
            The rows cannot be had.

        Notes
        -----
        The panel shows the run of this data set that goes on in this kernel, or else the latest one of :attr:`runs`.

        Examples
        --------
        >>> from pycore import PyCore
        >>> PyCore("NoApps").train("iris").settings().models
        ('logistic_regression',)
        """
        from pycore.apps.train import opened

        return opened(
            source,
            lambda: self._subjects.read(source, parameters),
            self.runs,
            target=target,
            theme=theme,
            parameters=parameters,
        )

    @cached_property
    def runs(self) -> Runs:
        """The training runs by name, newest first; a table in a notebook."""
        from pycore.models import Runs

        return Runs(self.cache if "CACHE" in self.caches else None)

    @property
    def estimators(self) -> Estimators:
        """The estimators that can be trained; ``core.estimators.register(…)`` adds one of your own."""
        from pycore.models import ESTIMATORS

        return ESTIMATORS

    def results(self, run_or_source: Any = None, /, *, source: Any = None, theme: str = "auto") -> Results:
        """Return how good the best model of a training run is, as tabs that a notebook shows.

        Parameters
        ----------
        run_or_source : Run, str, Path, DataFrame, Training or Trainer, optional
            A run of :attr:`runs` or its name, what :meth:`train` returned, or a source as it was named there, whose
            newest run that ended is taken. None: the newest of all.
        source : str, Path, DataFrame, Series or Dataset, optional
            Where the rows are, in place of what the run names; those of a DataFrame are known to nobody else, once
            the kernel is another.
        theme : {"auto", "light", "dark"}, default "auto"
            Colours of the figures; "auto" follows JupyterLab's.

        Raises
        ------
        UnknownNameError
            No run, and nothing that was trained, is called so; the runs that there are get listed.
        ModelError
            The run goes on, or has no model.

        Notes
        -----
        Rows are read, and a model of another kernel is fitted again, when a tab is opened that needs them.

        Examples
        --------
        >>> from pycore import PyCore
        >>> PyCore("NoApps").results("iris")  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        UnknownNameError: Nothing was trained yet: begin with core.train('iris').
        """
        from pycore.apps.results import opened

        return opened(run_or_source, self.runs, self._subjects.read, source=source, theme=theme)

    def fetch(self, symbol: str, *, sample: bool = False, progress: bool = True) -> Path:
        """Write daily prices of `symbol` to ``data/src/<symbol>.csv`` and return that path.

        Parameters
        ----------
        symbol : str
            ``"SPY"``.
        sample : bool, default False
            Take a bundled symbol instead of the network.
        progress : bool, default True
            Show a progress bar.

        Raises
        ------
        ServiceUnavailableError
            There is no network; the bundled symbols are named.
        DatasetValidationError
            What came is not prices; an older file is untouched.
        """
        from pycore.datasets import fetch

        folder = self.config.data_dir / "src"
        if sample:
            return fetch.sample(symbol, folder)
        if self.config.prices is None:
            raise UnknownNameError.of("price source", "prices", [])
        return fetch.fetch_prices(symbol, self.config.prices, folder, progress=progress)

    def run_stage(self, name: str, /, *arguments: object) -> StageRun:
        """Run the program of a stage in its folder, show what it says, and return how it ended: ``docs/stages.rst``.

        Raises
        ------
        UnknownNameError, ConfigValueError, StageError
            There is no such stage; its program cannot be run; it ended with a code that is not 0.
        """
        from pycore.stages import run_stage

        return run_stage(self.config, name, arguments)

    def locate(self, location: str) -> tuple[Cache, str]:
        """Return the cache and the key that ``"CACHE:KEY"`` names; without an application, CACHE's.

        Examples
        --------
        >>> from pycore import PyCore
        >>> cache, key = PyCore("Local").locate("DATADST:report")
        >>> cache.name, key
        ('DATADST', 'report')
        """
        application, colon, key = location.partition(":")
        if colon and application in self.caches:
            return self.caches[application], key
        return self.cache, location

    @property
    def _subjects(self) -> Subjects:
        from pycore.datasets.subjects import Subjects

        return Subjects(self.catalog, self.databases, root=self.config.root)

    @cached_property
    def _outbox(self) -> Outbox:
        from pycore.notify import from_settings

        return from_settings(self.config.slack, self.environment, self.config.secret)

    def notify(self, text: str) -> None:
        """Send a text to Slack, or log it where there is no token; never blocks, never fails."""
        self._outbox.notify(text)

    def notify_exception(self, exc: BaseException | None = None, *, shown: bool = False) -> str:
        """Send an exception, by default the one being handled, and return its text; never blocks, never fails.

        One that the user has been `shown` is logged as a detail only, where there is no Slack.
        """
        return self._outbox.notify_exception(exc, shown=shown)

    def lg(self, message: str, number: int = 6) -> None:
        """Log `message` in the colour `number`: 0 red, 1 blue, 2 yellow, 3 purple, 4 grey, 5 green, 6 plain."""
        lg(message, number)

    def close(self) -> None:
        """Send what still waits to be sent and close every connection; the next use connects again."""
        with ExitStack() as stack:  # what cannot be closed does not keep the others open
            for cache in self.caches.made():
                stack.callback(cache.close)
            for database in self.databases.made():
                stack.callback(database.close)
            if "catalog" in self.__dict__:
                stack.callback(self.catalog.close)
            runs = self.__dict__.pop("runs", None)
            if runs is not None:  # before the cache, which they are written to
                stack.callback(runs.close)
            outbox = self.__dict__.pop("_outbox", None)
            if outbox is not None:
                stack.callback(outbox.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PyCore({self.environment!r}, config={str(self.config.manifest)!r})"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, Any]:
        return self.config._repr_mimebundle_(include, exclude)

    def _database_maker(self, name: str) -> Callable[[], Database]:
        def make() -> Database:
            from pycore.database import Database

            application = self.config.databases[name]
            return Database(name, application, password=self._password(application.password))

        return make

    def _cache_maker(self, name: str) -> Callable[[], Cache]:
        def make() -> Cache:
            from pycore.cache import Cache

            application = self.config.redis[name]
            return Cache(name, application, password=self._password(application.password), others=self.config.redis)

        return make

    def _password(self, reference: SecretReference | None) -> Callable[[], Secret | None] | None:
        """Return what reads the secret at the moment of connecting, so that a rotated one is found."""
        if reference is None:
            return None
        return lambda: self.config.secret(reference)
