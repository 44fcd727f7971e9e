"""Every Kubernetes object of every stack as YAML, for review and for anyone's scanner.

`python -m operations.manifests DIRECTORY` needs no cluster. Names that Pulumi makes up stand without
their random part, secrets are placeholders.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from operations.recording import Recording, Registration, Secret, record
from settings import SettingsError
from settings.schema import PROJECT_DIRECTORY
from settings.sources import SECRET_PLACEHOLDER, stacks

_FIRST: Final = ("apiVersion", "kind", "metadata", "name", "namespace")
_PROVIDER: Final = "kubernetes:"


def manifests(recording: Recording) -> dict[str, dict[str, Any]]:
    """The objects of a recording by file name, sorted; two runs of the same program give the same."""
    found = [_manifest(made) for made in recording.registrations if made.type.startswith(_PROVIDER)]
    return {_file_name(manifest): manifest for manifest in sorted(found, key=_file_name)}


def write(directory: Path, documents: Mapping[str, dict[str, Any]]) -> None:
    """`directory` holds exactly these documents; YAML files of an earlier run are gone."""
    directory.mkdir(parents=True, exist_ok=True)
    for stale in directory.glob("*.yaml"):
        stale.unlink()
    for name, document in documents.items():
        (directory / name).write_text(text(document), encoding="utf-8")


def text(document: dict[str, Any]) -> str:
    """YAML of one document; texts of several lines as they are read, not as one long line."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=110)


def main(arguments: list[str]) -> int:
    """Write the manifests of all stacks below the named directory; 0, 1 for bad settings, 2 for bad usage."""
    match arguments:
        case [directory]:
            return _write_all(Path(directory))
        case _:
            print("usage: python -m operations.manifests DIRECTORY", file=sys.stderr)
            return 2


def _write_all(directory: Path) -> int:
    try:
        for stack in stacks():
            documents = manifests(record(PROJECT_DIRECTORY, stack))
            write(directory / stack, documents)
            print(f"{directory / stack}: {len(documents)} manifests")
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _manifest(made: Registration) -> dict[str, Any]:
    document = _plain(made.inputs)
    document["metadata"] = _ordered({"name": made.name, **document.get("metadata", {})})
    return _ordered(document)


def _ordered(document: dict[str, Any]) -> dict[str, Any]:
    """What a reader looks for comes first; the rest is sorted, as a message of the engine has no order."""
    first = [key for key in _FIRST if key in document]
    return {key: document[key] for key in (*first, *sorted(document.keys() - set(first)))}


def _plain(value: Any) -> Any:
    match value:
        case Secret():
            return _masked(value.value)
        case dict():
            return _ordered({key: _plain(inner) for key, inner in value.items()})
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value


def _masked(value: Any) -> Any:
    """The shape of a secret value, without what it says."""
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    return SECRET_PLACEHOLDER


def _file_name(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind'].lower()}-{manifest['metadata']['name']}.yaml"


class _Dumper(yaml.SafeDumper):
    """Repeated values are written out: anchors are for programs."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Never write an alias."""
        return True


def _lines(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _lines)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
