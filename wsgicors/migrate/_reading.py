"""The settings of one policy, as read from a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import libcst as cst

from wsgicors.migrate._file import File
from wsgicors.migrate._seen import Seen


@dataclass(frozen=True)
class Reading:
    """The settings of one policy, as read from a file.

    Attributes:
        values: The settings, by the core's names.
        names: The owner's names of the settings, and other words in the texts of `QUESTIONS`.
        defaults: The values of settings that are not given.
        file: The file that the settings are for.
        statement: The statement for a question if no value is at fault.
        texts_are_expressions: Whether texts among the expressions stay texts, as in Django's settings.
        everybody: Notes that every origin is let in, if an expression said so; None if the owner has to say so.
        one_is_list: Whether a single text is accepted as a list of one, as in flask-cors.
        listed: The origins that are listed beside the setting that lets every origin in.
        in_config: Whether the origins are in ``app.config``: questions about them go there.
    """

    values: Mapping[str, Seen]
    names: Mapping[str, str]
    defaults: Mapping[str, object]
    file: File
    statement: cst.CSTNode
    texts_are_expressions: bool = False
    everybody: Callable[[], None] | None = None
    listed: Seen | None = None
    one_is_list: bool = False
    in_config: bool = False
