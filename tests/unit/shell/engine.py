"""The scripts of this clone beside an engine's client that does nothing, and says what a test wants it to say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["CLIENT", "NAME", "PORTS", "ROOT", "Engine", "Said"]

ROOT = Path(__file__).resolve().parents[3]
PORTS = ("ENV_JUPYTER_PORT", "ENV_REDIS_PORT", "ENV_DB_PORT", "ENV_DB_PAGE_PORT", "ENV_PROXY_PORT")
NAME = "sci-pype-unit"
CLIENT = Path(__file__).with_name("docker_client.py")


@dataclass(frozen=True)
class Said:
    """What a script said, and what it asked the engine, a line each."""

    code: int
    out: str
    err: str
    asked: list[str]


@dataclass
class Engine:
    """A client of no engine; ``docker_client.py`` says what each of `wishes` is."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> Path:
        """The folder of the secrets."""
        return self.folder / "secrets"

    def environ(self) -> dict[str, str]:
        """Return what the Compose files of the last start have read."""
        environ: dict[str, str] = json.loads((self.folder / "environ.json").read_text())
        return environ

    def project(self) -> dict[str, str]:
        """Make a folder that the user of the containers may write to, and return how it is named."""
        folder = self.folder / "project"
        folder.mkdir()
        folder.chmod(0o777)
        return {"ENV_HOST_PROJECT_DIR": str(folder)}

    def wish(self, **wishes: Any) -> None:
        """Say what the engine is to answer."""
        file = self.folder / "wishes.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | wishes))

    def containers(self, mode: str) -> dict[str, str]:
        """Return the state of each service of a mode."""
        kept = json.loads((self.folder / "containers.json").read_text())
        return {name: each["state"] for name, each in kept.get(f"{NAME}-{mode}", {}).items()}

    def begin(self, script: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a script, and return it."""
        (self.folder / "asked").write_text("")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ENV_", "PYTHON"))}
        own = {"PATH": f"{self.folder}:{os.environ['PATH']}", "ENGINE": str(self.folder), "PYTHON": sys.executable}
        own |= {"ENV_STACK_NAME": NAME, "ENV_SECRETS_DIR": str(self.secrets)}
        return subprocess.Popen(
            [ROOT / script, *arguments],
            env=kept | own | self.variables | variables, text=True, cwd="/",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def call(self, script: str, *arguments: str, text: str = "", **variables: str) -> Said:
        """Run a script to its end."""
        with self.begin(script, *arguments, **variables) as begun:
            return self.end(begun, text)

    def end(self, begun: subprocess.Popen[str], text: str = "") -> Said:
        """Return what a script that was started has said at its end."""
        out, err = begun.communicate(text, timeout=60)
        return Said(begun.returncode, out, err, self.asked())

    def asked(self) -> list[str]:
        """Return what the engine was asked, without what names the files."""
        return (self.folder / "asked").read_text().splitlines()
