"""``wsgicors migrate``: rewrite a project that uses flask-cors or django-cors-headers, and find what is unsafe in it.

A run has these steps: `_project` reads the files, `_libraries` finds the uses of each old library, whose settings
`_evaluator` evaluates; `_judging` builds the resulting policy and applies its remedies, `_edits` rewrites the files,
and `_report` prints what is left to decide.
"""
