"""Decide on requests when a source of origins must be awaited, or may block."""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from inspect import iscoroutinefunction
from typing import TypeGuard

from wsgicors._origin_sources import AsyncOriginSource, is_async_only, is_unanswered, true_or_false
from wsgicors.adapting import Answerer, PolicyList, decide
from wsgicors.origins import is_serialization
from wsgicors.policy import Policy
from wsgicors.rules import members_of
from wsgicors.verdict import Verdict


async def decide_async(environ: Mapping[str, str], policy: Answerer) -> Verdict:
    """Decide as `wsgicors.adapting.decide` does. Await async sources, and ask the others in a thread.

    Without asyncio (Hypercorn can run trio), they are asked in the event loop's thread.
    """
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and is_serialization(origin):
        policy = await _asked(policy, origin)
    if not any(_blocks(one) for one in members_of(policy)) or not _has_threads():
        return decide(environ, policy)
    return await asyncio.to_thread(decide, environ, policy)


def _has_threads() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _blocks(policy: Policy) -> bool:
    """Whether a decision may wait for a sync source. Async sources are asked beforehand."""
    return not isinstance(policy.allow_origins, (tuple, _Answered)) and not _is_awaited(policy.allow_origins)


def _is_awaited(source: object) -> "TypeGuard[AsyncOriginSource]":
    """Whether a source is asked with ``await``; ``allows`` can be a sync method of a source that answers ``in``."""
    if is_async_only(source):
        return True
    if not isinstance(source, AsyncOriginSource):
        return False
    allows = source.allows
    return iscoroutinefunction(allows) or iscoroutinefunction(type(allows).__call__)


async def _asked(policy: Answerer, origin: str) -> Answerer:
    """Return a policy that holds the answers of its async sources for an origin."""
    if isinstance(policy, PolicyList):
        return PolicyList(tuple([await _asked_one(one, origin) for one in policy.policies]))
    return await _asked_one(policy, origin) if isinstance(policy, Policy) else policy


async def _asked_one(policy: Policy, origin: str) -> Policy:
    source = policy.allow_origins
    if not _is_awaited(source):
        return policy
    try:
        answer: bool | None = true_or_false(await source.allows(origin), "a source of origins answers")
        if not answer and is_unanswered(source, origin):
            answer = None
    except Exception as error:  # noqa: BLE001 (no request raises: the decision logs it and refuses)
        return _with_source(policy, _Answered(error))
    return _answered(policy, answer)


@lru_cache(256)
def _answered(policy: Policy, answer: bool | None) -> Policy:  # noqa: FBT001
    return _with_source(policy, _Answered(answer))


def _with_source(policy: Policy, source: "_Answered") -> Policy:
    return Policy.from_mapping({**policy.to_mapping(), "allow_origins": source})


class _Answered:
    """A source whose answer is known: a bool, None if it could not know, or the exception that it raised."""

    def __init__(self, answer: bool | Exception | None) -> None:  # noqa: FBT001
        self.answer = answer

    def unanswered(self, origin: str) -> bool:
        return self.answer is None

    def __contains__(self, origin: str, /) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer is True
