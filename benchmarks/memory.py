"""Memory of the embedded cluster, shared pages counted once."""

from pathlib import Path


def proportional_mib(init: int, proc: Path = Path("/proc")) -> float:
    """Proportional set size, in MiB, of the process `init` and all its descendants.

    Raises:
        OSError: the process is gone, or its memory may not be read.
    """
    return sum(_pss_kib(proc / str(pid)) for pid in _family(init, proc)) / 1024


def _pss_kib(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0  # a kernel thread or a process that is just ending has no memory of its own


def _family(init: int, proc: Path) -> list[int]:
    children: dict[int, list[int]] = {}
    for status in proc.glob("[0-9]*/stat"):
        try:
            # The command's name, in parentheses, may contain anything; the parent is second after it.
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended between the listing and the reading
        children.setdefault(parent, []).append(int(status.parent.name))
    family, todo = [], [init]
    while todo:
        pid = todo.pop()
        family.append(pid)
        todo += children.get(pid, [])
    return family
