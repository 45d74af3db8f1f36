"""From the lines an order has on a router to the lines it shall have: quiesce, take away, put in place, activate.

Used for back-outs (towards the snapshot), compensation (from a fresh read) and disconnects. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from turnup.change.addresses import address_in
from turnup.change.footprint import Footprint, Lines, sections_of
from turnup.render.fold import Sections
from turnup.render.grammar import Grammar, Known
from turnup.render.intent import ConfigItem


@dataclass(frozen=True)
class Steps:
    """Lines to send. `quiet`: harmless, everything shut. `alive`: what brings port and peer up again."""

    quiet: tuple[ConfigItem, ...] = ()
    alive: tuple[ConfigItem, ...] = ()

    @property
    def all(self) -> tuple[ConfigItem, ...]:
        """Both, in order."""
        return self.quiet + self.alive


def transition(current: Lines, target: Lines, footprint: Footprint, grammar: Grammar) -> Steps:
    """Lines that lead from `current` to `target`, both (section, text) within the footprint.

    A line that the grammar does not know is somebody else's and is left alone: the read-back then tells of it.
    """
    if sorted(current) == sorted(target):
        return Steps()
    return _Way(
        sections_of(current, footprint.headers), sections_of(target, footprint.headers), footprint, grammar
    ).steps()


@dataclass(frozen=True)
class _Way:
    now: Sections
    then: Sections
    footprint: Footprint
    grammar: Grammar

    def steps(self) -> Steps:
        quiet = [
            *self._quiesce(),
            *self._remove_peers(),
            *self._take_passive(),
            *self._put_lists(),
            *self._put_wholes(),
            *self._remove_subinterfaces(),
            *self._ports(),
            *self._put_passive(),
            *self._peers(),
            *self._remove_lists(),
            *self._remove_wholes(),
        ]
        alive = list(self._activate())
        return Steps(tuple(ConfigItem(s, t, 1) for s, t in quiet), tuple(ConfigItem(s, t, 2) for s, t in alive))

    # --- quiesce and activate ----------------------------------------------------------------------------------

    def _quiesce(self) -> Iterator[tuple[str, str]]:
        for header, peer in self.footprint.peers:
            alive = self._is_peer(self.now, header, peer) and not self._peer_shut(self.now, header, peer)
            if alive and self._peer_must_rest(header, peer):
                yield header, f"neighbor {peer} shutdown"
        for header, peer in self.footprint.beside:
            must_rest = self._filter_changes or self._peer_shut(self.then, header, peer)
            if must_rest and not self._peer_shut(self.now, header, peer):
                yield header, f"neighbor {peer} shutdown"
        for port in self.footprint.ports:
            header = f"interface {port}"
            if "shutdown" not in self.now.get(header, ()) and port in self._resting_ports:
                yield header, "shutdown"

    def _activate(self) -> Iterator[tuple[str, str]]:
        for header, peer in self.footprint.peers:
            alive = self._is_peer(self.then, header, peer) and not self._peer_shut(self.then, header, peer)
            if alive and (self._peer_shut(self.now, header, peer) or self._peer_must_rest(header, peer)):
                yield header, f"no neighbor {peer} shutdown"
        for header, peer in self.footprint.beside:
            was_shut = self._peer_shut(self.now, header, peer) or self._filter_changes
            if was_shut and not self._peer_shut(self.then, header, peer):
                yield header, f"no neighbor {peer} shutdown"
        for port in self.footprint.ports:
            header = f"interface {port}"
            was_shut = "shutdown" in self.now.get(header, ()) or port in self._resting_ports
            if "shutdown" not in self.then.get(header, ()) and was_shut:
                yield header, "no shutdown"

    # --- what has to rest meanwhile ------------------------------------------------------------------------------

    @cached_property
    def _resting_ports(self) -> frozenset[str]:
        """Ports that must be shut: they shall be at the end, or something else than text for people changes there."""
        changed = [header for header in {*self.now, *self.then} if header and self._differs(header)]
        touched = {header.split(" ")[1].partition(".")[0] for header in changed if header.startswith("interface ")}
        for header in self.footprint.isis:
            moved = set(self.now.get(header, ())) ^ set(self.then.get(header, ()))
            touched |= {line.split(" ")[1].partition(".")[0] for line in moved}
        shut = {port for port in self.footprint.ports if "shutdown" in self.then.get(f"interface {port}", ())}
        return frozenset(shut | (touched & set(self.footprint.ports)))

    def _peer_must_rest(self, header: str, peer: str) -> bool:
        """Whether the peer must be shut: it, its filter or the port below it changes in more than text."""
        if self._resting_ports or self._filter_changes or self._peer_shut(self.then, header, peer):
            return True
        return self._differs(header, f"neighbor {peer} ")

    @cached_property
    def _filter_changes(self) -> bool:
        wholes = self.footprint.wholes
        return self._lists(self.now) != self._lists(self.then) or any(
            self.now.get(header) != self.then.get(header) for header in wholes
        )

    def _differs(self, header: str, first: str = "") -> bool:
        """Whether lines of that section (those that begin so) differ in more than text for people, or being shut."""
        now, then = (
            {
                line.key: (line.text, line.rule.talk)
                for line in self._all_known(header, sections.get(header, ()))
                if line.text.startswith(first) and line.text.split(" ")[-1] != "shutdown"
            }
            for sections in (self.now, self.then)
        )
        return any(not talk for _, (_, talk) in now.items() ^ then.items())

    # --- peers -------------------------------------------------------------------------------------------------

    def _is_peer(self, sections: Sections, header: str, peer: str) -> bool:
        return self._remote_as(sections, header, peer) is not None

    def _remote_as(self, sections: Sections, header: str, peer: str) -> str | None:
        first = f"neighbor {peer} remote-as "
        return next((line for line in sections.get(header, ()) if line.startswith(first)), None)

    def _peer_shut(self, sections: Sections, header: str, peer: str) -> bool:
        return f"neighbor {peer} shutdown" in sections.get(header, ())

    def _remade(self, header: str, peer: str) -> bool:
        """Whether the peer has to go: it shall not be, or not with this AS."""
        now = self._remote_as(self.now, header, peer)
        return now is not None and now != self._remote_as(self.then, header, peer)

    def _remove_peers(self) -> Iterator[tuple[str, str]]:
        for header, peer in self.footprint.peers:
            if self._remade(header, peer):
                # Takes all lines of the peer with it; a further `no neighbor` would be refused.
                line = self._remote_as(self.now, header, peer) or ""
                yield header, known.off if (known := self.grammar.known(header, line)) else f"no {line}"

    def _peers(self) -> Iterator[tuple[str, str]]:
        for header, peer in self.footprint.peers:
            if not self._is_peer(self.then, header, peer):
                continue
            first = f"neighbor {peer} "
            new = self._remade(header, peer) or not self._is_peer(self.now, header, peer)
            now = () if new else tuple(line for line in self.now.get(header, ()) if line.startswith(first))
            then = tuple(line for line in self.then.get(header, ()) if line.startswith(first))
            shut = f"neighbor {peer} shutdown"
            if not new:
                now, then = ((*lines, shut) if shut not in lines else lines for lines in (now, then))
            elif shut not in then:
                then = (*then, shut)
            yield from self._difference(header, now, then)

    # --- interfaces --------------------------------------------------------------------------------------------

    def _loses_address(self, port: str) -> bool:
        header = f"interface {port}"
        now, then = (any(address_in(line) for line in sections.get(header, ())) for sections in (self.now, self.then))
        return now and not then

    def _ports(self) -> Iterator[tuple[str, str]]:
        # An address that goes to another port must have left its old one: the router takes no network twice.
        for port in sorted(self.footprint.ports, key=lambda port: not self._loses_address(port)):
            header = f"interface {port}"
            now, then = (
                tuple(line for line in sections.get(header, ()) if line != "shutdown")
                for sections in (self.now, self.then)
            )
            yield from self._difference(header, now, then)
        for header in self._subinterfaces(self.then):
            if header not in self.now:
                yield header, ""
            yield from self._difference(header, self.now.get(header, ()), self.then[header])

    def _subinterfaces(self, sections: Sections) -> tuple[str, ...]:
        return tuple(line for line in sections[""] if line.startswith("interface "))

    def _remove_subinterfaces(self) -> Iterator[tuple[str, str]]:
        for header in self._subinterfaces(self.now):
            if header in self.then:
                continue
            # A removed subinterface may come back with its lines: the address must not.
            if any(line.startswith("ip address ") for line in self.now[header]):
                yield header, "no ip address"
            yield "", f"no {header}"

    # --- lists and IS-IS ---------------------------------------------------------------------------------------

    def _lists(self, sections: Sections) -> dict[str, str]:
        """Entries by place (list and sequence number)."""
        lines = (line for line in sections[""] if line.startswith("ip prefix-list "))
        return {known.key: known.text for known in self._all_known("", tuple(lines))}

    def _put_lists(self) -> Iterator[tuple[str, str]]:
        now = self._lists(self.now)
        for place, line in self._lists(self.then).items():
            if place in now and now[place] != line:
                yield "", f"no {now[place]}"  # a sequence number cannot be used twice; the peer is shut meanwhile
            if now.get(place) != line:
                yield "", line

    def _remove_lists(self) -> Iterator[tuple[str, str]]:
        then = self._lists(self.then)
        for place, line in self._lists(self.now).items():
            if place not in then:
                yield "", f"no {line}"

    def _put_wholes(self) -> Iterator[tuple[str, str]]:
        """The sets and policies of IOS XR: typed again as a whole, in order."""
        for header in self.footprint.wholes:
            if header in self.then[""] and self.then.get(header) != self.now.get(header):
                yield from ((header, line) for line in ("", *self.then[header]))
                yield "", "end-set" if header.startswith("prefix-set ") else "end-policy"

    def _remove_wholes(self) -> Iterator[tuple[str, str]]:
        """A policy before the set that it names."""
        for header in reversed(self.footprint.wholes):
            if header in self.now[""] and header not in self.then[""]:
                yield "", f"no {header}"

    def _take_passive(self) -> Iterator[tuple[str, str]]:
        for header in self.footprint.isis:
            for line in self.now.get(header, ()):
                if line not in self.then.get(header, ()):
                    yield header, f"no {line}"

    def _put_passive(self) -> Iterator[tuple[str, str]]:
        for header in self.footprint.isis:
            for line in self.then.get(header, ()):
                if line not in self.now.get(header, ()):
                    yield header, line

    # --- lines of one section ----------------------------------------------------------------------------------

    def _difference(self, header: str, now: tuple[str, ...], then: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """What to take away (last first), then what to set (first first)."""
        have = {line.key: line for line in self._all_known(header, now)}
        want = {line.key: line for line in self._all_known(header, then)}
        for line in sorted(have.values(), key=lambda line: -line.rank):
            if line.key not in want:
                yield header, line.off
        for line in sorted(want.values(), key=lambda line: line.rank):
            if line.key not in have or have[line.key].text != line.text:
                yield header, line.text

    def _all_known(self, header: str, lines: tuple[str, ...]) -> Iterator[Known]:
        for line in lines:
            if known := self.grammar.known(header, line):
                yield known
