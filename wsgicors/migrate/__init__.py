"""``wsgicors migrate``: rewrite a project that uses flask-cors or django-cors-headers, and find what is unsafe in it.

A run has these steps: `project` reads the files, `flask` and `django` find the settings and read them with `values`,
`judging` builds the resulting policy and applies its remedies, `edits` rewrites the files, `report` prints what is left
to decide.
"""
