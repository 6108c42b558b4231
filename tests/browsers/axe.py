"""axe-core, which finds accessibility faults in a browser's page (https://github.com/dequelabs/axe-core)."""

from typing import Final

from tests.browsers.engine import Engine
from tests.servers.needs import NODE_MODULES

_SCRIPT: Final = NODE_MODULES / "axe-core/axe.min.js"
WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""The tags of rules of the Web Content Accessibility Guidelines 2.2, level AA; other rules are advice."""

_FINDINGS: Final = """
const {violations} = await axe.run({resultTypes: ["violations"], ...(args[0].length ? {runOnly: args[0]} : {})});
return violations.map(({id, nodes}) => `${id}: ${nodes.map(node => node.target.join(" ")).join(", ")}`);
"""


def missing() -> str | None:
    """What must be installed first, if anything."""
    return None if _SCRIPT.exists() else "npm's axe-core"


def violations(browser: Engine, *tags: str) -> list[str]:
    """Return each broken rule, with the elements that break it; of all rules, or of those with a tag."""
    # The script is half a megabyte: each page loads it once.
    if not browser.run("return 'axe' in globalThis"):
        browser.run(_SCRIPT.read_text("utf-8"))
    found = browser.run(_FINDINGS, list(tags))
    assert isinstance(found, list)
    return [str(one) for one in found]
