"""turnup brings router ports into service and proves it. The engine; the content lies in folders of its own."""

from pathlib import Path

# In a checkout acceptance/, tasks/, templates/ ... lie at the top of the repository; in the wheel, in this
# package. This line makes both the same: `turnup.acceptance`, `turnup.tasks`, folder("templates").
_top = Path(__file__).resolve().parents[2]
if (_top / "acceptance").is_dir() and (_top / "pyproject.toml").is_file():
    __path__.append(str(_top))


def folder(name: str) -> Path:
    """Content folder of that name, wherever this copy of the product keeps it.

    Raises FileNotFoundError when this copy has none.
    """
    for base in __path__:
        if (path := Path(base) / name).is_dir():
            return path
    raise FileNotFoundError(f"this copy of turnup has no {name}/ folder")
