"""Why a test is red: findings fold into causes, by a ladder of layers that is data (templates/causes/)."""

from turnup.why.fold import Port, causes
from turnup.why.ladder import Layer, Sign, ladder

__all__ = ["Layer", "Port", "Sign", "causes", "ladder"]
