"""The application with one protection switched off: the proof has to notice.

Nothing in the product knows this module; only the proof's own server loads it. Each protection is taken away as a
careless author would have left it out, so that no other wall (unique rows) stops the request before a client sees it.
"""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

WITHOUT = "PMQA_PROOF_WITHOUT"


def save_on_top_of_anything() -> None:
    """No version check: whoever saves last is right, whatever version the page was read at."""
    from texts.enums import RevisionKind
    from texts.services import saving

    def save_anyway(save: Any, current: Any) -> Any:
        return saving._accept(save, current, [(save.html, RevisionKind.WRITTEN)])

    _replace("_save_beside", saving._save_beside, save_anyway)


def forget_keys() -> None:
    """No idempotency: every request is a new one, also the repetition of one whose answer was lost."""
    from texts.services import saving

    def forgetting(save: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(save)
        def inner(**sent: Any) -> Any:
            return save(**{**sent, "key": uuid.uuid4()})

        return inner

    for function in (saving.save_text, saving.set_aside):
        _replace(function.__name__, function, forgetting(function))


PROTECTIONS = {"version-check": save_on_top_of_anything, "idempotency": forget_keys}


def _replace(name: str, original: Callable[..., Any], weak: Callable[..., Any]) -> None:
    """In every module that has taken the function by its name."""
    holders = [module for module in list(sys.modules.values()) if getattr(module, name, None) is original]
    if not holders:
        raise RuntimeError(f"nobody has {name} any more: the control would switch nothing off")
    for module in holders:
        setattr(module, name, weak)


def __getattr__(name: str) -> Any:
    """`application` is made when gunicorn asks for it, so that the command can read PROTECTIONS without Django."""
    if name != "application":
        raise AttributeError(name)
    from importlib import import_module

    from django.conf import settings

    from pmqa_site.wsgi import application

    # the views take the services by name, so they must be loaded before
    import_module(settings.ROOT_URLCONF)
    PROTECTIONS[os.environ[WITHOUT]]()
    return application
