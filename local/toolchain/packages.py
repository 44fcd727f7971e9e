"""What the embedded cluster takes from the distribution: looked for, and installed where that is Debian."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from rich.console import Console

from .errors import ToolchainError
from .process import Finished, Listener, run_logged

_COMMANDS: Final = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    # kube-proxy's nftables mode calls nft; the CNI plugin portmap calls iptables.
    "nft": "nftables",
    "iptables": "iptables",
    "ip": "iproute2",
    "sysctl": "procps",
    "mount": "mount",
    "nsenter": "util-linux",
    "setsid": "util-linux",
    "unshare": "util-linux",
}
"""Program -> the Debian package that has it."""
_PLUGINS: Final = ("bridge", "host-local", "loopback", "portmap")
_PLUGINS_PACKAGE: Final = "containernetworking-plugins"
_SYSTEM_FOLDERS: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin")
"""Where such programs are although a user's PATH may not say so."""

_POLICY: Final = (
    "#!/bin/sh\n# Written by mcp-tracing while it installs packages: no service is started.\nexit 101\n"
)
"""101 forbids the action (the interface of policy-rc.d, in the manual of invoke-rc.d)."""
_APT_OPTIONS: Final = (
    "-q",
    "-y",
    "--no-install-recommends",
    "-o=Dpkg::Use-Pty=0",
    "-o=DPkg::Lock::Timeout=300",
)
_SHOWN_LINES: Final = 20


@dataclass(frozen=True, kw_only=True)
class SystemPackages:
    """The distribution's packages on one machine."""

    environ: Mapping[str, str]
    console: Console
    log: Path
    user_id: int
    plugins: Path = Path("/usr/lib/cni")
    """Where Debian has the CNI plugins."""
    policy: Path = Path("/usr/sbin/policy-rc.d")
    """The file by which an administrator tells Debian which services a package may start."""
    folders: tuple[str, ...] = _SYSTEM_FOLDERS

    def missing(self) -> list[str]:
        """Debian packages that the embedded cluster needs and whose programs are not found, sorted."""
        absent = {package for command, package in _COMMANDS.items() if self._find(command) is None}
        if not all((self.plugins / name).exists() for name in _PLUGINS):
            absent.add(_PLUGINS_PACKAGE)
        return sorted(absent)

    def ensure(self) -> None:
        """Nothing is missing. No service of a new package was started, and containerd's own is disabled.

        Raises:
            ToolchainError: something is missing and this process may not or cannot install it; the message
                has the command that does.
        """
        missing = self.missing()
        if not missing:
            return
        command = f"apt-get install --no-install-recommends {' '.join(missing)}"
        lacking = f"the embedded cluster needs packages that are not installed: {', '.join(missing)}"
        apt_get = self._find("apt-get")
        if apt_get is None:
            raise ToolchainError(
                f"{lacking}.\nThese are Debian's names, and there is no apt-get here: "
                f"install the counterparts of your distribution, with the CNI plugins in {self.plugins}."
            )
        if self.user_id != 0:
            raise ToolchainError(f"{lacking}.\nInstalling them needs root:\n  sudo {command}")
        self._tell(f"installing {', '.join(missing)}")
        self._install(apt_get, missing, command)
        if still := self.missing():
            raise ToolchainError(f"{command} ran, but {', '.join(still)} is still not found; see {self.log}")

    def _install(self, apt_get: str, missing: list[str], command: str) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log, self._services_held_back():
            answer = self._run([apt_get, "install", *_APT_OPTIONS, *missing], log)
            if answer.status != 0:
                # The usual reason: no package lists yet, or they name releases that the mirror has no more.
                self._tell("package lists are missing or old: updating them")
                self._run([apt_get, "update", "-q"], log)
                answer = self._run([apt_get, "install", *_APT_OPTIONS, *missing], log)
            if answer.status != 0:
                raise self._failure(command, answer)
            systemctl = self._find("systemctl")
            if "containerd" in missing and systemctl:
                # The cluster runs a containerd of its own; Debian's would start with the machine from now on.
                self._run([systemctl, "disable", "--quiet", "containerd.service"], log)

    @contextmanager
    def _services_held_back(self) -> Iterator[None]:
        """No package starts a service meanwhile; a policy of the machine's own is left as it is."""
        ours = not self.policy.exists() or self.policy.read_text(encoding="utf-8") == _POLICY
        if ours:
            self.policy.write_text(_POLICY, encoding="utf-8")
            self.policy.chmod(0o755)
        try:
            yield
        finally:
            if ours:
                self.policy.unlink(missing_ok=True)

    def _run(self, command: list[str], log: IO[bytes]) -> Finished:
        return run_logged(
            command,
            folder=Path("/"),
            environment={**self.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
            log=log,
            listener=Listener(),
        )

    def _find(self, command: str) -> str | None:
        return shutil.which(command, path=os.pathsep.join([self.environ.get("PATH", ""), *self.folders]))

    def _failure(self, command: str, answer: Finished) -> ToolchainError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:]
        shown = "\n".join(f"  {line}" for line in lines)
        return ToolchainError(
            f"packages cannot be installed: apt-get ended with exit status {answer.status}.\n"
            f"The last lines of {self.log}:\n{shown}\n"
            f"Repair the reason, or install them yourself:\n  {command}"
        )

    def _tell(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)
