"""Export a policy as configuration for proxies and gateways: ``wsgicors export``.

`_form` holds which origins are allowed and what the answers are; each target writes that in its server's language.
"""
