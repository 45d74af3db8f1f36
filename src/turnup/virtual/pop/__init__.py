"""A POP of real protocol engines: three core routers, an upstream, two customers, a services host.

`topology` reads lab/pop.clab.yml, `stage` writes the folder a POP runs from, a Runner (`namespaces`, `containers`)
carries it, `pop` is what others use.
"""
