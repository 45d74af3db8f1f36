"""From a router's answer to typed facts, strictly: every line is known to the template, or the answer is refused."""

from turnup.parse.fact_types import fact_class, fact_name
from turnup.parse.parsed import Parsed, parse

__all__ = ["Parsed", "fact_class", "fact_name", "parse"]
