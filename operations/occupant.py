"""Whose platform is in a cluster: there is one namespace `mcp-system`, and so one environment at a time."""

import json

import names
from operations.connect import Target
from operations.problem import OperationError


def environment_in(target: Target) -> str | None:
    """The environment whose stack made the platform's namespace; None if no stack did.

    Raises:
        OperationError: the cluster cannot be asked.
    """
    found = target.run("get", "namespace", names.NAMESPACE, "--ignore-not-found", "--output=json")
    if not found.strip():
        return None
    labels = json.loads(found)["metadata"].get("labels") or {}
    return labels.get(names.ENVIRONMENT_LABEL)


def refuse_another(target: Target, environment: str) -> None:
    """Nothing, if the cluster holds this environment or none.

    Raises:
        OperationError: it holds another one, or cannot be asked.
    """
    there = environment_in(target)
    if there is not None and there != environment:
        raise OperationError(
            f"the cluster of context {target.context} holds the environment {there}, and can hold only one:"
            f" `make down` of that stack first, or another cluster for {environment}"
        )
