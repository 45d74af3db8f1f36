"""The commands, one file a family. Every function with `@shows` is found by folder."""
