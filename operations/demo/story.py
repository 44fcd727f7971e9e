"""What happens in the demo trace: a workflow through all services, with one refused model call.

Span names and `mcp.*` attributes are the design's (section 4), the others OpenTelemetry's conventions.
There is no text of a user in it: of prompts and answers only lengths and token counts.
"""

from dataclasses import dataclass, field
from typing import Final

from opentelemetry.trace import SpanKind

Value = str | int | float | bool

FRONTEND: Final = "frontend"
ORCHESTRATOR: Final = "workflow-orchestrator"
PLANNING: Final = "plan-management"
ROUTER: Final = "model-router"
VERIFICATION: Final = "verification-feedback"
WORKTREE: Final = "git-worktree-manager"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What the operation raised: name of the exception's type, and its text."""

    type: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One span: it begins `after_ms` after its parent and lasts `lasts_ms` milliseconds."""

    service: str
    name: str
    after_ms: float
    lasts_ms: float
    kind: SpanKind = SpanKind.INTERNAL
    attributes: dict[str, Value] = field(default_factory=dict)
    failure: Failure | None = None
    children: tuple["Step", ...] = ()


def _call(
    caller: str, callee: str, route: str, *, after_ms: float, lasts_ms: float, work: tuple[Step, ...]
) -> Step:
    """An HTTP request between services: the caller's client span around the callee's server span."""
    method: dict[str, Value] = {"http.request.method": "POST", "http.response.status_code": 200}
    network_ms = 2.0
    return Step(
        service=caller,
        name="POST",
        kind=SpanKind.CLIENT,
        after_ms=after_ms,
        lasts_ms=lasts_ms,
        attributes={
            **method,
            "server.address": callee,
            "server.port": 8080,
            "url.full": f"http://{callee}:8080{route}",
        },
        children=(
            Step(
                service=callee,
                name=f"POST {route}",
                kind=SpanKind.SERVER,
                after_ms=network_ms,
                lasts_ms=lasts_ms - 2 * network_ms,
                attributes={**method, "http.route": route, "url.path": route, "url.scheme": "http"},
                children=work,
            ),
        ),
    )


def _step(name: str, *, after_ms: float, lasts_ms: float, call: Step) -> Step:
    """A step of the workflow, as the design names and describes it."""
    return Step(
        service=ORCHESTRATOR,
        name=f"workflow_step_{name}",
        after_ms=after_ms,
        lasts_ms=lasts_ms,
        attributes={"mcp.step_name": name, "mcp.step_success": True, "mcp.step_duration_ms": lasts_ms},
        children=(call,),
    )


def _chat(
    model: str, *, after_ms: float, lasts_ms: float, tokens: int, failure: Failure | None = None
) -> Step:
    usage = {"gen_ai.usage.input_tokens": 812, "gen_ai.usage.output_tokens": tokens} if tokens else {}
    return Step(
        service=ROUTER,
        name=f"chat {model}",
        kind=SpanKind.CLIENT,
        after_ms=after_ms,
        lasts_ms=lasts_ms,
        attributes={
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": model,
            "server.address": "models.example.com",
            "server.port": 443,
            **usage,
            **({"error.type": failure.type} if failure else {}),
        },
        failure=failure,
    )


def _database(statement: str, *, after_ms: float, lasts_ms: float) -> Step:
    operation, table = statement.split()
    return Step(
        service=PLANNING,
        name=statement,
        kind=SpanKind.CLIENT,
        after_ms=after_ms,
        lasts_ms=lasts_ms,
        attributes={
            "db.system.name": "postgresql",
            "db.namespace": "plans",
            "db.operation.name": operation,
            "db.collection.name": table,
        },
    )


def _work(
    service: str, name: str, *, after_ms: float, lasts_ms: float, operation: str, **more: Value
) -> Step:
    attributes: dict[str, Value] = {"mcp.operation": operation}
    attributes.update({f"mcp.{key}": value for key, value in more.items()})
    return Step(service=service, name=name, after_ms=after_ms, lasts_ms=lasts_ms, attributes=attributes)


_PLAN = _call(
    ORCHESTRATOR,
    PLANNING,
    "/plans",
    after_ms=3,
    lasts_ms=171,
    work=(
        _work(PLANNING, "plan_creation", after_ms=4, lasts_ms=96, operation="plan_management", plan_steps=4),
        _database("INSERT plans", after_ms=103, lasts_ms=21),
        _database("INSERT plan_steps", after_ms=127, lasts_ms=34),
    ),
)

_GENERATE = _call(
    ORCHESTRATOR,
    ROUTER,
    "/route",
    after_ms=2,
    lasts_ms=1244,
    work=(
        Step(
            service=ROUTER,
            name="model_routing",
            after_ms=5,
            lasts_ms=1228,
            attributes={
                "mcp.operation": "model_inference",
                "mcp.model_type": "text",
                "mcp.prompt_length": 3164,
                "mcp.response_time_ms": 1228.0,
                "mcp.model_success": True,
                "mcp.model_response_length": 5210,
                "mcp.model_tokens_used": 2115,
            },
            children=(
                _chat(
                    "large",
                    after_ms=12,
                    lasts_ms=187,
                    tokens=0,
                    failure=Failure(type="RateLimited", message="429: no capacity left for model large"),
                ),
                _chat("medium", after_ms=236, lasts_ms=981, tokens=1303),
            ),
        ),
    ),
)

_VERIFY = _call(
    ORCHESTRATOR,
    VERIFICATION,
    "/verifications",
    after_ms=2,
    lasts_ms=402,
    work=(
        # Two checks at the same time: only the slower one is on the critical path.
        _work(VERIFICATION, "rule_check", after_ms=6, lasts_ms=143, operation="verification", rules=27),
        _work(VERIFICATION, "semantic_check", after_ms=8, lasts_ms=371, operation="verification", score=0.93),
    ),
)

_COMMIT = _call(
    ORCHESTRATOR,
    WORKTREE,
    "/worktrees",
    after_ms=2,
    lasts_ms=236,
    work=(
        _work(WORKTREE, "worktree_create", after_ms=5, lasts_ms=128, operation="git_worktree", branch="demo"),
        _work(
            WORKTREE, "worktree_commit", after_ms=136, lasts_ms=88, operation="git_worktree", files_changed=3
        ),
    ),
)

_WORKFLOW = Step(
    service=ORCHESTRATOR,
    name="workflow_execution",
    after_ms=6,
    lasts_ms=2120,
    attributes={
        "mcp.operation": "workflow_orchestration",
        "mcp.workflow_id": "demo",
        "mcp.workflow_type": "content_generation",
        "mcp.workflow_steps": 4,
    },
    children=(
        _step("plan", after_ms=8, lasts_ms=178, call=_PLAN),
        _step("generate", after_ms=190, lasts_ms=1250, call=_GENERATE),
        _step("verify", after_ms=1446, lasts_ms=408, call=_VERIFY),
        _step("commit", after_ms=1860, lasts_ms=242, call=_COMMIT),
    ),
)

STORY: Final = Step(
    service=FRONTEND,
    name="POST /api/workflows",
    kind=SpanKind.SERVER,
    after_ms=0,
    lasts_ms=2180,
    attributes={
        "http.request.method": "POST",
        "http.route": "/api/workflows",
        "url.path": "/api/workflows",
        "url.scheme": "https",
        "http.response.status_code": 201,
    },
    children=(_call(FRONTEND, ORCHESTRATOR, "/workflows", after_ms=14, lasts_ms=2146, work=(_WORKFLOW,)),),
)
"""Twenty-six spans of six services in 2.18 seconds."""
