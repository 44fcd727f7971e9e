"""Waits until objects are ready, or gone, and tells what is missing meanwhile."""

import time
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from typing import Final

import httpx

from local.standin import readiness
from local.standin.discovery import Api
from local.standin.errors import ApiError, NoSuchKindError, ProviderError
from local.standin.objects import TIMEOUT_SECONDS, Object, annotation, identity
from local.standin.reasons import reasons

Say = Callable[[str], None]

_DEFAULT_SECONDS: Final = 600.0
"""As the real provider: ten minutes for everything that is awaited."""
_REASON_SECONDS: Final = 5.0
"""After this long the reason is looked for while waiting, and again at this interval."""
_SAID_AFTER_SECONDS: Final = 1.0
"""What takes less is not worth a line."""
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 2.0


class NeverReadyError(Exception):
    """The object did not become ready: its last state, and why."""

    def __init__(self, live: Object, why: list[str]) -> None:
        super().__init__("; ".join(why))
        self.live = live
        self.why = why


def limit_seconds(declared: Mapping[str, object], timeout_seconds: float) -> float:
    """How long an object is waited for: its annotation, else `custom_timeouts`, else ten minutes.

    Raises:
        ProviderError: the annotation is no number.
    """
    text = annotation(declared, TIMEOUT_SECONDS)
    try:
        return float(text) if text else timeout_seconds or _DEFAULT_SECONDS
    except ValueError:
        raise ProviderError(
            f"annotation {TIMEOUT_SECONDS} is {text!r}; a number of seconds is expected"
        ) from None


def until_ready(api: Api, live: Object, *, seconds: float, say: Say, stopping: Event) -> Object:
    """The object as it is when it is ready.

    Raises:
        NeverReadyError: it is not within `seconds`, or cannot become ready, or the run was interrupted.
    """
    told = _Told(api, say)
    for waited in _pauses(stopping):
        try:
            lack = readiness.missing(api, live)
        except readiness.HopelessError as error:
            raise NeverReadyError(live, _why(api, live, str(error))) from error
        if not lack:
            return live
        told.lack(live, lack, waited)
        if stopping.is_set() or waited > seconds:
            end = "the run was interrupted" if stopping.is_set() else f"not ready after {waited:.0f} s"
            raise NeverReadyError(live, _why(api, live, f"{end}: {lack}"))
        live = api.get(live) or live
    raise AssertionError("the pauses never end")


def until_gone(api: Api, removed: Object, *, seconds: float, say: Say, stopping: Event) -> None:
    """No object of this identity (and uid, where given) is left.

    Raises:
        ProviderError: it still is there after `seconds` or at an interrupt; with what holds it.
    """
    uid, told = removed["metadata"].get("uid"), ""
    for waited in _pauses(stopping):
        live = _live(api, removed)
        if live is None or (uid and live["metadata"]["uid"] != uid):
            return
        holds = _holds(live)
        if holds and holds != told and waited > _SAID_AFTER_SECONDS:
            say(f"waiting: {holds}")
            told = holds
        if stopping.is_set() or waited > seconds:
            end = (
                "the run was interrupted" if stopping.is_set() else f"it is still there after {waited:.0f} s"
            )
            raise ProviderError(
                f"deletion of {live['kind']} {identity(live)}: {end}; {holds or 'no reason given'}"
            )


class _Told:
    """Says what is missing when it changes, and the reason behind it when it lasts."""

    def __init__(self, api: Api, say: Say) -> None:
        self._api, self._say = api, say
        self._last, self._asked = "", time.monotonic()

    def lack(self, live: Object, lack: str, waited: float) -> None:
        reason = ""
        if time.monotonic() - self._asked > _REASON_SECONDS:
            self._asked = time.monotonic()
            reason = next(iter(reasons(self._api, live)), "")
        elif lack in self._last or waited < _SAID_AFTER_SECONDS:
            return
        text = f"waiting: {lack}; {reason}" if reason else f"waiting: {lack}"
        if text != self._last:
            self._say(text)
            self._last = text


def _pauses(stopping: Event) -> Iterator[float]:
    """Seconds waited so far, at growing intervals; the first is 0."""
    start, pause = time.monotonic(), _FIRST_PAUSE
    while True:
        yield time.monotonic() - start
        stopping.wait(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)


def _why(api: Api, live: Object, first: str) -> list[str]:
    return [f"{live['kind']} {identity(live)}: {first}", *reasons(api, live)]


def _live(api: Api, reference: Object) -> Object | None:
    try:
        return api.get(reference)
    except NoSuchKindError:
        return None  # its definition is gone, and it with it
    except ApiError as error:
        if error.code == httpx.codes.FORBIDDEN:
            return None  # a namespaced permission that went with the namespace
        raise


def _holds(live: Object) -> str:
    """What keeps an object that is being deleted."""
    found = [f"finalizer {name}" for name in live["metadata"].get("finalizers") or ()]
    found = ["its dependents" if name.endswith(" foregroundDeletion") else name for name in found]
    found += [
        condition["message"]
        for condition in live.get("status", {}).get("conditions") or ()
        if live["kind"] == "Namespace" and condition.get("status") == "True" and condition.get("message")
    ]
    return "; ".join(found)
