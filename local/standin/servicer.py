"""The gRPC side: the engine's messages in, plain values to the provider, and back.

A servicer of Pulumi's `ResourceProvider` service by hand: the SDK's own `provider.experimental` server loses
old inputs and partial failures.
"""

import sys
import traceback
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from google.protobuf.message import Message
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as pb

from local.standin.changes import changes, top
from local.standin.cluster import Cluster, is_other_cluster
from local.standin.errors import CheckError, NotReadyError, ProviderError
from local.standin.naming import Naming
from local.standin.provider import Provider
from local.standin.resource import Difference, Resource
from local.standin.values import decode_inputs, encode_object
from local.standin.version import NAME, VERSION

_SERVICE: Final = "pulumirpc.ResourceProvider"
_DETAILS: Final = "grpc-status-details-bin"


class Servicer:
    """Answers one engine.

    Args:
        engine: address of the engine's log service; without one nothing is told while waiting.
    """

    def __init__(self, engine: str | None) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine)) if engine else None
        self._cluster = Cluster({})
        self._provider = Provider(self._cluster, self._say)

    def handler(self) -> "grpc.GenericRpcHandler[Any, Any]":
        """The methods of the service that exist; the engine copes with the absence of others."""
        table: dict[str, tuple[type[Message], Callable[[Any], Message]]] = {
            "Attach": (plugin_pb2.PluginAttach, self._attach),
            "Cancel": (empty_pb2.Empty, self._cancel),
            "Check": (pb.CheckRequest, self._check),
            "CheckConfig": (pb.CheckRequest, self._check_config),
            "Configure": (pb.ConfigureRequest, self._configure),
            "Create": (pb.CreateRequest, self._create),
            "Delete": (pb.DeleteRequest, self._delete),
            "Diff": (pb.DiffRequest, self._diff),
            "DiffConfig": (pb.DiffRequest, self._diff_config),
            "GetPluginInfo": (empty_pb2.Empty, self._info),
            "Invoke": (pb.InvokeRequest, self._invoke),
            "Read": (pb.ReadRequest, self._read),
            "Update": (pb.UpdateRequest, self._update),
        }
        return grpc.method_handlers_generic_handler(
            _SERVICE, {name: _method(request, answer) for name, (request, answer) in table.items()}
        )

    def _say(self, urn: str, text: str, severity: engine_pb2.LogSeverity.ValueType = engine_pb2.INFO) -> None:
        if self._engine:
            self._engine.Log(engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=True))

    def _info(self, _request: Message) -> Message:
        return plugin_pb2.PluginInfo(version=VERSION)

    def _attach(self, request: Any) -> Message:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(request.address))
        return empty_pb2.Empty()

    def _cancel(self, _request: Message) -> Message:
        self._cluster.stopping.set()
        return empty_pb2.Empty()

    def _check_config(self, request: Any) -> Message:
        return pb.CheckResponse(inputs=request.news)

    def _diff_config(self, request: Any) -> Message:
        old, new = decode_inputs(request.old_inputs), decode_inputs(request.news)
        changed = dict(changes(old, new))
        replaced_by = frozenset(changed) if is_other_cluster(old, new) else frozenset()
        return _difference(Difference(changed=changed, replaced_by=replaced_by))

    def _configure(self, request: Any) -> Message:
        self._cluster = Cluster(decode_inputs(request.args))
        self._cluster.connect()
        self._cluster.greet()
        self._provider = Provider(self._cluster, self._say)
        if ignored := self._cluster.ignored:
            self._say("", f"{NAME} ignores the provider's {', '.join(ignored)}", engine_pb2.WARNING)
        return pb.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def _check(self, request: Any) -> Message:
        try:
            inputs = self._provider.check(
                Resource.of(request.urn),
                decode_inputs(request.olds),
                decode_inputs(request.news),
                _naming(request),
            )
        except CheckError as error:
            reason = f"{NAME}: {error}"
            return pb.CheckResponse(failures=[pb.CheckFailure(property=error.field, reason=reason)])
        return pb.CheckResponse(inputs=encode_object(inputs))

    def _diff(self, request: Any) -> Message:
        return _difference(
            self._provider.diff(
                decode_inputs(request.old_inputs), decode_inputs(request.olds), decode_inputs(request.news)
            )
        )

    def _create(self, request: Any) -> Message:
        identity, outputs = self._provider.create(_resource(request), decode_inputs(request.properties))
        return pb.CreateResponse(id=identity, properties=encode_object(outputs))

    def _read(self, request: Any) -> Message:
        found = self._provider.read(
            _resource(request), decode_inputs(request.inputs), decode_inputs(request.properties)
        )
        if found is None:
            return pb.ReadResponse()
        inputs, outputs = map(encode_object, found)
        return pb.ReadResponse(id=request.id, inputs=inputs, properties=outputs)

    def _update(self, request: Any) -> Message:
        outputs = self._provider.update(
            _resource(request), decode_inputs(request.olds), decode_inputs(request.news)
        )
        return pb.UpdateResponse(properties=encode_object(outputs))

    def _delete(self, request: Any) -> Message:
        self._provider.delete(_resource(request), decode_inputs(request.properties))
        return empty_pb2.Empty()

    def _invoke(self, request: Any) -> Message:
        raise ProviderError(
            f"function {request.tok} is not supported by the stand-in, only by the real plugin"
        )


def _method(request: type[Message], answer: Callable[[Any], Message]) -> "grpc.RpcMethodHandler[Any, Any]":
    def guarded(message: Any, context: grpc.ServicerContext) -> Message:
        try:
            return answer(message)
        except NotReadyError as error:
            text = f"{NAME}: {error.reasons[0]}"
            detail = pb.ErrorResourceInitFailed(
                id=error.identity,
                properties=encode_object(error.outputs),
                reasons=[text, *error.reasons[1:]],
            )
            _fail(context, text, detail)
        except ProviderError as error:
            _fail(context, f"{NAME}: {error}")
        except Exception as error:  # noqa: BLE001 - a fault of ours: the engine gets a sentence, the log the rest
            traceback.print_exc(file=sys.stderr)
            _fail(context, f"{NAME}: fault in {answer.__name__}: {type(error).__name__}: {error}")
        raise AssertionError("a failed call has been aborted")

    return grpc.unary_unary_rpc_method_handler(
        guarded, request_deserializer=request.FromString, response_serializer=_serialized
    )


def _serialized(answer: Message) -> bytes:
    return answer.SerializeToString()  # not the base class' method: each message has its own


def _fail(context: grpc.ServicerContext, text: str, detail: Message | None = None) -> None:
    """End the call with an error that carries `detail`, as Google's rich error model has it."""
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    if detail is not None:
        status.details.add().Pack(detail)
    trailer = ((_DETAILS, status.SerializeToString()),)
    answer: Any = SimpleNamespace(code=grpc.StatusCode.UNKNOWN, details=text, trailing_metadata=trailer)
    context.abort_with_status(answer)


def _resource(request: Any) -> Resource:
    return Resource.of(
        request.urn,
        identity=getattr(request, "id", ""),
        timeout_seconds=getattr(request, "timeout", 0.0),
        preview=getattr(request, "preview", False),
    )


def _naming(request: Any) -> Naming:
    if not request.HasField("autonaming"):
        return Naming(seed=request.randomSeed)
    wish = request.autonaming
    return Naming(
        seed=request.randomSeed, proposed=wish.proposed_name, forbidden=wish.mode == type(wish).DISABLE
    )


def _difference(found: Difference) -> Message:
    kinds: Mapping[str, str] = {
        path: f"{change}_REPLACE" if path in found.replaced_by else str(change)
        for path, change in found.changed.items()
    }
    return pb.DiffResponse(
        changes=pb.DiffResponse.DIFF_SOME if kinds else pb.DiffResponse.DIFF_NONE,
        replaces=sorted(found.replaced_by),
        deleteBeforeReplace=found.delete_first,
        diffs=sorted({top(path) for path in kinds}),
        hasDetailedDiff=True,
        detailedDiff={
            path: pb.PropertyDiff(kind=pb.PropertyDiff.Kind.Value(kind), inputDiff=True)
            for path, kind in kinds.items()
        },
    )
