"""From a port given to an order to the configuration lines of one platform."""

from turnup.render.grammar import Grammar, grammar_of
from turnup.render.intent import ConfigItem, Intent
from turnup.render.order import render_order

__all__ = ["ConfigItem", "Grammar", "Intent", "grammar_of", "render_order"]
