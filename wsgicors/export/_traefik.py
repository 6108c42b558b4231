"""Traefik: routers decide, the headers middleware answers and adds, ``ipAllowList`` refuses.

Traefik has no static responses: its headers middleware grants a preflight, always with 200, and an allow list of
addresses that no client has answers 403. Traefik cannot repeat what a request asks for.
"""

from collections.abc import Iterator
from typing import Final

from wsgicors.export._expressions import escape
from wsgicors.export._form import Form, Grant, Rule
from wsgicors.export._refusals import ExportError, Refused, refused
from wsgicors.export._target import COMPARING, CORS_HEADERS, LOSSLESS, SAFE, Options, Target
from wsgicors.export._yaml import Yaml, dump

_ORIGIN: Final = "HeaderRegexp(`Origin`, `.`)"
_PREFLIGHT: Final = f"Method(`OPTIONS`) && {_ORIGIN} && HeaderRegexp(`Access-Control-Request-Method`, `.`)"
_PRIVATE: Final = "Header(`Access-Control-Request-Private-Network`, `true`)"
_AUTHORIZATION: Final = r"HeaderRegexp(`Access-Control-Request-Headers`, `(?i)(?:^|[\t ,])authorization(?:[\t ,]|$)`)"
_SAFE: Final = " || ".join(f"Method(`{method}`)" for method in SAFE.split("|"))
_NOBODY: Final = "https://nobody.invalid"
_REFUSE: Final[Yaml] = {"ipAllowList": {"sourceRange": ["255.255.255.255/32"], "rejectStatusCode": 403}}


def _text(text: str) -> str:
    return "`" + text.replace("`", r"\x60") + "`"


def _who(grant: Grant) -> str:
    """Return the condition under which a grant allows the origin; ``""`` if it allows every origin."""
    if grant.any_origin:
        return ""
    together = [*map(escape, grant.exact), *(family.expression for family in grant.families if not family.bound)]
    alternatives = [f"HeaderRegexp(`Origin`, {_text('^(?:' + '|'.join(together) + ')$')})"] if together else []
    for family in grant.families:
        if family.bound:
            both = " && ".join(f"HeaderRegexp(`Origin`, {_text(f'^(?:{part})$')})" for part in family.parts)
            alternatives.append(f"({both})")
    return f"({' || '.join(alternatives)})"


def _response_headers(**headers: str) -> Yaml:
    return {"headers": {"customResponseHeaders": {name.replace("_", "-"): value for name, value in headers.items()}}}


def _where(path: str) -> str:
    return f"PathRegexp({_text(path)})" if path else ""


class _Routers:
    """Routers and middlewares, in the order of their priority."""

    def __init__(self, form: Form, options: Options) -> None:
        self.options = options
        self.routers: dict[str, Yaml] = {}
        self.middlewares: dict[str, Yaml] = {}
        self.priority = 100_000

    def middleware(self, name: str, settings: Yaml) -> str:
        """Add a middleware, and return its name."""
        self.middlewares[f"{self.options.name}-{name}"] = settings
        return f"{self.options.name}-{name}"

    def router(self, name: str, *conditions: str, middlewares: Iterator[str] | list[str]) -> None:
        """Add a router after all the others."""
        self.priority -= 1
        router: dict[str, Yaml] = {
            "rule": " && ".join(filter(None, conditions)) or "PathPrefix(`/`)",
            "priority": self.priority,
            "service": self.options.upstream,
        }
        listed = list(middlewares)
        if listed:
            router["middlewares"] = listed
        self.routers[f"{self.options.name}-{name}"] = router

    def rule(self, at: int, path: str, rule: Rule) -> None:
        """Add the routers of a rule for a path and those below it."""
        where = _where(path)
        name = f"{at}-{rule.name.replace('_', '-')}"
        deny = self.middleware("deny", _REFUSE)
        for index, grant in enumerate(rule.grants):
            self.preflights(f"{name}-{index}", [where, _PREFLIGHT, _who(grant)], grant, deny)
        if not rule.allows_anybody:
            vary = self.vary(f"{name}-refused", ", ".join(rule.refused_vary))
            self.router(f"{name}-refused", where, _PREFLIGHT, middlewares=[*vary, deny])
        removed: dict[str, Yaml] = {"customResponseHeaders": dict.fromkeys(CORS_HEADERS, "")}
        for index, grant in enumerate(rule.grants):
            expose = {"accessControlExposeHeaders": grant.expose.split(", ")} if grant.expose else {}
            settings = {**removed, **_origin(grant), **expose, "addVaryHeader": rule.varies}
            allowed = self.middleware(f"{name}-{index}-allowed", {"headers": settings})
            self.router(f"{name}-{index}-allowed", where, _who(grant), middlewares=[allowed])
        # addVaryHeader has no effect without an allowed origin.
        strange = {"headers": {**removed, "accessControlAllowOriginList": [_NOBODY], "addVaryHeader": True}}
        if rule.forbids:
            self.forbidden(name, where, deny, self.middleware(f"{name}-stranger", strange))
        if not rule.allows_anybody:
            self.router(f"{name}-others", where, middlewares=[self.middleware(f"{name}-stranger", strange)])

    def forbidden(self, name: str, where: str, deny: str, stranger: str) -> None:
        """Add the routers for actual requests of origins that are not allowed, except same-origin ones."""
        hosts = "|".join(map(escape, self.options.hosts))
        site = "HeaderRegexp(`Sec-Fetch-Site`, `^(?:same-origin|none)$`)"
        host = f"HeaderRegexp(`Origin`, {_text(f'^https?://(?:{hosts})$')})"
        own = f"({site} || (!HeaderRegexp(`Sec-Fetch-Site`, `.`) && {host}))"
        varying = self.middleware(
            f"{name}-varying", {"headers": {"customResponseHeaders": {"Vary": "Origin, Sec-Fetch-Site"}}}
        )
        self.router(f"{name}-own", where, _ORIGIN, own, middlewares=[stranger])
        self.router(f"{name}-forbidden", where, _ORIGIN, middlewares=[varying, deny])
        told = f"HeaderRegexp(`Sec-Fetch-Site`, `.`) && !{site}"
        self.router(f"{name}-cross-site", where, f"!{_ORIGIN}", f"!({_SAFE})", told, middlewares=[varying, deny])

    def preflights(self, name: str, here: list[str], grant: Grant, deny: str) -> None:
        """Add the routers of a grant's preflights: one for each form of the answer."""
        vary = self.vary(name, ", ".join(grant.vary))
        methods = {"accessControlAllowMethods": grant.methods.split(", ")} if grant.methods else {}
        names = {"accessControlAllowHeaders": grant.headers.split(", ")} if grant.headers else {}
        age = {"accessControlMaxAge": int(grant.max_age)} if grant.max_age else {}
        answer = {**_origin(grant), **methods, **age}
        whole = self.middleware(f"{name}-granted", {"headers": {**answer, **names}})
        # For each form: its name, its conditions, its middlewares.
        forms = [("granted", here, [*vary, whole])]
        if grant.drops_headers:
            dropped = self.middleware(f"{name}-dropped", {"headers": answer})
            forms.insert(0, ("dropped", [*here, _AUTHORIZATION], [*vary, dropped]))
        if grant.private_network:
            allowed = self.middleware("network", _response_headers(Access_Control_Allow_Private_Network="true"))
            network = [(f"{form}-network", [*rules, _PRIVATE], [allowed, *added]) for form, rules, added in forms]
            forms = [*network, *forms]
        else:
            refused_vary = ", ".join(grant.private_vary)
            forms.insert(0, ("private", [*here, _PRIVATE], [*self.vary(f"{name}-private", refused_vary), deny]))
        for form, rules, added in forms:
            self.router(f"{name}-{form}", *rules, middlewares=added)

    def vary(self, name: str, line: str) -> list[str]:
        """Return the middleware that sets Vary, if there is anything to set."""
        return [self.middleware(f"{name}-vary", _response_headers(Vary=line))] if line else []


def _origin(grant: Grant) -> dict[str, Yaml]:
    credentials: dict[str, Yaml] = {"accessControlAllowCredentials": True} if grant.credentials else {}
    if grant.any_origin:
        return {"accessControlAllowOriginList": ["*"], **credentials}
    exact: dict[str, Yaml] = {"accessControlAllowOriginList": list(grant.exact)} if grant.exact else {}
    families = [f"^(?:{family.expression})$" for family in grant.families]
    return {**exact, **({"accessControlAllowOriginListRegex": families} if families else {}), **credentials}


def _unsayable(form: Form, options: Options) -> Iterator[Refused]:
    for rule in form.rules:
        for grant in rule.grants:
            if grant.status != 200:
                yield refused("preflight-status", "Traefik", path=rule.path, status=grant.status, nearest=LOSSLESS)
            if grant.echoes_method or grant.echoes_headers:
                yield refused("echo", "Traefik", path=rule.path, nearest=LOSSLESS)
    if form.forbids and not options.hosts:
        yield refused("own-hosts", "Traefik", nearest=COMPARING)


def write(form: Form, options: Options) -> dict[str, str]:
    """Return a file for the file provider.

    Raises:
        ExportError: with everything that Traefik cannot express.
    """
    problems = [*_unsayable(form, options)]
    if problems:
        raise ExportError(problems)
    routers, rules = _Routers(form, options), {rule.name: rule for rule in form.rules}
    for at, (path, name) in enumerate((*form.paths, ("", form.default))):
        if name in rules:
            routers.rule(at, path, rules[name])
        else:
            routers.router(f"{at}-{name}", _where(path), middlewares=[])
    return {"wsgicors-traefik.yaml": dump({"http": {"routers": routers.routers, "middlewares": routers.middlewares}})}


TRAEFIK: Final = Target(
    name="traefik",
    title="Traefik",
    proven="Traefik 3.7.15",
    modules="the file provider",
    place={
        "wsgicors-traefik.yaml": (
            "in the directory of providers.file. --upstream names the service, as in app@docker; its own routers go."
        )
    },
    differs=(
        "body",
        "malformed-question",
        "ambiguous-path",
        "default-port",
        "vary-doubled",
        "vary-lines",
        "vary-site",
        "encoded-slash",
        "normalized-path",
    ),
    write=write,
)
