"""Performance Specifications and what follows: availability, time to repair, credits, rights (PASA 4, 8.4)."""
