"""How a platform's configuration is read in the words of the tests."""

from turnup.reading.table import Implied, LeftOut, Reading, Rule, Whole, read_table
from turnup.reading.walk import Block

__all__ = ["Block", "Implied", "LeftOut", "Reading", "Rule", "Whole", "read_table"]
