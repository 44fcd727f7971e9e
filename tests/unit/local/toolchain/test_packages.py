"""The distribution's packages: what is missing is said, or installed without starting any service."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from local.toolchain.errors import ToolchainError
from local.toolchain.packages import SystemPackages

COMMANDS = {
    *("containerd", "ctr", "runc", "nft", "iptables", "ip", "sysctl"),
    *("mount", "nsenter", "setsid", "unshare"),
}

_APT_GET = """#!/bin/sh
# Notes its call and whether services are held back, then installs what the test has prepared.
PATH=/usr/bin:/bin
root=@ROOT@
echo "$*" >>"$root/calls"
[ -x "$root/policy-rc.d" ] && "$root/policy-rc.d" || echo "policy $?" >>"$root/calls"
[ "$1" = update ] && rm -f "$root/stale"
if [ -e "$root/stale" ]; then echo "E: Unable to locate package" >&2; exit 100; fi
[ "$1" = install ] && cp -r "$root"/prepared/. "$root/machine"
exit 0
"""


class Machine:
    """A machine with apt-get that lacks the programs named in `without`."""

    def __init__(self, root: Path, *without: str, apt: bool = True) -> None:
        self.root = root
        self.said = StringIO()
        for name in COMMANDS:
            self._add("prepared" if name in without else "machine", name)
        for name in ("bridge", "host-local", "loopback", "portmap"):
            self._add("prepared/cni" if "cni" in without else "machine/cni", name)
        (root / "prepared").mkdir(exist_ok=True)
        if apt:
            self._add("machine", "apt-get", _APT_GET.replace("@ROOT@", str(root)))
        self._add("machine", "systemctl", f'#!/bin/sh\necho "systemctl $*" >>{root}/calls\n')

    def packages(self, user_id: int = 0) -> SystemPackages:
        return SystemPackages(
            environ={"PATH": str(self.root / "machine")},
            console=Console(file=self.said, width=200),
            log=self.root / "packages.log",
            user_id=user_id,
            plugins=self.root / "machine" / "cni",
            policy=self.root / "policy-rc.d",
            folders=(),
        )

    @property
    def calls(self) -> list[str]:
        log = self.root / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def _add(self, folder: str, name: str, body: str = "#!/bin/sh\n") -> None:
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
        path.chmod(0o755)


def test_a_complete_machine_needs_nothing_and_is_not_touched(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.packages().missing() == []
    machine.packages().ensure()
    assert machine.calls == []
    assert machine.said.getvalue() == ""


def test_missing_programs_are_told_as_packages_each_once(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "containerd", "ctr", "nft", "unshare", "cni")
    assert machine.packages().missing() == [
        "containerd",
        "containernetworking-plugins",
        "nftables",
        "util-linux",
    ]


def test_root_has_them_installed_without_recommended_packages_or_questions(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc", "cni")
    machine.packages().ensure()
    (install,) = [call for call in machine.calls if call.startswith("install")]
    assert "-y" in install.split()
    assert "--no-install-recommends" in install.split()
    assert install.endswith("containernetworking-plugins runc")
    assert machine.packages().missing() == []
    assert "installing containernetworking-plugins, runc" in machine.said.getvalue()


def test_no_service_is_started_meanwhile_and_the_policy_is_gone_afterwards(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    machine.packages().ensure()
    assert "policy 101" in machine.calls
    assert not (tmp_path / "policy-rc.d").exists()


def test_a_policy_of_the_machines_own_is_left_as_it_is(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    own = tmp_path / "policy-rc.d"
    own.write_text("#!/bin/sh\nexit 0\n")
    machine.packages().ensure()
    assert own.read_text() == "#!/bin/sh\nexit 0\n"


def test_a_policy_that_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    with machine.packages()._services_held_back():
        left = (tmp_path / "policy-rc.d").read_text()
    (tmp_path / "policy-rc.d").write_text(left)
    machine.packages().ensure()
    assert not (tmp_path / "policy-rc.d").exists()


def test_a_new_containerd_of_debian_does_not_start_with_the_machine(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "containerd")
    machine.packages().ensure()
    assert "systemctl disable --quiet containerd.service" in machine.calls


def test_a_containerd_that_was_there_before_keeps_its_service(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    machine.packages().ensure()
    assert not [call for call in machine.calls if call.startswith("systemctl")]


def test_old_package_lists_are_updated_and_only_then(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    (tmp_path / "stale").touch()
    machine.packages().ensure()
    assert [call.split()[0] for call in machine.calls if "policy" not in call] == [
        "install",
        "update",
        "install",
    ]
    assert machine.packages().missing() == []


def test_who_is_not_root_is_told_the_command(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "nft", "iptables")
    with pytest.raises(ToolchainError) as failure:
        machine.packages(user_id=1000).ensure()
    assert "needs packages that are not installed: iptables, nftables" in str(failure.value)
    assert "  sudo apt-get install --no-install-recommends iptables nftables" in str(failure.value)
    assert machine.calls == []


def test_another_distribution_is_told_the_names(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc", apt=False)
    with pytest.raises(ToolchainError, match="there is no apt-get here: install the counterparts"):
        machine.packages().ensure()


def test_a_failing_apt_get_is_told_with_its_last_lines_and_the_command(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    (tmp_path / "machine" / "apt-get").write_text("#!/bin/sh\necho E: broken >&2\nexit 100\n")
    with pytest.raises(ToolchainError) as failure:
        machine.packages().ensure()
    assert "apt-get ended with exit status 100" in str(failure.value)
    assert "  E: broken" in str(failure.value)
    assert str(tmp_path / "packages.log") in str(failure.value)
    assert "apt-get install --no-install-recommends runc" in str(failure.value)
    assert not (tmp_path / "policy-rc.d").exists()


def test_an_installation_that_brings_nothing_is_a_failure(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "runc")
    (tmp_path / "prepared" / "runc").unlink()
    with pytest.raises(ToolchainError, match="ran, but runc is still not found"):
        machine.packages().ensure()


def test_programs_in_the_systems_folders_count_although_path_has_not_got_them(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    outside = replace(machine.packages(), environ={}, folders=(str(tmp_path / "machine"),))
    assert outside.missing() == []
