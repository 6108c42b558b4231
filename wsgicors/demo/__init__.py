"""The main job, to look at: a page of one origin that reads and writes notes on another, through the middleware.

Each part knows the others by what it is given only: `notes` is a WSGI app without a word on CORS, `journal` keeps what
passed in and out of it, `page` serves the page that shows it, `policies` says what the page may do, `serving` runs
them.

The playground: `scenarios` are ready-made choices, `faults` what can be wrong with a server besides its policy,
`experiments` are servers that answer as was chosen, `corrections` are the policies that blocked requests need,
`snippets` and `exports` write a policy to copy, `tour` and `questions` teach, `playground` is what the page asks.
"""
