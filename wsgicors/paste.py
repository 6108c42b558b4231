"""Configure the middleware in a PasteDeploy file, with the settings of `wsgicors.Policy`.

.. code-block:: ini

    [filter:cors]
    paste.filter_factory = wsgicors.paste:filter_factory
    allow_origins = https://www.example.com https://*.example.org
    allow_methods = PUT DELETE
    max_age = 600

If ``[DEFAULT]`` has a setting of the same name, PasteDeploy drops the section's: the filter then refuses to start.
Only ``debug`` is accepted there, because templates have it; the filter's own is then off.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wsgicors._checks import Checks
from wsgicors._text_settings import read_switch
from wsgicors.middleware import CORS
from wsgicors.policy import SETTINGS, Policy
from wsgicors.problems import PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["filter_factory"]


def filter_factory(global_conf: Mapping[str, str], **settings: str) -> "Callable[[WSGIApplication], CORS]":
    """Return the filter for a section: ``debug`` goes to `wsgicors.CORS`, every other setting to the policy.

    Raises:
        PolicyError: with every problem of the section.

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
