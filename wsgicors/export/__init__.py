"""The same policy as configuration of proxies and gateways: ``wsgicors export``.

`form` says who is allowed and what is answered, each target writes that in its server's language.
"""
