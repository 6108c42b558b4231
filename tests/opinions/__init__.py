"""What seven other CORS libraries have their tests say, asked of this one.

`cases.json` has the facts of their test tables, as of the revisions that it names: which policy, which request, which
outcome, which headers of the answer. Their settings are written as a mapping of `wsgicors.Policy.from_mapping` that
says the same, defaults included; a function of origins becomes the list or the expression that says the same. Where
such a policy does not build here, its test may stand there again with the settings that the problem asks for, and its
name says so. What is particular to a library has no case: its hooks, its log, its router, functions that answer anew
each time. Where this library differs, a case has the outcome here and a reason with its authority. The file is its own
source: nothing generates it.

::

    python -m tests.opinions    # how many are the same, and how many explained, a project a line
"""
