"""What routers said, kept so that it can be shown: redacted, content-addressed, never changed."""
