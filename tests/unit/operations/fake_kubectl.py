"""A kubectl for tests: a small script that answers by rules and writes down how it was called."""

import json
import stat
import sys
from pathlib import Path
from typing import Any

from operations.connect import Target

_SCRIPT = """#!{python}
import json, os, socket, sys, time
with open({calls!r}, "a") as calls:
    calls.write(json.dumps([sys.argv[1:], os.environ.get("KUBECONFIG")]) + "\\n")
line = " ".join(sys.argv[1:])
for words, answer, code in json.load(open({rules!r})):
    if words in line:
        if answer == "FORWARD":
            with socket.create_server(("127.0.0.1", 0)) as server:
                port = server.getsockname()[1]
                print(f"Forwarding from 127.0.0.1:{{port}} -> 4317", flush=True)
                while True:
                    connection, _ = server.accept()
                    connection.sendall(b"x")
                    connection.close()
                    print("Handling connection " * 5000, flush=True)
        (sys.stderr if code and answer.startswith(("error", "Error", "Unable")) else sys.stdout).write(answer)
        sys.exit(code)
sys.stderr.write("error: no rule for " + line)
sys.exit(9)
"""


class FakeKubectl:
    """Rules are (words in the command line, answer, exit code), the first that fits answers."""

    def __init__(self, folder: Path) -> None:
        self._calls, self._rules = folder / "calls", folder / "rules"
        self._answers: list[tuple[str, str, int]] = []
        self._calls.touch()
        self._rules.write_text("[]")
        program = folder / "kubectl"
        script = _SCRIPT.format(python=sys.executable, calls=str(self._calls), rules=str(self._rules))
        program.write_text(script)
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.target = Target(kubectl=program, kubeconfig=folder / "config", context="kind-x")

    def answer(self, words: str, answer: Any, code: int = 0) -> None:
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self._answers.append((words, text, code))
        self._rules.write_text(json.dumps(self._answers))

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line)[0] for line in self._calls.read_text().splitlines()]

    @property
    def kubeconfigs(self) -> set[str]:
        return {json.loads(line)[1] for line in self._calls.read_text().splitlines()}
