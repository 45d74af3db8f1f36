"""What one sending carries: the message and what goes with it, as one piece of bytes in the outbox."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One document: its file's name, its media type, its bytes."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True)
class Parcel:
    """Subject and text for people, and the documents; the last one is the message itself."""

    subject: str
    text: str
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        """For the outbox and for webhooks: one JSON document."""
        parts = [{"name": p.name, "media": p.media, "base64": base64.b64encode(p.data).decode()} for p in self.parts]
        return json.dumps({"subject": self.subject, "text": self.text, "parts": parts}, sort_keys=True).encode()

    @classmethod
    def of(cls, data: bytes) -> Parcel:
        """The same back."""
        found = json.loads(data)
        parts = (Part(p["name"], p["media"], base64.b64decode(p["base64"])) for p in found["parts"])
        return cls(found["subject"], found["text"], tuple(parts))

    @property
    def message(self) -> bytes:
        """The message itself, XML."""
        return self.parts[-1].data
