"""The only room that talks to routers. Light to import; netmiko is loaded when a session is opened."""

from turnup.connect.collection import collect
from turnup.connect.opening import open_session
from turnup.connect.session import Address, ConfigurationUnknown, Credentials, Said, Session, WrongMode

__all__ = [
    "Address",
    "ConfigurationUnknown",
    "Credentials",
    "Said",
    "Session",
    "WrongMode",
    "collect",
    "open_session",
]
