"""From a router's answers to verdicts: facts of one transcript, the twenty tests over them, and what they add up to."""

from turnup.judge.explain import explain
from turnup.judge.overall import Overall, overall
from turnup.judge.run import asks_of, judge
from turnup.judge.transcript_facts import TranscriptFacts

__all__ = ["Overall", "TranscriptFacts", "asks_of", "explain", "judge", "overall"]
