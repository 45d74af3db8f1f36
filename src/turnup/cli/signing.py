"""`turnup keys`, `turnup verify`, `turnup countersign`: signed certificates, by public keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from turnup.cli.options import AsJson
from turnup.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from turnup.home import Home
    from turnup.signing.chain import Chains
    from turnup.signing.faults import Fault
    from turnup.signing.verify import Trust, Verification

keys_app = typer.Typer(help="Signing keys: make one, show its public part.", no_args_is_help=True)
Keys = Annotated[list[Path] | None, typer.Option("--key", help="The carrier's public key; several may be given.")]
Customers = Annotated[list[Path] | None, typer.Option("--customer-key", help="The customer's public key.")]
Evidence = Annotated[Path | None, typer.Option("--evidence", help="Folder with the evidence, if not beside FILE.")]

PANEL, RANK = "Proof", 5  # where `turnup --help` shows it


def register(main: typer.Typer) -> None:
    """Enter the commands."""
    main.add_typer(keys_app, name="keys", rich_help_panel=PANEL)
    main.command(rich_help_panel=PANEL)(verify)
    main.command(rich_help_panel=PANEL)(countersign)


def home_of(context: typer.Context) -> Home:
    """The data folder, that of the lab with --lab; no inventory is read."""
    from turnup.home import Home

    home = Home.of(context.obj.home)
    if context.obj.lab:
        from turnup.laboratory import lab_of

        return lab_of(home).home
    return home


@keys_app.command("new")
def keys_new(
    context: typer.Context,
    owner: Annotated[str, typer.Option(help="Whose key it is, in one line.")],
    name: Annotated[str, typer.Option(help="Name of its two files in the data folder.")] = "signing",
    days: Annotated[int | None, typer.Option(min=1, help="Days it may sign; without this there is no limit.")] = None,
) -> None:
    """Make an Ed25519 key pair in the data folder; the private part is readable by its owner alone."""
    from datetime import timedelta

    from turnup.cli.show import say
    from turnup.signing.keys import new_key

    folder = home_of(context).part("keys")
    key = new_key(folder, name, owner, _now(), timedelta(days=days) if days else None)
    say(f"key {key.keyid}")
    say(f"  private: {folder / name}.key  never leaves this machine")
    say(f"  public:  {folder / name}.pub  give this to whoever is to verify")


@keys_app.command("show")
def keys_show(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Name of the key.")] = "signing",
) -> None:
    """Print the public part of a key, as a file that `verify --key` and openssl read."""
    from turnup.cli.show import say
    from turnup.signing.keys import read_public_key

    path = home_of(context).part("keys") / f"{name}.pub"
    read_public_key(path)  # what is shown is a key
    say(path.read_text(encoding="utf-8").rstrip("\n"))


def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A signed certificate (.dsse); with --chain the folder of them.")],
    key: Keys = None,
    customer_key: Customers = None,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", help="The certificate's JSON file, if not beside FILE.")
    ] = None,
    evidence: Evidence = None,
    without_evidence: Annotated[
        bool, typer.Option("--without-evidence", help="Look at certificate and signatures only.")
    ] = False,
    carrier_only: Annotated[
        bool, typer.Option("--carrier-only", help="Leave signatures of unknown keys unlooked at.")
    ] = False,
    chain: Annotated[bool, typer.Option("--chain", help="Walk each port's certificates and name gaps.")] = False,
    pae: Annotated[bool, typer.Option("--pae", help="Only write the signed bytes (DSSE PAE), for openssl.")] = False,
    json: AsJson = False,
) -> None:
    """Show whether a signed certificate is what was signed. Needs its public key, no network, no inventory.

    An authentic certificate ends with the code of its outcome (0, 3, 4 or 8); an altered one with 6, one that could
    not be proved with 3.
    """
    from turnup.signing.sign import verify_file

    if pae:
        _write_pae(file)
        return
    home = home_of(context)
    if chain:
        _verify_chain(file, _trust(home, key, customer_key, carrier_only, needed=False), evidence, json)
    trust = _trust(home, key, customer_key, carrier_only)
    assert trust is not None  # noqa: S101 - asked for
    found = verify_file(
        file, trust, _now(), certificate=certificate, evidence=evidence, without_evidence=without_evidence
    )
    _show(found, json)
    raise typer.Exit(int(found.exit_code))


def countersign(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A signed certificate (.dsse).")],
    key: Annotated[str, typer.Option("--key", help="Your private key: a file, env:VARIABLE or keyring:SERVICE/USER.")],
    carrier_key: Annotated[list[Path], typer.Option("--carrier-key", help="The carrier's public key.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; FILE itself without it.")
    ] = None,
) -> None:
    """Sign a signed certificate as the customer, after it was verified: a second signature over the same bytes."""
    from turnup.cli.show import say
    from turnup.signing import sign
    from turnup.signing.keys import read_public_key
    from turnup.signing.verify import Trust

    trust = Trust(tuple(map(read_public_key, carrier_key)))
    signed = sign.countersign(file, key, trust, _now(), keys=home_of(context).path / "keys")
    sign.write_new(output or file, signed, replacing=output is None)
    say(str(output or file))


def sign_certificate(
    context: typer.Context, certificate: Path, key: str | None, output: Path | None, customer: Path | None
) -> None:
    """What `turnup report --sign` does: write the signed certificate beside the certificate, or for the customer."""
    from turnup.cli.show import say
    from turnup.signing import sign
    from turnup.signing.envelope import SUFFIX

    keys = home_of(context).path / "keys"
    signed = sign.sign(certificate, key or str(keys / "signing.key"), _now(), keys=keys)
    _must_follow_from_evidence(certificate)
    path = output or certificate.with_suffix(SUFFIX)
    sign.write_new(path, signed)
    say(str(path))
    if customer is not None:
        number = sign.give_to_customer(certificate, signed, customer)
        say(f"{customer}: certificate, signature and {number} pieces of evidence")


def _must_follow_from_evidence(path: Path) -> None:
    """Raise Refused where the file calls a test good and its evidence does not: it was edited before it was signed."""
    from turnup.certificate.document import from_json
    from turnup.errors import Refused
    from turnup.evidence.store import EvidenceStore
    from turnup.rejudge import unproved
    from turnup.signing.sign import evidence_beside

    folder = evidence_beside(path)
    certificate = from_json(path.read_text(encoding="utf-8"), where=str(path))
    if folder and (told := unproved(certificate, EvidenceStore(folder, str))):
        raise Refused(
            f"not signed: {'; '.join(told)}",
            advice="The file was edited, or turnup judges otherwise now: see turnup rejudge, and test the port again.",
        )


def _trust(
    home: Home, keys: list[Path] | None, customers: list[Path] | None, carrier_only: bool, *, needed: bool = True
) -> Trust | None:
    """The keys given; without any, the data folder's own."""
    from turnup.signing.keys import read_public_key
    from turnup.signing.verify import Trust

    own = home.path / "keys" / "signing.pub"
    carrier = keys or ([own] if own.is_file() else [])
    if not carrier and not needed:
        return None
    return Trust(tuple(map(read_public_key, carrier)), tuple(map(read_public_key, customers or ())), carrier_only)


def _verify_chain(folder: Path, trust: Trust | None, evidence: Path | None, json: bool) -> None:
    from turnup.signing.chain import walk
    from turnup.signing.evidence import EvidenceFolder

    if folder.is_file():  # one of them stands for the folder that it lies in
        folder = folder.absolute().parent
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", advice="Give the folder of a port's certificates.")
    found = walk(folder, trust, _now(), EvidenceFolder(evidence) if evidence else None)
    _show_chains(found, trust, json)
    faults = found.all_faults
    if not found.chains and not faults:
        raise UsageError(f"no certificate is in {folder}")
    code = ExitCode.SATISFIED
    if faults:
        code = ExitCode.REFUSED if any(fault.altered for fault in faults) else ExitCode.COULD_NOT_RUN
    raise typer.Exit(int(code))


def _write_pae(file: Path) -> None:
    import sys

    from turnup.signing.envelope import read_envelope
    from turnup.signing.sign import read_file

    sys.stdout.buffer.write(read_envelope(read_file(file), where=str(file)).pae)
    sys.stdout.buffer.flush()


def _show(found: Verification, json: bool) -> None:
    from turnup.cli.show import as_json, say

    statement = found.statement
    if json:
        as_json(
            {
                "file": found.where,
                "authentic": found.authentic,
                "outcome": found.outcome or None,
                "certificate": statement.name if statement else None,
                "digest": statement.digest if statement else None,
                "signed_at": statement.signed_at.isoformat() if statement else None,
                "signed_by": found.signers,
                "faults": _listed(found.faults),
                "notes": found.notes,
            }
        )
        return
    say(f"{found.where}: {'AUTHENTIC' if found.authentic else 'NOT PROVED TO BE AUTHENTIC'}")
    for fault in found.faults:
        say(f"  {'altered' if fault.altered else 'not proved'}: {fault}")
    for who in found.signers:
        say(f"  signed by {who}")
    for note in found.notes:
        say(f"  note: {note}")
    if statement is not None and found.authentic:
        say(f"  certificate {statement.digest}, signed {statement.signed_at.isoformat()}")
        say(f"  outcome: {found.outcome}")


def _show_chains(found: Chains, trust: Trust | None, json: bool) -> None:
    from turnup.cli.show import as_json, say
    from turnup.model.text import one_line

    if json:
        chains = [
            {
                "port": chain.place,
                "certificates": [
                    {"name": link.name, "digest": link.digest, "signed": link.signed} for link in chain.links
                ],
                "faults": _listed(chain.faults),
            }
            for chain in found.chains
        ]
        as_json({"chains": chains, "faults": _listed(found.faults), "signatures_verified": trust is not None})
        return
    for chain in found.chains:
        number = f"{len(chain.links)} certificate{'s' if len(chain.links) > 1 else ''}"
        say(f"{one_line(chain.place)}: {number}, {'BROKEN' if chain.faults else 'unbroken'}")
        for link in chain.links:
            say(f"  {link.digest[:16]}  {one_line(link.name)}  {'signed' if link.signed else 'not signed'}")
        for fault in chain.faults:
            say(f"  {fault}")
    for fault in found.faults:
        say(f"{'altered' if fault.altered else 'not proved'}: {fault}")
    say("note: the newest of a chain has none after it to tell that it was removed" if found.chains else "")
    if trust is None:
        say("note: no key was given; signatures were not looked at")


def _listed(faults: tuple[Fault, ...]) -> list[dict[str, object]]:
    return [{"where": fault.where, "told": fault.told, "altered": fault.altered} for fault in faults]


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)
