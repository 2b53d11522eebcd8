"""Where this clone keeps its things, known without its configuration: stopping must work when that is broken."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pycore.config.environment import read

__all__ = ["CLONE", "Places"]

CLONE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Places:
    """The manifest and the data folder of a start.

    Parameters
    ----------
    manifest : Path
        ``ENV_CORE_CONFIG_FILE``, else that of the clone whose script was called, wherever it was called from.
    data_dir : Path
        ``ENV_DATA_DIR``, else ``data`` beside the folder of the manifest, as the configuration has it.
    notebooks : Path
        What JupyterLab shows: ``ENV_PROJ_DIR``, else the notebooks of the clone.
    """

    manifest: Path
    data_dir: Path
    notebooks: Path

    @classmethod
    def of_environment(cls) -> Places:
        """Return the places as the environment variables and the clone say."""
        manifest = _absolute(read("ENV_CORE_CONFIG_FILE") or CLONE / "configs" / "jupyter.json")
        data_dir = _absolute(read("ENV_DATA_DIR") or manifest.parent.parent / "data")
        notebooks = _absolute(read("ENV_PROJ_DIR") or CLONE / "notebooks")
        return cls(manifest=manifest, data_dir=data_dir, notebooks=notebooks)

    @property
    def run_dir(self) -> Path:
        """Ports, pids, the token and logs."""
        return self.data_dir / "run"

    @property
    def redis_dir(self) -> Path:
        """The files of the embedded Redis."""
        return self.data_dir / "redis"


def _absolute(path: Path | str) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100  # as the configuration does it: links are not followed
