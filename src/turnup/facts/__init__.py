"""Facts: what a router can tell, one typed row a file. A fact's name is its file's; its class is that name in
CamelCase. Values are filled by `parse` from the template of the same name; None means the router did not say.
"""
