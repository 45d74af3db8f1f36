"""The nodes' image: built from Debian's packages, without a registry; built again only when its recipe changes."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from turnup import folder
from turnup.errors import CouldNotRun
from turnup.load.strict import build
from turnup.virtual.pop.engine import Engine
from turnup.virtual.pop.programs import LONG, output_of

RECIPE = Path("pop/image/recipe.toml")  # below lab/
LABEL = "turnup.recipe"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
ADVICE = "On Debian or Ubuntu, as root: apt-get install mmdebstrap debian-archive-keyring."


@dataclass(frozen=True)
class Recipe:
    """What goes into the image: a Debian suite from a mirror, these packages, without these paths."""

    suite: str
    mirror: str
    packages: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of everything that makes the image another one; which mirror its packages come from does not."""
        told = {**asdict(self), "mirror": "", "machine": platform.machine()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def read_recipe(path: Path | None = None) -> Recipe:
    """The recipe of that file (default: the product's own). Raises InputError."""
    path = path or folder("lab") / RECIPE
    recipe = build(Recipe, tomllib.loads(path.read_text()), where=str(path))
    return replace(recipe, mirror=os.environ.get("TURNUP_DEBIAN_MIRROR", recipe.mirror))


def image_is_there(engine: Engine, name: str, recipe: Recipe) -> bool:
    """Whether the engine has an image of that name, built by this recipe."""
    try:
        told = engine.docker("image", "inspect", "--format", f'{{{{index .Config.Labels "{LABEL}"}}}}', name)
    except CouldNotRun:
        return False
    return told.strip() == recipe.digest


def check_image_tools() -> None:
    """See that an image can be built here. Raises CouldNotRun with advice."""
    if shutil.which("mmdebstrap") is None:
        raise CouldNotRun("the nodes' image cannot be built: `mmdebstrap` is not on this machine", advice=ADVICE)
    if not KEYRING.exists():
        raise CouldNotRun(f"the nodes' image cannot be built: {KEYRING} is not on this machine", advice=ADVICE)


def build_image(engine: Engine, name: str, recipe: Recipe) -> None:
    """Build the image and give it to the engine under that name. A minute or two; needs the mirror.

    Raises CouldNotRun with the last words of what failed.
    """
    check_image_tools()
    with tempfile.TemporaryDirectory(prefix="turnup-image-") as place:
        root = Path(place) / "root.tar"
        output_of(
            "mmdebstrap",
            "--variant=minbase",
            f"--keyring={KEYRING}",
            f"--include={','.join(recipe.packages)}",
            *(f"--dpkgopt=path-exclude={path}" for path in recipe.without),
            recipe.suite,
            str(root),
            recipe.mirror,
            seconds=LONG,
            advice=f"The packages come from {recipe.mirror}; TURNUP_DEBIAN_MIRROR names another mirror.",
        )
        engine.docker("import", "--change", f"LABEL {LABEL}={recipe.digest}", str(root), name, seconds=LONG)
