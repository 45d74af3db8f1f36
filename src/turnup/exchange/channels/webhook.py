"""By HTTP POST to the partner's URL, signed: HMAC-SHA256 over the moment and the body, in one header."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from turnup.errors import Refused, Unreachable
from turnup.exchange.parcel import Parcel
from turnup.store.sendings import UNCERTAIN, Sending

SIGNATURE = "Turnup-Signature"
_AGAIN = frozenset({408, 409, 425, 429})  # answers of the 4xx that another moment may change


@dataclass(frozen=True)
class WebhookChannel:
    """One POST a sending; 2xx = delivered. A redirect is not followed: the URL is what was agreed."""

    secret: str = field(repr=False)
    timeout: float = 30.0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def send(self, sending: Sending, parcel: Parcel) -> str:
        """Post it; the status is the proof. Raises Unreachable (try again), Refused (another 4xx, a redirect)."""
        import httpx

        moment = int(self.clock().timestamp())
        body = parcel.to_bytes()
        headers = {
            "Content-Type": "application/json",
            "Turnup-Message-Id": sending.message_id,
            "Turnup-Kind": sending.kind,
            SIGNATURE: signature(self.secret, moment, body),
        }
        try:
            answer = httpx.post(sending.target, content=body, headers=headers, timeout=self.timeout)
        except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError) as error:  # sent, and not answered
            raise Unreachable(f"{sending.target}: {type(error).__name__}: it {UNCERTAIN}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{sending.target}: {type(error).__name__}: {error}") from error
        if answer.is_success:
            return f"webhook {sending.target}: {answer.status_code}"
        said = f"{sending.target} answered {answer.status_code}"
        if answer.status_code >= 500 or answer.status_code in _AGAIN:
            raise Unreachable(said)
        raise Refused(said)


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=MOMENT,v1=HEX`: HMAC-SHA256 of `MOMENT.BODY`; the receiver refuses an old moment."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
