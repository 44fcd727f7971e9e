"""What goes wrong, told in a sentence, and how it is repaired."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from local.engine import Engine, EngineError
from tests.e2e.standin.conftest import PROGRAM, TOKEN, Toy
from tests.e2e.waiting import until

pytestmark = pytest.mark.cluster

_BAD_IMAGE = "registry.invalid/none:1"


def test_a_rollout_that_fails_tells_the_reasons_and_is_repaired_by_the_next_up(toy: Toy) -> None:
    with pytest.raises(EngineError) as caught:
        toy.engine(image=_BAD_IMAGE, seconds=8).up()
    message = str(caught.value)
    assert "Kubernetes stand-in" in message
    assert "Deployment toy-failures/web-" in message
    assert "not ready after" in message
    assert "container probe: " in message
    assert _BAD_IMAGE in message
    toy.engine().up()
    assert toy.engine().preview(expect_no_changes=True).changed == 0


def test_a_failed_job_is_told_at_once(toy: Toy) -> None:
    toy.engine().up()
    with pytest.raises(EngineError, match=r"Job toy-failures/once-.*it failed: BackoffLimitExceeded"):
        toy.engine(job="bad", seconds=600).up()
    toy.engine().up()


def test_an_unreachable_cluster_is_told_with_its_address(toy: Toy) -> None:
    document = yaml.safe_load(Path(toy.settings["kubeconfig"]).read_text())
    document["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    elsewhere = toy.state / "elsewhere"
    elsewhere.write_text(yaml.safe_dump(document))
    for operation in ("preview", "up"):
        with pytest.raises(EngineError, match=r"cluster at https://127.0.0.1:1 is unreachable") as caught:
            getattr(toy.engine(kubeconfig=str(elsewhere)), operation)()
        assert "Traceback" not in str(caught.value)
    # The state knows the other kubeconfig now, which a destroy would use; an update takes the right one back.
    toy.engine().up()


def test_a_context_that_does_not_exist_is_told_with_those_that_do(toy: Toy) -> None:
    with pytest.raises(EngineError, match=f"no context 'nowhere'; it has: {toy.settings['context']}"):
        toy.engine(context="nowhere").preview()


def test_an_unknown_field_is_refused_by_the_server_in_the_preview(toy: Toy, tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        "import pulumi, pulumi_kubernetes as k8s, workloads\n"
        "settings = pulumi.Config()\n"
        "k8s.core.v1.Namespace('space', metadata={'name': 'default-x'}, spec={'colour': 'red'},\n"
        "    opts=pulumi.ResourceOptions(provider=workloads.provider(settings)))\n",
    )
    with pytest.raises(EngineError, match=r"spec\.colour"):
        toy.engine(project=project).preview()


def test_an_object_that_somebody_else_made_is_not_taken_over(toy: Toy) -> None:
    toy.engine().destroy()
    toy.kubectl("create", "namespace", toy.settings["namespace"])
    try:
        with pytest.raises(EngineError, match=r"Namespace toy-failures exists already .* import it"):
            toy.engine().up()
    finally:
        toy.kubectl("delete", "namespace", toy.settings["namespace"], "--wait=true")


def test_an_error_in_the_program_is_told_by_line_without_a_traceback(toy: Toy, tmp_path: Path) -> None:
    project = _project(tmp_path, "import pulumi\n\nprint(undefined)\n")
    with pytest.raises(
        EngineError, match=r"__main__\.py, line 3: NameError: name 'undefined' is not defined"
    ) as caught:
        toy.engine(project=project).preview()
    assert "Traceback" not in str(caught.value)


def test_wrong_settings_are_told_by_the_engine_before_the_program_runs(toy: Toy) -> None:
    with pytest.raises(EngineError, match="'replicas' must be of type 'integer'"):
        toy.engine(replicas="many").preview()
    engine = Engine(pulumi=toy.pulumi, project=PROGRAM, stack="other", environ=toy.environ)
    with pytest.raises(EngineError, match="is missing configuration value"):
        engine.preview()


def test_a_wrong_passphrase_is_told_with_the_remedy(toy: Toy) -> None:
    toy.engine().preview()
    with pytest.raises(EngineError, match=r"wrong passphrase: .* set PULUMI_CONFIG_PASSPHRASE"):
        toy.engine(environ={"PULUMI_CONFIG_PASSPHRASE": "other"}).preview()


def test_a_killed_update_leaves_a_lock_that_the_next_run_removes_and_objects_that_it_takes_over(
    toy: Toy,
) -> None:
    toy.engine().destroy()
    with _running_up(toy) as child:
        os.kill(_engine_below(child.pid), signal.SIGKILL)
        said, _ = child.communicate()
    assert "EngineError update of stack dev failed" in said
    toy.engine().refresh()
    assert any("which has ended, is removed" in line for line in toy.told)
    toy.engine().up()
    assert toy.engine().preview(expect_no_changes=True).changed == 0


def test_an_interrupt_ends_an_update_in_good_order_and_the_next_one_goes_on(toy: Toy) -> None:
    toy.engine().destroy()
    with _running_up(toy) as child:
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate()
    assert "StoppedError update of stack dev was interrupted; run it again to go on" in said
    toy.told.clear()
    toy.engine().up()
    assert not any("lock" in line for line in toy.told)
    assert toy.engine().preview(expect_no_changes=True).changed == 0


def test_a_stack_in_use_tells_who_holds_it(toy: Toy) -> None:
    toy.engine().destroy()
    with _running_up(toy) as child:
        with pytest.raises(
            EngineError, match=rf"stack dev is in use by .* \(process {_engine_below(child.pid)}, "
        ):
            toy.engine().up()
        child.send_signal(signal.SIGINT)
        child.communicate()


def _project(folder: Path, program: str) -> Path:
    """The toy project with another main program."""
    project = folder / "project"
    shutil.copytree(PROGRAM, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "__main__.py").write_text(program)
    return project


_UP = """
import json, os, pathlib
from local.engine import Engine, EngineError
wish = json.loads(os.environ["ENGINE"])
paths = {name: pathlib.Path(wish.pop(name)) for name in ("pulumi", "project")}
try:
    Engine(**paths, **wish).up()
except EngineError as error:
    print(type(error).__name__, error)
"""


def _running_up(toy: Toy) -> subprocess.Popen[str]:
    """A process of its own whose `up` hangs in a rollout that cannot succeed."""
    wish = {
        "pulumi": str(toy.pulumi),
        "project": str(PROGRAM),
        "stack": "dev",
        "environ": toy.environ,
        "config": {**toy.settings, "image": _BAD_IMAGE},
        "secrets": {"token": TOKEN},
    }
    root = str(Path(__file__).resolve().parents[3])
    child = subprocess.Popen(
        [sys.executable, "-c", _UP],
        env={**toy.environ, "PYTHONPATH": root, "ENGINE": json.dumps(wish)},
        stdout=subprocess.PIPE,
        text=True,
    )
    until(lambda: toy.kubectl.attempt("get", "statefulset", "member").returncode, lambda code: code == 0)
    return child


def _engine_below(process: int) -> int:
    """Process id of the engine that a process runs."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            identity, _, rest = status.read_text().partition(" (")
        except FileNotFoundError:
            continue
        name, _, fields = rest.rpartition(") ")
        if name == "pulumi" and int(fields.split()[1]) == process:
            return int(identity)
    raise AssertionError(f"process {process} runs no engine")
