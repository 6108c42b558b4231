"""``wsgicors migrate``: rewrite a project that uses flask-cors or django-cors-headers, and find what is unsafe in it.

The way of a run: `project` reads the files, `flask` and `django` find the settings and read them through `values`,
`judging` builds the policy that they make and applies its remedies, `edits` rewrites the files, `report` prints what is
left to decide.
"""
