"""How a kept text is packed on the disk: one zstd frame that tells its length and carries a checksum.

The address of a text is the digest of its plain bytes, so another packing changes no certificate.
"""

from __future__ import annotations

SUFFIX = ".zst"
_LEVEL = 3


class NotWhole(ValueError):
    """Packed bytes that are not one whole text of ours."""


def pack(data: bytes) -> bytes:
    """One frame."""
    from zstandard import ZstdCompressor

    return ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True).compress(data)


def unpack(data: bytes, limit: int | None = None) -> bytes:
    """The text, of at most `limit` bytes. Raises NotWhole: altered, cut, followed by something, or longer than that.

    A file that was made to fill the memory tells its length first, and is only wrong.
    """
    from zstandard import ZstdDecompressor, ZstdError, frame_content_size

    try:
        length = frame_content_size(data)
        if length < 0 or (limit is not None and length > limit):
            raise NotWhole(f"it tells a length of {length} bytes")
        return ZstdDecompressor().decompress(data, allow_extra_data=False)
    except ZstdError as error:
        raise NotWhole(f"it is not one whole packed text ({error})") from error
