"""Makes self-contained HTML pages in the project's look: no script, nothing fetched, nothing of a text obeyed.

A page's template extends `base.html.j2`. Every value that it prints is made safe (`grader.display`) and escaped,
whoever wrote it, so that no template can forget to; the style sheet is the only one that the page's own policy lets in.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.display import safe_log
from grader.reports._facts import percent, verdict_words

FOLDER = Path(__file__).parent


def render_page(template: Path, **values: object) -> str:
    """Return the page that `template` makes of `values`, ending with a newline.

    In its folder and in this one it finds what it extends and includes; a style sheet in its folder comes after ours.
    """
    sheets = [FOLDER / "style.css", *([] if template.parent == FOLDER else template.parent.glob("style.css"))]
    css = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    page = _environment(template.parent).get_template(template.name)
    return page.render(values, style=Markup(css), style_digest=Markup(digest)).rstrip() + "\n"  # noqa: S704 - our own file


def seconds(value: float) -> str:
    """Return a duration as people read it: milliseconds below a second."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([folder, FOLDER]),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent_of": percent, "words": verdict_words, "seconds": seconds}
    return environment


def _shown(value: object) -> object:
    """Return a value as it may be printed: what is text but not markup of ours becomes harmless."""
    return safe_log(value) if isinstance(value, str) and not isinstance(value, Markup) else value
