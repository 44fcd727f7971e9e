"""The table of programs agrees with the modules beside it and with versions.py."""

import re
import subprocess
from pathlib import Path

import pytest

import versions
from local.toolchain.catalogue import GROUPS, SOURCES, group_of
from local.toolchain.errors import ToolchainError
from local.toolchain.group import Group

VERSIONS = {
    "pulumi": versions.PULUMI,
    "kubernetes": versions.KUBERNETES,
    "kubectl": versions.KUBERNETES,
    "etcd": versions.ETCD,
    "coredns": versions.COREDNS,
    "cert-manager": versions.CERT_MANAGER,
    "metrics-server": versions.METRICS_SERVER,
    "local-path-provisioner": versions.LOCAL_PATH_PROVISIONER,
    "otelcol": versions.OTELCOL,
    "jaeger": versions.JAEGER,
}
MODULES = {
    **VERSIONS,
    # The release 2.13.0 under the only tag that fits its module path.
    "jaeger": versions.JAEGER_MODULE,
}


def named(group: Group) -> str:
    return group.name


def required(group: Group) -> dict[str, str]:
    """Module -> version, of the require blocks of the group's go.mod."""
    text = (SOURCES / group.folder / "go.mod").read_text(encoding="utf-8")
    return dict(re.findall(r"^(?:require )?\t?(\S+) v(\S+)(?: // indirect)?$", text, re.MULTILINE))


@pytest.mark.parametrize("group", GROUPS, ids=named)
def test_a_group_says_and_requires_the_version_of_the_one_list(group: Group) -> None:
    assert group.version == VERSIONS.get(group.name, "")
    assert group.module_version == MODULES.get(group.name, "")
    if group.module:
        assert required(group)[group.module] == group.module_version


@pytest.mark.parametrize("group", GROUPS, ids=named)
def test_a_group_is_a_module_of_ours_named_after_its_folder(group: Group) -> None:
    text = (SOURCES / group.folder / "go.mod").read_text(encoding="utf-8")
    assert re.search(rf"^module mcp-tracing/local/tools/{group.folder}$", text, re.MULTILINE)


@pytest.mark.parametrize("group", GROUPS, ids=named)
def test_every_required_module_has_checksums(group: Group) -> None:
    replaced = dict(
        re.findall(
            r"^(?:replace )?\t?(\S+) => (\S+) v",
            (SOURCES / group.folder / "go.mod").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    sums = SOURCES / group.folder / "go.sum"
    summed = (
        {line.split()[0] for line in sums.read_text(encoding="utf-8").splitlines()}
        if sums.exists()
        else set()
    )
    assert {replaced.get(module, module) for module in required(group)} <= summed


def test_all_kubernetes_modules_are_of_one_release() -> None:
    (kubernetes,) = [group for group in GROUPS if group.name == "kubernetes"]
    text = (SOURCES / kubernetes.folder / "go.mod").read_text(encoding="utf-8")
    replaced = re.findall(r"^\t(k8s\.io/\S+) => \1 v(\S+)$", text, re.MULTILINE)
    assert len(replaced) > 20
    assert {version for _module, version in replaced} == {f"0.{versions.KUBERNETES.removeprefix('1.')}"}


def test_the_collector_is_of_one_release_but_for_the_components_that_its_source_and_the_docs_name() -> None:
    (collector,) = [group for group in GROUPS if group.name == "otelcol"]
    contrib = "github.com/open-telemetry/opentelemetry-collector-contrib/"
    kinds = ("connector", "exporter", "extension", "processor", "receiver")
    older = {
        (module.split("/")[-1], version)
        for module, version in required(collector).items()
        if module.startswith(tuple(f"{contrib}{kind}/" for kind in kinds)) and version != versions.OTELCOL
    }
    source = (SOURCES / "otelcol" / "components.go").read_text(encoding="utf-8")
    told = source[source.index("These are older") : source.index("Left out on purpose")]
    direct = {(name, version) for name, version in older if f'/{name}"' in source}
    for name, version in direct:
        short = re.sub("^(exporter|receiver)|(exporter|receiver|connector|auth|extension)+$", "", name)
        assert re.search(rf"{short}.*{re.escape(version)}", told), name
    pages = (SOURCES.parents[1] / "docs" / "versions.md").read_text(encoding="utf-8")
    assert {version for _name, version in direct} <= set(re.findall(r"\d+\.\d+\.\d+", pages))
    assert len(direct) == 8


def test_no_two_groups_make_the_same_file() -> None:
    outputs = [output for group in GROUPS for output in group.outputs]
    assert len(outputs) == len(set(outputs))


def test_programs_of_a_group_of_several_have_the_names_that_go_gives_them() -> None:
    several = [group for group in GROUPS if len(group.programs) > 1]
    assert several
    for group in several:
        for program in group.programs:
            assert program.package.rsplit("/", 1)[-1] == program.name


@pytest.mark.parametrize("group", GROUPS, ids=named)
def test_a_build_keeps_this_checkout_out_of_the_program(group: Group) -> None:
    assert {"-trimpath", "-buildvcs=false"} <= set(group.arguments)


def test_everything_that_is_built_is_in_a_folder_of_its_own_and_nothing_else_is_there() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "."], cwd=SOURCES, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {Path(name).parts[0] for name in listed} == {group.folder for group in GROUPS}
    assert {Path(name).suffix for name in listed} <= {".mod", ".sum", ".go"}


def test_a_program_is_found_by_its_name_and_an_unknown_one_is_told_the_known() -> None:
    assert group_of("kubelet").name == "kubernetes"
    assert group_of("kubectl").name == "kubectl"
    assert group_of("cert-manager-crds.yaml").name == "cert-manager"
    with pytest.raises(ToolchainError, match="no program 'minikube'; known are cert-manager-controller, "):
        group_of("minikube")
