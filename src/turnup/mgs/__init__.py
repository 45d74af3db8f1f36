"""Media Gateway Services: service orders, when they are deemed installed, service levels (MGS II and IV)."""
