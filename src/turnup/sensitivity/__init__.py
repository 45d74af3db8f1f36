"""Is a PASS sensitive to its evidence? Change what it rests on in a thousand ways; each change must cost the PASS."""

from turnup.sensitivity.changes import Change
from turnup.sensitivity.harmless import Harmless, all_harmless
from turnup.sensitivity.trial import Survivor, Trials, summary, tried

__all__ = ["Change", "Harmless", "Survivor", "Trials", "all_harmless", "summary", "tried"]
