from .base import *  # noqa

DEBUG = False

CORS_ORIGIN_WHITELIST = os.environ.get("CORS_ORIGINS", "").split(",")
CORS_ORIGIN_REGEX_WHITELIST = (
    r"^https://\w+\.notes\.example$",  # teams
)
CORS_PREFLIGHT_MAX_AGE = 7 * 86400
