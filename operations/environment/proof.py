"""The proof that a platform works: a trace sent as services send it, and read back."""

import names
from operations.connect import Target, forward
from operations.demo import send
from operations.jaeger import connected
from operations.traces.model import Trace

_STORED_SECONDS = 60
"""The collector exports within seconds; a Pod that has just started may need some of its retries."""


def send_and_read_back(target: Target) -> Trace:
    """The demo trace, complete, as Jaeger stored it.

    Raises:
        OperationError: the gateway refused it, or spans of it are not in Jaeger after a minute.
    """
    certificate = target.client_certificate(names.INGEST_CLIENT_SECRET)
    with forward(target, names.GATEWAY, names.OTLP_GRPC) as port:
        sent = send(certificate, port)
    with connected(target) as jaeger:
        return jaeger.wait_for(sent.trace_id, sent.span_ids, seconds=_STORED_SECONDS)
