"""checkov finds nothing in any manifest, but what is excepted with a reason."""

from pathlib import Path

import pytest
import yaml

from operations.manifests import manifests, write
from tests.graph.recorded import VARIANTS, recording
from tests.tools import scanner
from tests.tools.conftest import cannot_run
from tests.tools.scanner import Finding

pytestmark = pytest.mark.tools
EXCEPTIONS = Path(__file__).with_name("scan-exceptions.yaml")


@pytest.fixture(scope="session")
def python() -> Path:
    try:
        return scanner.installed()
    except scanner.ScannerError as error:
        cannot_run(str(error))


@pytest.fixture(scope="session")
def scanned(python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[Finding]]:
    """All variants in one run: the scanner takes longer to start than to scan."""
    folder = tmp_path_factory.mktemp("manifests")
    for variant in VARIANTS:
        write(folder / variant, manifests(recording(variant)))
    return scanner.findings(python, folder)


def exceptions() -> list[dict[str, str]]:
    found = yaml.safe_load(EXCEPTIONS.read_text(encoding="utf-8"))
    return list(found)


def excepts(exception: dict[str, str], finding: Finding) -> bool:
    return (exception["check"], exception["kind"]) == (finding.check, finding.kind)


def test_no_manifest_fails_a_check(scanned: tuple[int, list[Finding]]) -> None:
    passed, failed = scanned
    assert passed > 100, "the scanner has hardly looked at anything"
    assert [found for found in failed if not any(excepts(rule, found) for rule in exceptions())] == []


def test_every_exception_is_needed_and_says_why(scanned: tuple[int, list[Finding]]) -> None:
    _, failed = scanned
    for rule in exceptions():
        assert any(excepts(rule, found) for found in failed), f"remove the exception {rule}"
        assert len(rule["reason"]) > 20


def test_a_privileged_pod_would_be_found(python: Path, tmp_path: Path) -> None:
    deployment = manifests(recording("dev"))["deployment-jaeger.yaml"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    container["securityContext"] = {"privileged": True}
    write(tmp_path, {"deployment.yaml": deployment})
    _, failed = scanner.findings(python, tmp_path)
    assert "CKV_K8S_16" in {found.check for found in failed}
