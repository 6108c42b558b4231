import os


class Base:
    SECRET_KEY = os.environ.get("SECRET_KEY", "dev")
    STOREFRONTS = ["https://shop.example/"]
    # Preflights are kept for a week.
    CORS_MAX_AGE = 604800
    CORS_ALLOW_HEADERS = ["Content-Type", "Authorization", "Origin", "X-Cart"]


class Development(Base):
    DEBUG = True
    STOREFRONTS = ["https://shop.example/", "localhost:3000", r"http://127.0.0.1:\d+"]


class Production(Base):
    STOREFRONTS = ["https://shop.example", r"^https://.*\.shop\.example$"]
