"""The test tables of seven other CORS libraries, tried on this one.

`cases.json` has the facts of their test tables, at the named revisions: the policy, the request, the outcome, and the
headers of the response. Their settings are translated to an equivalent mapping for `wsgicors.Policy.from_mapping`,
including defaults; a function of origins becomes an equivalent list or expression. If such a policy does not build
here, its test can appear a second time with the settings that the problem asks for, and its name says so. Features
specific to a library have no case: its hooks, its log, its router, functions with changing results. If this library
differs, the case has the outcome here and a reason with its authority. Nothing generates the file.

::

    python -m tests.opinions    # the numbers of same and of explained outcomes, one project a line
"""
