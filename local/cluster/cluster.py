"""The embedded cluster: up, down, status, images."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from local.cluster import addons, cgroups, configs, network, pki, plan, preflight, readiness
from local.cluster.api import Api
from local.cluster.containerd import Containerd
from local.cluster.errors import ClusterError
from local.cluster.images import Archive, Image, archive
from local.cluster.kubeconfig import write_kubeconfig
from local.cluster.layout import Layout, write
from local.cluster.node import Node
from local.cluster.shell import run
from local.cluster.spec import ClusterSpec
from local.cluster.status import Status
from local.cluster.sysctls import Sysctls
from local.lock import locked
from local.paths import Paths

Report = Callable[[str], None]

_MACHINE: Final = Path("/run/mcp-tracing-clusters")
"""What all clusters of the machine share; below /run, so a reboot forgets it."""
_READY_SECONDS: Final = 240
_DAEMON_USERS: Final = ("kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
_LONG_AGO: Final = dt.datetime.fromtimestamp(0, dt.UTC)


class Cluster:
    """One single-node Kubernetes on this machine; it knows nothing of what runs in it.

    `programs` are paths by the names of `local.cluster.addons.PROGRAMS`; only `up` and `load` use them.
    """

    def __init__(self, spec: ClusterSpec, paths: Paths, programs: Mapping[str, Path]) -> None:
        folder = paths.state / "clusters"
        self.spec = spec
        self._layout = Layout(folder / spec.name)
        self._lock = folder / f"{spec.name}.lock"
        self._archives = paths.cache / "images"
        self._programs = programs
        self._node = Node(spec, self._layout)
        self._sysctls = Sysctls(_MACHINE)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig (mode 0600), context named as the cluster. Exists after `up`."""
        return self._layout.kubeconfig

    @property
    def logs(self) -> Path:
        """Folder with one log per daemon."""
        return self._layout.log

    def check_route(self) -> None:
        """Nothing, if the kubeconfig's address leads into this cluster; call it before a client starts.

        Raises:
            ClusterError: the cluster is not up.
        """
        network.check_route(self.spec)

    def up(self, images: Iterable[Image] = (), report: Report = lambda _: None) -> None:
        """The cluster is ready, and `images` are in it.

        Ready: the node by a lease of this start, DNS answers, every add-on is available, the metrics API has
        figures, cert-manager's controllers see the cluster. A cluster that is so is left as it is; one
        with kept data (after a reboot) is started on it; one with a dead daemon is started anew.

        Raises:
            ClusterError: with the reason and the log; then nothing of the cluster runs, its data is kept.
        """
        preflight.check_machine()
        addons.check_programs(self._programs)
        with locked(self._lock, lambda pid: report(f"process {pid} changes this cluster: waiting for it")):
            system = addons.system_images(self._programs)
            rendered = configs.render(self.spec, self._layout, system["pause"].name)
            wanted = plan.Planner(self.spec, self._layout, self._programs).plan()
            wanted["digest"] = plan.digest(wanted, rendered)
            archives = self._make_archives([*system.values(), *images], report)
            pid = self._healthy(wanted["digest"], report)
            if pid is not None:
                self._load(pid, archives, report)
                self._settle(system, report, _LONG_AGO)
                return
            self._start(wanted, rendered, archives, system, report)

    def down(self, report: Report = lambda _: None, *, keep_data: bool = False) -> None:
        """Nothing of the cluster runs: no process, mount, namespace, interface, control group or route.

        Its data (objects, volumes, logs) is removed too, unless `keep_data`. The guard route stays.
        """
        preflight.check_root()
        with locked(self._lock, lambda pid: report(f"process {pid} changes this cluster: waiting for it")):
            self._halt()
            if not keep_data:
                self._remove_data()
            report(f"cluster {self.spec.name} is down")

    def load(self, images: Iterable[Image], report: Report = lambda _: None) -> None:
        """The images are in the running cluster, under their names.

        Raises:
            ClusterError: the cluster does not run, or an image's program does not exist.
        """
        pid = self._node.pid()
        if pid is None:
            raise ClusterError(f"cluster {self.spec.name} is not up: images cannot be loaded")
        self._load(pid, self._make_archives(images, report), report)

    def status(self) -> Status:
        """What runs now; it asks, and changes nothing."""
        record = self._node.record()
        if self._node.pid() is None or record is None:
            return Status.down(self.spec, has_data=(self._layout.data / "etcd").exists())
        problems = {name: f"ended with status {code}" for name, code in record.ended.items()}
        problems |= self._unmet(_LONG_AGO)
        return Status(
            name=self.spec.name,
            server=self.spec.server,
            kubeconfig=self.kubeconfig,
            pid=record.pid,
            daemons=tuple(record.running),
            problems=problems,
        )

    def _healthy(self, digest: str, report: Report) -> int | None:
        """The running node's process number; None if there is none, or one that had to be stopped."""
        pid = self._node.pid()
        if pid is None:
            self._refuse_foreign()
            return None
        reason = self._restart_reason(digest)
        if reason is None:
            return pid
        report(f"the node has to be started anew: {reason}")
        self._halt()
        return None

    def _restart_reason(self, digest: str) -> str | None:
        """Why the running node cannot stay, or None."""
        record = self._node.record()
        if record is not None and record.ended:
            return ", ".join(f"{name} ended with status {code}" for name, code in record.ended.items())
        if not self._layout.kubeconfig.exists() or self._node.plan_digest() != digest:
            return "its programs or configuration have changed"
        network.guard()
        try:
            self.check_route()
        except ClusterError as error:
            return error.reason
        with Api(self.spec, self._layout) as api:
            if not api.ready():
                return "its API server does not answer"
            node = readiness.node_condition(api, self.spec, _LONG_AGO)
            return node.reason()

    def _refuse_foreign(self) -> None:
        """A namespace of the cluster's name with processes that this state folder knows nothing of."""
        pids = network.inhabitants(self.spec)
        if pids:
            raise ClusterError(
                f"the network namespace {self.spec.name} is in use by processes {pids} that were started with"
                f" another state folder: `python -m local.cluster down --name {self.spec.name}` ends them"
            )

    def _start(
        self,
        wanted: dict[str, Any],
        rendered: Mapping[str, str],
        archives: list[Archive],
        system: Mapping[str, Image],
        report: Report,
    ) -> None:
        """Start the node and wait until all is ready; on any failure nothing of it is left running."""
        since = dt.datetime.now(dt.UTC)
        try:
            self._prepare(rendered)
            self._node.start(wanted, lambda daemon: self._started(daemon, archives, report))
            self._settle(system, report, since)
        except BaseException:
            self._halt()
            raise

    def _prepare(self, rendered: Mapping[str, str]) -> None:
        """Files, certificates, networks and control groups, all before the first process."""
        self._layout.prepare()
        self._layout.applied.unlink(missing_ok=True)
        pki.make(self._layout.pki, self.spec)
        for name, text in rendered.items():
            write(self._layout.conf / name, text)
        for user in _DAEMON_USERS:
            write_kubeconfig(self._layout.conf / f"{user}.kubeconfig", self.spec, self._layout.pki, user)
        write_kubeconfig(self._layout.kubeconfig, self.spec, self._layout.pki, "admin")
        with locked(_MACHINE / "lock", lambda _: None):
            network.guard()
            network.remove(self.spec)
            network.create(self.spec)
            cgroups.create(self.spec.name)
            self._sysctls.claim(self.spec.name)

    def _started(self, daemon: str, archives: list[Archive], report: Report) -> None:
        """Load images while the API server starts: the kubelet waits for them."""
        report(f"{daemon} started")
        pid = self._node.pid()
        if daemon == "kube-apiserver" and pid is not None:
            Containerd(pid).wait()
            self._load(pid, archives, report)
            self._layout.images_loaded.touch()

    def _settle(self, system: Mapping[str, Image], report: Report, since: dt.datetime) -> None:
        """Add-ons are as rendered, and all is ready."""
        manifests = addons.render(self.spec, self._layout, system)
        resources = addons.custom_resource_files(self._programs)
        digest = addons.digest(manifests, resources)
        applied = self._layout.applied.read_text("utf-8") if self._layout.applied.exists() else None
        if applied != digest or self._unmet(since):
            self._apply(manifests, resources)
            write(self._layout.applied, digest)
            with Api(self.spec, self._layout) as api:
                wanted = readiness.conditions(api, self.spec, addons.workloads(), since)
                readiness.wait(wanted, _READY_SECONDS, report, self._check_alive)
        report(f"cluster {self.spec.name} is ready: {self.spec.server}")

    def _apply(self, manifests: Mapping[str, str], resources: Iterable[Path]) -> None:
        """Hand the add-ons to the API server; what somebody changed in them is put right."""
        folder = self._layout.conf / "addons"
        for name, text in manifests.items():
            write(folder / name, text, 0o600)
        files = [*resources, *(folder / name for name in manifests)]
        self.check_route()
        command = (self._programs["kubectl"], f"--kubeconfig={self.kubeconfig}", "apply", "--server-side")
        run(*command, "--force-conflicts", *(f"--filename={file}" for file in files))

    def _unmet(self, since: dt.datetime) -> dict[str, str]:
        """What is not ready now, and why."""
        try:
            self.check_route()
        except ClusterError as error:
            return {"network": error.reason}
        with Api(self.spec, self._layout) as api:
            return readiness.unmet(readiness.conditions(api, self.spec, addons.workloads(), since))

    def _check_alive(self) -> None:
        """Raise if the node or a daemon has ended while it is waited for."""
        record = self._node.record()
        if record is None or self._node.pid() is None:
            raise ClusterError(f"the node of cluster {self.spec.name} ended", self._node.log)
        for name, code in record.ended.items():
            raise ClusterError(f"{name} ended with status {code}", self._layout.log / f"{name}.log")

    def _make_archives(self, images: Iterable[Image], report: Report) -> list[Archive]:
        """Archives of the images; making one takes a second per 200 MB, so it is told."""
        return [
            archive(image, self._archives, lambda name: report(f"making image {name}")) for image in images
        ]

    def _load(self, pid: int, archives: Iterable[Archive], report: Report) -> None:
        """Import what is missing."""
        for name in Containerd(pid).load(archives):
            report(f"image {name} loaded")

    def _halt(self) -> None:
        """Stop the node and give back what the machine lent it; data stays."""
        self._node.stop()
        with locked(_MACHINE / "lock", lambda _: None):
            network.remove(self.spec)
            cgroups.remove(self.spec.name)
            self._sysctls.release(self.spec.name)

    def _remove_data(self) -> None:
        """Remove the cluster's folder, after a look that nothing is mounted in it."""
        root = self._layout.root
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
        inside = [line.split()[1] for line in mounts if line.split()[1].startswith(f"{root}/")]
        if inside:
            raise ClusterError(f"{root} is not removed: {', '.join(inside)} is still mounted there")
        if root.exists():
            shutil.rmtree(root)
