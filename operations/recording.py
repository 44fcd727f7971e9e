"""The program run without engine and cluster: everything that it would declare, as the engine would be told.

For review (operations.manifests) and for tests. A mock monitor of the SDK answers each registration as a
cluster would, with the object's name filled in; nothing is contacted.
"""

import asyncio
import json
import os
import runpy
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto import resource_pb2

import names
from settings.sources import declared
from settings.values import Encrypted

SECRET_VALUES: Final = {
    "images.pull_secret": '{"auths": {"registry.example": {"auth": "cGxhY2Vob2xkZXI="}}}',
}
"""Stands in for what is encrypted in a stack file: valid, and of no use to anybody."""

_FOREIGN: Final = ("PULUMI_", "MCP_TRACING_", "KUBECONFIG", "AWS_")
"""Variables of the machine that must not change what is recorded."""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One resource as the program registered it."""

    urn: str
    type: str
    name: str
    parent: str
    """URN; the stack's for what has no other parent."""
    provider: str
    """Reference to the provider, URN::ID; empty where the program named none."""
    custom: bool
    """False for components."""
    dependencies: tuple[str, ...]
    """URNs, sorted: what this resource waits for, by an option or by an input."""
    inputs: dict[str, Any]
    """As on the wire; a secret is `Secret`."""
    timeouts: dict[str, str]
    outputs: dict[str, Any] = field(default_factory=dict)
    """What a component registered at the end of its constructor."""


@dataclass(frozen=True)
class Secret:
    """A value that the program marked as secret."""

    value: Any


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One run of the program."""

    registrations: tuple[Registration, ...]
    """In the order of registration; a URN stands twice if the program declared it twice."""
    exports: dict[str, Any]


class Recorder(MockMonitor):
    """A monitor that keeps every registration before it answers it."""

    def __init__(self) -> None:
        super().__init__(_Cluster())
        self._kept: list[Registration] = []

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """What has been registered so far."""
        return tuple(self._kept)

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the engine's interface
        """Keep the request, and answer as a cluster that made the object."""
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK types none of its mocks
        if request.type != "pulumi:pulumi:Stack":
            self._kept.append(_registration(response.urn, request))
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the engine's interface
        """Keep what a component says that it has."""
        for kept in self._kept:
            if kept.urn == request.urn:
                kept.outputs.update(_wire(rpc.deserialize_properties(request.outputs)))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # as above


class _Cluster(Mocks):
    """Answers with the inputs, and with the logical name where the cluster would make a name up."""

    def call(self, args: Any) -> Any:
        raise NotImplementedError(f"the program calls {args.token}, which no recording answers")

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        state = dict(args.inputs)
        if args.typ.startswith("kubernetes:"):
            metadata = dict(state.get("metadata") or {})
            state["metadata"] = {**metadata, "name": metadata.get("name") or args.name}
        return f"{args.name}-id", state


def record(project: Path, stack: str, overrides: Mapping[str, str] | None = None) -> Recording:
    """What the program of `project` declares for `stack`, with `overrides` of its settings.

    Raises:
        SettingsError: the stack file cannot be read.
        pulumi.RunError: the program refuses its settings.
    """
    config = _configuration(project, stack, overrides or {})
    # A thread has its own event loop and context variables: the SDK keeps all of a run in these.
    with _own_environment(), ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(_run, project, stack, config).result()


def _configuration(project: Path, stack: str, overrides: Mapping[str, str]) -> dict[str, str]:
    """The keys of the stack file as the engine hands them to the program: text, in their namespace."""
    machine = {"cluster.context": "recording", "cluster.kubeconfig": os.devnull}
    written = {key: _text(key, value) for key, value in declared(project, stack).values.items()}
    return {f"{names.PROJECT}:{key}": value for key, value in {**written, **machine, **overrides}.items()}


def _text(key: str, value: object) -> str:
    if isinstance(value, Encrypted):
        return SECRET_VALUES[key]
    return value if isinstance(value, str) else json.dumps(value)


def _run(project: Path, stack: str, config: dict[str, str]) -> Recording:
    recorder = Recorder()
    exports: dict[str, Any] = {}
    with _event_loops():
        pulumi.runtime.set_mocks(recorder.mocks, names.PROJECT, stack, preview=False, monitor=recorder)
        pulumi.runtime.set_all_config(config, [f"{names.PROJECT}:{key}" for key in SECRET_VALUES])
        pulumi.runtime.test(lambda: _program(project, exports))()  # type: ignore[no-untyped-call]  # as above
    return Recording(registrations=recorder.registrations, exports=exports)


@contextmanager
def _event_loops() -> Iterator[None]:
    """An event loop for this thread and for each thread that answers registrations, all closed at the end.

    The SDK would make one wherever it finds none, and close none of them.
    """
    loops: list[asyncio.AbstractEventLoop] = []

    def begin() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    begin()
    try:
        with ThreadPoolExecutor(max_workers=4, initializer=begin) as executor:
            loops[0].set_default_executor(executor)
            yield
    finally:
        for loop in loops:
            loop.close()


def _program(project: Path, exports: dict[str, Any]) -> pulumi.Output[None]:
    runpy.run_path(str(project / "__main__.py"), run_name="__main__")
    stack: Any = pulumi.runtime.get_root_resource()
    return pulumi.Output.from_input(stack.outputs).apply(exports.update)


@contextmanager
def _own_environment() -> Iterator[None]:
    """The process' environment without what would change the recording; given back at the end."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(_FOREIGN)}
    for name in kept:
        del os.environ[name]
    # The SDK raises when an Output becomes part of a text, instead of writing a warning in its place.
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "true"
    try:
        yield
    finally:
        del os.environ["PULUMI_ERROR_OUTPUT_STRING"]
        os.environ.update(kept)


def _registration(urn: str, request: resource_pb2.RegisterResourceRequest) -> Registration:
    timeouts = request.customTimeouts
    return Registration(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        provider=request.provider,
        custom=request.custom,
        dependencies=tuple(sorted(request.dependencies)),
        inputs=_wire(rpc.deserialize_properties(request.object)),
        timeouts={
            verb: value for verb in ("create", "update", "delete") if (value := getattr(timeouts, verb))
        },
    )


def _wire(value: Any) -> Any:
    """Plain values of what the SDK sent: secrets marked, whole numbers as such (the wire has only floats)."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:  # noqa: SLF001 - the SDK has no public reader of its signatures
            return Secret(_wire(value["value"]))
        return {key: _wire(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_wire(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
