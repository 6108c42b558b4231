"""A policy to copy: as the file that commands read, and as configuration for proxies and gateways."""

import json

from wsgicors.export._form import form_of
from wsgicors.export._refusals import ExportError
from wsgicors.export._target import Options, files
from wsgicors.export._targets import TARGETS
from wsgicors.policy import Policy


def exports(policy: Policy) -> dict[str, str]:
    """Return the text for each place, by name. If a server cannot express the policy, it is a comment that says why.

    Args:
        policy: Its origins are patterns, without regular expressions or a source.

    >>> print(exports(Policy(allow_origins=["https://a.example"], allow_credentials=True))["policy.toml"])
    [rules."/"]
    allow_origins = ["https://a.example"]
    allow_credentials = true
    """
    form = form_of(policy)
    # TOML writes these values as JSON does.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in policy.to_mapping().items()]
    texts = {"policy.toml": "\n".join(['[rules."/"]', *lines])}
    for name, target in TARGETS.items():
        options = Options(command=f"wsgicors export --to {name} policy.toml")
        try:
            texts[target.title] = "\n".join(files(target, form, options).values()).rstrip()
        except ExportError as error:
            texts[target.title] = f"{target.comment} {error}"
    return texts
