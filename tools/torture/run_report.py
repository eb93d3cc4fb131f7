"""Evidence of a run with offences: log, files, seed, ledger."""

from collections.abc import Mapping
from pathlib import Path
import shutil
import tempfile

_SAME_EVERYWHERE = ("custom_components", "deps", "tts", "www")
_SECRETS = ("auth", "auth_provider.homeassistant")


def keep(home: Path, seed: str, texts: Mapping[str, str]) -> Path:
    """Copy the folder of a stopped home, add texts; return its path."""
    folder = Path(tempfile.mkdtemp(prefix=f"event-relay-torture-{seed}-"))
    ignored = shutil.ignore_patterns(*_SAME_EVERYWHERE, *_SECRETS)
    shutil.copytree(home, folder / "home", ignore=ignored)
    for name, text in {"seed": seed, **texts}.items():
        (folder / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    return folder
