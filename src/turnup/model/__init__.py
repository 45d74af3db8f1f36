"""The contract's words as frozen types. Imports nothing of ours but the errors."""
