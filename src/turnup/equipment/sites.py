"""Equipment Sites by any name an order may give them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from turnup.equipment.crosscheck import name_key, site_names
from turnup.errors import InputError
from turnup.model.equipment import Site


def find_site(sites: Mapping[str, Site], name: str) -> Site:
    """The site of that id, name, alias or street address; case and punctuation do not matter. Raises InputError."""
    known = {name_key(one): site for site in sites.values() for one in site_names(site)}
    if (site := known.get(name_key(name))) is not None:
        return site
    near = difflib.get_close_matches(name_key(name), list(known), n=1)
    guess = f"; did you mean {known[near[0]].site_id}?" if near else f"; known: {', '.join(sorted(sites))}"
    raise InputError(f"no Equipment Site {name!r}{guess}")
