"""Sphinx configuration of the documentation site.

Build it with::

    python -m docs.site
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "adapters")]

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402

if not settings.configured:
    settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django_wsgicors", "django_wsgicors.origins"])
    django.setup()

project = "wsgicors"
author = "The wsgicors maintainers"
project_copyright = "The wsgicors maintainers"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxext.opengraph",
    "notfound.extension",
    "sphinx_llms_txt",
]
exclude_patterns = ["_build", "errors.md", "inventories"]
nitpicky = True
nitpick_ignore = [  # types of parameters that nobody has to name
    ("py:class", "Empty"),
    ("py:class", "ExcInfo"),
    ("py:class", "Header"),
    ("py:class", "StartResponse"),
    ("py:class", "re.Pattern"),
    ("py:class", "wsgicors.doctor.catalogue._readers.Speaker"),
    ("py:class", "wsgicors.doctor.catalogue._remedies.Place"),
    ("py:class", "wsgicors.doctor.catalogue._remedies.Remedy"),
    ("py:class", "wsgicors.doctor.diagnosis._audit.FoundWeakness"),
    ("py:class", "wsgicors.doctor.diagnosis._examination.Control"),
    ("py:class", "wsgicors.doctor.diagnosis._examination.Received"),
    ("py:class", "wsgicors.doctor.diagnosis._examination.Remark"),
    ("py:class", "wsgicors.doctor.diagnosis._ranking.Certainty"),
    ("py:class", "wsgicors.doctor.diagnosis._verify.Difference"),
    ("py:class", "wsgicors.doctor.diagnosis._why.Finding"),
    ("py:class", "wsgicors.doctor.diagnosis._why.Suspect"),
    ("py:class", "wsgicors.doctor.evidence._facts.Facts"),
    ("py:exc", "ValidationError"),
    ("py:class", "Namespace"),
    ("py:class", "django_wsgicors._views.Decorator"),
    ("py:class", "flask_wsgicors._marks.View"),
    ("py:class", "flask_wsgicors._options.Options"),
    ("py:class", "django_wsgicors._views.PolicySettings"),
    ("py:class", "wsgicors.browser._messages.Request"),
    ("py:class", "wsgicors.doctor.evidence._wire.Wire"),
    ("py:class", "wsgicors.rules.AmbiguousPath"),
    ("py:class", "wsgicors.rules.PolicyList"),
    ("py:class", "Answerer"),
]
smartquotes = False  # the pages quote browsers to the letter

html_theme = "furo"
html_title = "wsgicors"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b57a4", "color-brand-content": "#0b57a4"},
    "dark_css_variables": {"color-brand-primary": "#7db7f2", "color-brand-content": "#7db7f2"},
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"

myst_enable_extensions = ["colon_fence", "deflist", "attrs_block"]
myst_heading_anchors = 4

default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_class_signature = "separated"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

# The inventories hold the names that the documentation refers to, so that the site builds without a network.
intersphinx_mapping = {
    "python": ("https://docs.python.org/3/", "inventories/python.inv"),
    "django": ("https://docs.djangoproject.com/en/stable/", "inventories/django.inv"),
    "flask": ("https://flask.palletsprojects.com/en/stable/", "inventories/flask.inv"),
    "werkzeug": ("https://werkzeug.palletsprojects.com/en/stable/", "inventories/werkzeug.inv"),
}

ogp_site_name = "wsgicors"
ogp_site_url = "https://wsgicors-policy.readthedocs.io/en/stable/"
ogp_social_cards = {"enable": False}
notfound_urls_prefix = "/en/stable/"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


def link_to_pages(app: object, docname: str, source: list[str]) -> None:
    """Link to the page of each code, where the sources link to the one file that the repository has of all."""
    source[0] = source[0].replace("](errors.md#", "](errors/index.md#").replace("](errors.md)", "](errors/index.md)")


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for sources."""
    from docs.site import generate

    generate()
    app.connect("source-read", link_to_pages)
