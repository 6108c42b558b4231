"""The demo: a page of one origin reads and writes notes on another, through the middleware.

Parts are connected only through their arguments: `notes` is a WSGI app without CORS, `journal` records what passes in
and out of it, `page` serves the page that shows it, `policies` says what the page may do, `serving` runs them.

The playground: `scenarios` are ready-made choices, `faults` what can be wrong with a server besides its policy,
`experiments` are servers with the chosen settings, `corrections` are the policies that blocked requests need,
`snippets` and `exports` write a policy to copy, `tour` and `questions` teach, `playground` answers the page.
"""
