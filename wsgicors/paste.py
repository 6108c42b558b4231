"""Configure the middleware in a PasteDeploy file, with the settings of a `wsgicors.Policy` by their names.

.. code-block:: ini

    [filter:cors]
    paste.filter_factory = wsgicors.paste:filter_factory
    allow_origins = https://www.example.com https://*.example.org
    allow_methods = PUT DELETE
    max_age = 600
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from wsgicors._checks import Checks, read_switch
from wsgicors.middleware import CORS
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def filter_factory(global_conf: object, **settings: str) -> "Callable[[WSGIApplication], CORS]":
    """What PasteDeploy calls for a filter section; ``debug`` is `wsgicors.CORS`'s, all else is the policy's.

    Raises:
        PolicyError: with every fault of the section.

    >>> cors = filter_factory({}, allow_origins="https://www.example.com", max_age="600")
    >>> cors(lambda environ, start_response: []).rules
    Policy(allow_origins=['https://www.example.com'], max_age=600)
    """
    checks = Checks()
    debug = checks.switch("debug", read_switch(settings.pop("debug", "false")))
    try:
        policy = Policy.from_mapping(settings)
    except PolicyError as error:
        raise PolicyError([*checks.problems, *error.problems]) from None
    checks.finish()
    return lambda app: CORS(app, policy, debug=debug)
