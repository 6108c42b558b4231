"""The origins of flask-cors's calls: its default is written out, unless they may be set elsewhere."""

from typing import Final

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._flask_arguments import Arguments
from wsgicors.migrate._flask_config import Configuration
from wsgicors.migrate._flask_options import CORE_NAMES, WRITTEN_OUT
from wsgicors.migrate._flask_sites import Option, Site
from wsgicors.migrate._judging import Judge
from wsgicors.migrate._nodes import cst_text
from wsgicors.migrate._seen import UNKNOWN, Seen

ANY_ORIGIN: Final = "# Any site may read the responses, as with flask-cors. List origins to restrict that."


class Origins:
    """Settles which origins each call allows."""

    def __init__(self, judge: Judge, config: Configuration, arguments: Arguments) -> None:
        self.judge = judge
        self._config = config
        self._arguments = arguments

    def settle(self, site: Site, inherited: set[str]) -> None:
        """Write out flask-cors's default, or ask if the origins may be set elsewhere."""
        if not site.is_old:
            return
        added = self._arguments.added(site)
        resources = site.options.get("resources")
        if (
            "origins" not in site.options
            and "allow_origins" not in site.options
            and not self._all_resources_say(resources)
        ):
            self._default_origins(site, inherited, added)
        elif site.in_one_branch and not self._config.values(site, "origins"):
            self.judge.ask("origins-in-one-branch", site.file, site.call, value=site.in_one_branch)
        if site.is_decorator:
            for name, code in WRITTEN_OUT.items():
                known = name in site.options or CORE_NAMES[name] in site.options or self._config.values(site, name)
                if not known and name in inherited and not site.unread:
                    added.append((name, code))
                    self.judge.note("decorator", site.file, site.call, name=f"{name}={code}")
        origins = site.options.get("origins")
        if origins is not None:
            self.mend_environment(site.file, origins.node)
            for seen, _ in origins.choices:
                self._mapping_for_origins(site, seen)
        for seen, _ in resources.choices if resources is not None else ():
            for _, options in seen.pairs or ():
                if (listed := options.option("origins")) is not None:
                    self.mend_environment(listed.file, listed.node)

    def mend_environment(self, file: File, node: cst.BaseExpression | None) -> None:
        for seen, _ in file.evaluator.choices(node) if node is not None else ():
            self.judge.mend_split(seen.file, seen.node)

    def _default_origins(self, site: Site, inherited: set[str], added: list[tuple[str, str]]) -> None:
        file, call = site.file, site.call
        app = site.app
        before = f"{file.text_of(app)}, " if app is not None else ""
        with_any = f'{cst_text(call.func)}({before}origins="*")'
        if site.unread:
            self.judge.ask("options-from-elsewhere", file, call, value=site.unread)
            return
        if not site.is_blueprint:
            if self._config.values(site, "origins"):
                if site.is_decorator and "origins" in inherited:
                    self._ask_config(site, "app.config", with_any)
                return
            elsewhere = self._config.elsewhere(file)
            if elsewhere:
                self._ask_config(site, elsewhere, with_any)
                return
        site.options["origins"] = Option([(Seen(file, call, "*"), ())], call)
        credentials = site.options.get("supports_credentials")
        dangerous = [
            seen
            for seen, _ in (credentials.choices if credentials is not None else ())
            if seen.value not in (False, UNKNOWN)
        ]
        dangerous += [seen for seen, _ in self._config.values(site, "supports_credentials") if seen.value is True]
        if dangerous:
            return  # the question about credentials comes first
        added.insert(0, ("origins", '"*"'))
        self.judge.note("any-origin", file, call)
        if not site.is_decorator:
            file.edits.comment(file.statement_of(call), ANY_ORIGIN)

    def _ask_config(self, site: Site, place: str, with_any: str) -> None:
        self.judge.ask(
            "origins-from-config", site.file, site.call, key="CORS_ORIGINS", place=place, call_with_any=with_any
        )

    @staticmethod
    def _all_resources_say(resources: Option | None) -> bool:
        """Whether every resource names its own origins."""
        if resources is None:
            return False
        return all(
            seen.pairs is not None
            and seen.complete
            and seen.pairs
            and all(options.option("origins") is not None for _, options in seen.pairs)
            for seen, _ in resources.choices
        )

    def _mapping_for_origins(self, site: Site, seen: Seen) -> None:
        if seen.pairs is not None:
            self.judge.ask(
                "resources-in-origins", site.file, site.call, value=" ".join(seen.file.text_of(seen.node).split())
            )
