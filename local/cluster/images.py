"""Container images made from built programs: OCI archives of one layer, no registry, no shell inside."""

import functools
import hashlib
import io
import json
import platform
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from local.cluster.errors import ClusterError

_FORMAT: Final = "2"
"""Part of each archive's key: raised when the layout of archives changes."""
_OCI: Final = "application/vnd.oci.image."
_CREATED: Final = "1970-01-01T00:00:00Z"
_ARCHITECTURES: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_EXECUTABLE: Final = 0o755
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image to be made: files of this machine at places in an otherwise empty file system.

    `name` is what manifests say (`otel/opentelemetry-collector-contrib:0.158.0`); a digest cannot be named,
    because it is known only once the image exists. All files are executable and belong to root.
    """

    name: str
    files: Mapping[str, Path] = field(default_factory=dict)
    """Absolute path in the image -> file of this machine."""
    entrypoint: tuple[str, ...]
    user: str = "65532:65532"
    """uid:gid, as numbers: `runAsNonRoot` cannot be checked against a name."""

    def __post_init__(self) -> None:
        canonical(self.name)
        for inside, outside in self.files.items():
            if not inside.startswith("/"):
                raise ClusterError(f"image {self.name}: the path {inside!r} must be absolute")
            if not outside.is_file():
                raise ClusterError(f"image {self.name}: the program {outside} does not exist: build it first")


@dataclass(frozen=True)
class Archive:
    """An OCI archive on disk."""

    name: str
    """Canonical: registry, repository and tag."""
    path: Path
    digest: str
    """Of its manifest: what containerd calls the image's digest."""


def canonical(name: str) -> str:
    """The full name that containerd uses for `name`, by the rules of distribution/reference.

    Raises:
        ClusterError: it names a digest, or nothing.
    """
    if not name or "@" in name:
        raise ClusterError(f"image name {name!r}: REPOSITORY[:TAG] is needed; a digest needs a registry")
    first, slash, rest = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif not ("." in first or ":" in first or first == "localhost"):
        name = f"docker.io/{name}"
    elif first == "docker.io" and "/" not in rest:
        name = f"docker.io/library/{rest}"
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def content_tag(program: Path) -> str:
    """A tag that changes with the program's bytes: 12 hex digits."""
    return _sha256_file(program).removeprefix("sha256:")[:12]


def key(image: Image) -> str:
    """What the archive's content follows from, as 12 hex digits: equal keys, equal bytes."""
    files = {inside: _sha256_file(outside) for inside, outside in sorted(image.files.items())}
    told = [_FORMAT, platform.machine(), canonical(image.name), files, image.entrypoint, image.user]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def archive(image: Image, folder: Path, making: Callable[[str], None] = lambda _: None) -> Archive:
    """The image's archive in `folder`; one that is there for the same content is not made again.

    `making` is told the image's name if it has to be made: that takes about a second per 200 MB.
    """
    name = canonical(image.name)
    stem = name.partition("/")[2].replace("/", "_").replace(":", "_")
    path = folder / f"{stem}-{key(image)}.tar"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        making(image.name)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as out:
            _write_archive(image, name, out)
        part.replace(path)
    return Archive(name, path, _manifest_digest(path))


def _write_archive(image: Image, name: str, out: IO[bytes]) -> None:
    """The archive as `ctr images import` reads it (OCI image layout 1.0.0).

    The layer is not compressed: making and importing it costs no CPU time, and its bytes do not depend on the
    machine's zlib. The index stands first, so that the digest is found without reading the layers.
    """
    with tempfile.TemporaryFile() as layer:  # a layer of 200 MB is not held in memory
        _write_layer(image, layer)
        layer_size, layer_digest = layer.seek(0, io.SEEK_END), _sha256(layer)
        config = _json(_config(image, layer_digest))
        layers = [{"mediaType": f"{_OCI}layer.v1.tar", "digest": layer_digest, "size": layer_size}]
        descriptor = {"mediaType": f"{_OCI}config.v1+json", "digest": _digest(config), "size": len(config)}
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": f"{_OCI}manifest.v1+json",
                "config": descriptor,
                "layers": layers,
            }
        )
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            _add(tar, "index.json", _json(_index(name, manifest)))
            _add(tar, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
            for blob in (manifest, config):
                _add(tar, _blob(_digest(blob)), blob)
            layer.seek(0)
            tar.addfile(_entry(_blob(layer_digest), layer_size), layer)


def _write_layer(image: Image, layer: IO[bytes]) -> None:
    """The file system: parents first, /tmp, the two users that images run as, then the programs by path."""
    folders = {"tmp": 0o1777, "etc": _EXECUTABLE}
    for inside in sorted(image.files):
        for parent in reversed(Path(inside).parents[:-1]):
            folders.setdefault(str(parent).lstrip("/"), _EXECUTABLE)
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for folder, mode in folders.items():
            entry = _entry(folder, 0, mode)
            entry.type = tarfile.DIRTYPE
            tar.addfile(entry)
        _add(
            tar,
            "etc/passwd",
            b"root:x:0:0:root:/:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n",
        )
        _add(tar, "etc/group", b"root:x:0:\nnonroot:x:65532:\n")
        for inside, outside in sorted(image.files.items()):
            with outside.open("rb") as program:
                size = outside.stat().st_size
                tar.addfile(_entry(inside.lstrip("/"), size, _EXECUTABLE), program)


def _config(image: Image, layer_digest: str) -> dict[str, Any]:
    """How a container of the image is started."""
    return {
        "architecture": _architecture(),
        "os": "linux",
        "created": _CREATED,
        "config": {
            "Entrypoint": list(image.entrypoint),
            "User": image.user,
            "WorkingDir": "/",
            "Env": ["PATH=/usr/local/bin:/usr/bin:/bin:/"],
        },
        "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
        "history": [{"created": _CREATED, "created_by": "local.cluster.images"}],
    }


def _index(name: str, manifest: bytes) -> dict[str, Any]:
    """The archive's table of contents; containerd takes the image's name from the annotation."""
    return {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}index.v1+json",
        "manifests": [
            {
                "mediaType": f"{_OCI}manifest.v1+json",
                "digest": _digest(manifest),
                "size": len(manifest),
                "platform": {"architecture": _architecture(), "os": "linux"},
                "annotations": {
                    "io.containerd.image.name": name,
                    "org.opencontainers.image.ref.name": name.rpartition(":")[2],
                },
            }
        ],
    }


def _architecture() -> str:
    """This machine, as OCI names it; programs are built for the machine they are built on."""
    machine = platform.machine()
    return _ARCHITECTURES.get(machine, machine)


def _manifest_digest(path: Path) -> str:
    """Digest that the archive's index names."""
    with tarfile.open(path) as tar:
        index = tar.extractfile("index.json")
        if index is None:
            raise ClusterError(f"{path} is no image archive: remove it, and it is made again")
        return str(json.load(index)["manifests"][0]["digest"])


def _entry(name: str, size: int, mode: int = 0o644) -> tarfile.TarInfo:
    """Header without the time and owner of this machine: the same input gives the same bytes."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, mode
    return entry


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """A small file."""
    tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _blob(digest: str) -> str:
    """Where the image layout keeps the content of that digest."""
    return f"blobs/{digest.replace(':', '/')}"


def _json(document: dict[str, Any]) -> bytes:
    """Compact and sorted: equal documents are equal bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _digest(content: bytes) -> str:
    """Digest as OCI writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _sha256(file: IO[bytes]) -> str:
    """Digest of a whole open file."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _sha256_file(path: Path) -> str:
    """Digest of a file, read once per process while its size and time of change are the same."""
    state = path.stat()
    return _sha256_of(path, state.st_size, state.st_mtime_ns)


@functools.cache
def _sha256_of(path: Path, _size: int, _changed: int) -> str:
    """Digest of a file in that state."""
    with path.open("rb") as file:
        return _sha256(file)
