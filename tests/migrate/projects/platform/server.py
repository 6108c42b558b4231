"""One server for both."""
import os

from werkzeug.middleware.dispatcher import DispatcherMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "office.office.settings")

from django.core.wsgi import get_wsgi_application

from front import app

office = get_wsgi_application()


def application(environ, start_response):
    chosen = office if environ["PATH_INFO"].startswith("/office/") else app
    return chosen(environ, start_response)
