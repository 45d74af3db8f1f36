"""From files to frozen types, strictly: an unknown or missing field is an error with its file and line."""
