"""Make, write, read and check certificates. The document is JSON; its schema is schema/certificate-1.json."""

from turnup.certificate.build import build_certificate
from turnup.certificate.document import canonical, digest, from_json, schema, to_json
from turnup.certificate.identity import identity_of
from turnup.certificate.software import folder_digest, software_versions

__all__ = [
    "build_certificate",
    "canonical",
    "digest",
    "folder_digest",
    "from_json",
    "identity_of",
    "schema",
    "software_versions",
    "to_json",
]
