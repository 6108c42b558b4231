"""Configure the middleware in a PasteDeploy file, with the settings of a `wsgicors.Policy` by their names.

.. code-block:: ini

    [filter:cors]
    paste.filter_factory = wsgicors.paste:filter_factory
    allow_origins = https://www.example.com https://*.example.org
    allow_methods = PUT DELETE
    max_age = 600

Where ``[DEFAULT]`` has a setting of the same name, PasteDeploy drops that of the section: the filter then refuses to
start. Only ``debug`` may stand there, as templates have it; the filter's own is then off.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wsgicors._checks import Checks, read_switch
from wsgicors.middleware import CORS
from wsgicors.policy import Policy
from wsgicors.problems import SETTINGS, PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["filter_factory"]


def filter_factory(global_conf: Mapping[str, str], **settings: str) -> "Callable[[WSGIApplication], CORS]":
    """Return what PasteDeploy calls for a filter section; ``debug`` is `wsgicors.CORS`'s, all else is the policy's.

    Raises:
        PolicyError: with every fault of the section.

    >>> cors = filter_factory({}, allow_origins="https://www.example.com", max_age="600")
    >>> cors(lambda environ, start_response: []).rules
    Policy(allow_origins=['https://www.example.com'], max_age=600)
    """
    checks = Checks()
    for name in SETTINGS:
        if name in global_conf:
            checks.add("paste-default", name, name)
    debug = checks.switch("debug", read_switch(settings.pop("debug", "false")))
    try:
        policy = Policy.from_mapping(settings)
    except PolicyError as error:
        raise PolicyError([*checks.problems, *error.problems]) from None
    checks.finish()
    return lambda app: CORS(app, policy, debug=debug)
