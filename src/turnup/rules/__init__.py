"""What several acceptance tests know in common: how IOS writes BGP, access-lists, method lists, times.

Pure functions over facts and configuration lines. Tests (content) import these; tests never import each other.
"""
