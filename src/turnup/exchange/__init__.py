"""The electronic interface (PASA 2.4): messages in, messages out, each acted on once; notices and results by mail."""
