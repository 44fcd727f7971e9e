"""Image archives."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cluster import ClusterError, Image
from local.cluster.containerd import missing
from local.cluster.images import Archive, archive, canonical, content_tag


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program"
    path.write_bytes(b"\x7fELF and so on")
    return path


def image(program: Path, **changed: Any) -> Image:
    told: dict[str, Any] = {
        "name": "example/server:1.0",
        "files": {"/usr/bin/server": program},
        "entrypoint": ("/usr/bin/server",),
    }
    return Image(**(told | changed))


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as tar:
        return {m.name: f.read() for m in tar.getmembers() if (f := tar.extractfile(m)) is not None}


@pytest.mark.parametrize(
    ("name", "full"),
    [
        (
            "otel/opentelemetry-collector-contrib:0.158.0",
            "docker.io/otel/opentelemetry-collector-contrib:0.158.0",
        ),
        ("jaegertracing/jaeger:2.13.0", "docker.io/jaegertracing/jaeger:2.13.0"),
        ("busybox", "docker.io/library/busybox:latest"),
        ("docker.io/busybox:1", "docker.io/library/busybox:1"),
        ("docker.io/otel/x:1", "docker.io/otel/x:1"),
        ("localhost/pause:3", "localhost/pause:3"),
        ("localhost:5000/pause", "localhost:5000/pause:latest"),
        ("registry.example/team/web:1.2.3", "registry.example/team/web:1.2.3"),
        ("mirror.example:5000/otel/x:1", "mirror.example:5000/otel/x:1"),
    ],
)
def test_a_name_becomes_what_the_kubelet_asks_containerd_for(name: str, full: str) -> None:
    assert canonical(name) == full


@given(st.from_regex(r"([a-z]{1,5}(\.[a-z]{2})?/){0,3}[a-z]{1,5}(:[a-z0-9]{1,5})?", fullmatch=True))
def test_a_canonical_name_stays_as_it_is(name: str) -> None:
    assert canonical(canonical(name)) == canonical(name)


@pytest.mark.parametrize("name", ["", "a/b@sha256:00"])
def test_an_image_without_a_tag_to_give_is_refused(name: str, program: Path) -> None:
    with pytest.raises(ClusterError, match="a digest needs a registry"):
        image(program, name=name)


def test_a_program_that_was_not_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"the program .*/absent does not exist: build it first"):
        image(tmp_path / "absent")


def test_a_relative_place_in_the_image_is_refused(program: Path) -> None:
    with pytest.raises(ClusterError, match="the path 'bin/x' must be absolute"):
        image(program, files={"bin/x": program})


def test_every_blob_has_the_digest_and_size_that_refer_to_it(program: Path, tmp_path: Path) -> None:
    made = archive(image(program), tmp_path / "images")
    files = contents(made.path)

    manifest_reference = json.loads(files["index.json"])["manifests"][0]
    manifest = json.loads(files[blob(manifest_reference)])
    for reference in (manifest_reference, manifest["config"], *manifest["layers"]):
        content = files[blob(reference)]
        assert reference["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert reference["size"] == len(content)
    assert made.digest == manifest_reference["digest"]
    config = json.loads(files[blob(manifest["config"])])
    assert config["rootfs"]["diff_ids"] == [manifest["layers"][0]["digest"]]


def blob(reference: dict[str, Any]) -> str:
    return f"blobs/{str(reference['digest']).replace(':', '/')}"


def layer(made: Archive) -> tarfile.TarFile:
    files = contents(made.path)
    manifest = json.loads(files[blob(json.loads(files["index.json"])["manifests"][0])])
    return tarfile.open(fileobj=io.BytesIO(files[blob(manifest["layers"][0])]))


def test_the_layer_holds_the_program_executable_and_owned_by_root(program: Path, tmp_path: Path) -> None:
    with layer(archive(image(program), tmp_path / "images")) as tar:
        found = tar.getmember("usr/bin/server")
        stream = tar.extractfile(found)
        names = tar.getnames()

        assert (found.mode, found.uid, found.gid, found.mtime) == (0o755, 0, 0, 0)
        assert stream is not None
        assert stream.read() == program.read_bytes()
        assert names.index("usr") < names.index("usr/bin") < names.index("usr/bin/server")


def test_the_same_input_gives_the_same_bytes(program: Path, tmp_path: Path) -> None:
    one = archive(image(program), tmp_path / "one").path
    other = archive(image(program), tmp_path / "other").path

    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()


def test_an_archive_is_not_made_again_for_the_same_content(program: Path, tmp_path: Path) -> None:
    made: list[str] = []
    first = archive(image(program), tmp_path / "images", made.append)
    program.touch()
    second = archive(image(program), tmp_path / "images", made.append)

    assert first == second
    assert made == ["example/server:1.0"]


@pytest.mark.parametrize(
    "changed",
    [{"name": "example/server:2.0"}, {"user": "1:1"}, {"entrypoint": ("/usr/bin/server", "-v")}],
    ids=lambda changed: next(iter(changed)),
)
def test_another_description_gives_another_archive(
    changed: dict[str, Any], program: Path, tmp_path: Path
) -> None:
    other = image(program, **changed)

    assert archive(image(program), tmp_path).path != archive(other, tmp_path).path


def test_another_program_gives_another_archive_and_tag(program: Path, tmp_path: Path) -> None:
    before = archive(image(program), tmp_path / "images").path, content_tag(program)
    program.write_bytes(b"a newer build")
    after = archive(image(program), tmp_path / "images").path, content_tag(program)

    assert before[0] != after[0]
    assert before[1] != after[1]


def test_an_interrupted_archive_is_not_taken_for_a_whole_one(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("local.cluster.images._write_layer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive(image(program), tmp_path / "images")
    monkeypatch.undo()

    assert archive(image(program), tmp_path / "images").digest.startswith("sha256:")


LISTING = """\
REF                    TYPE                                       DIGEST     SIZE    PLATFORMS   LABELS
docker.io/otel/x:1     application/vnd.oci.image.manifest.v1+json sha256:aa  1.4 MiB linux/amd64 a=b
sha256:cc              application/vnd.oci.image.manifest.v1+json sha256:bb  1.4 MiB linux/amd64 -
"""


@pytest.mark.parametrize(
    ("name", "digest", "loaded"),
    [
        ("docker.io/otel/x:1", "sha256:aa", True),
        ("docker.io/otel/x:1", "sha256:bb", False),
        ("docker.io/otel/x:2", "sha256:aa", False),
    ],
)
def test_an_image_is_loaded_unless_its_name_has_that_content(name: str, digest: str, loaded: bool) -> None:
    wanted = Archive(name, Path("x.tar"), digest)

    assert missing(LISTING, [wanted]) == ([] if loaded else [wanted])


def test_an_empty_containerd_lacks_everything() -> None:
    wanted = Archive("docker.io/otel/x:1", Path("x.tar"), "sha256:aa")

    assert missing("REF TYPE DIGEST SIZE PLATFORMS LABELS\n", [wanted]) == [wanted]
