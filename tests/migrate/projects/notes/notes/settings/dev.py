from .base import *  # noqa

DEBUG = True

CORS_ALLOWED_ORIGIN_REGEXES = [
    r"^http://localhost:\d+$",
    r"^http(s)?://127.0.0.1:\d+",
]
