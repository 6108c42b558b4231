"""The same policy as configuration of proxies and gateways: ``wsgicors export``.

`_form` says who is allowed and what is answered; each target writes that in the language of its server.
"""
