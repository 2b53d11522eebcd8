"""Write the scripts of the cache, each into a file named by its SHA-1:  build_redis_scripts.py FOLDER

Run when the image redis-server is built, on a Python that has nothing installed: so the module is read by its place.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1] / "pycore" / "cache" / "scripts" / "__init__.py"


def main(folder: Path) -> None:
    """Write them all; the folder is made."""
    spec = importlib.util.spec_from_file_location("scripts", SCRIPTS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder.mkdir(parents=True, exist_ok=True)
    for name in module.NAMES:
        text, digest = module.script_text(name)
        (folder / f"{digest}.lua").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
