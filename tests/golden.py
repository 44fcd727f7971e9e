"""What is kept under tests/golden/<stack>/: the graph, the exports and every manifest of a stack, as text."""

import json
from pathlib import Path
from typing import Any

from operations.manifests import manifests, text
from operations.recording import Recording, Registration
from settings.sources import stacks
from tests.graph.recorded import recording

FOLDER = Path(__file__).parent / "golden"


def rendered() -> dict[str, str]:
    """Text of every golden file by its path below the folder, from the program as it is now."""
    files: dict[str, str] = {}
    for stack in stacks():
        found = recording(stack)
        files[f"{stack}/graph.json"] = _json(graph(found))
        files[f"{stack}/exports.json"] = _json(found.exports)
        files |= {f"{stack}/manifests/{name}": text(made) for name, made in manifests(found).items()}
    return files


def kept() -> dict[str, str]:
    """Text of every golden file as it is in the repository."""
    return {
        str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }


def graph(found: Recording) -> list[dict[str, Any]]:
    """Who belongs to whom and who waits for whom, without what the objects say (their manifests do)."""
    return [_node(made) for made in sorted(found.registrations, key=lambda made: made.urn)]


def _node(made: Registration) -> dict[str, Any]:
    return {
        "urn": _short(made.urn),
        "parent": _short(made.parent),
        "provider": _short(made.provider.rpartition("::")[0]),
        "waits for": [_short(urn) for urn in made.dependencies],
        "timeouts": made.timeouts,
        "outputs": sorted(made.outputs),
    }


def _short(urn: str) -> str:
    """Type and name: stack and project are the same everywhere."""
    return "::".join(urn.split("::")[2:])


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True) + "\n"
