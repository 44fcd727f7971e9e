"""What a group of programs is that one call of the Go command builds."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Program:
    """One executable of a group."""

    name: str
    """Name of the file, and of the program for `ensure`; in a group of several the package's last part."""
    package: str
    """Import path of the main package, or `.` or `./folder` inside the group's own module."""


@dataclass(frozen=True, kw_only=True)
class ModuleFile:
    """A text file that stands beside the programs, joined from files of a module that the group requires."""

    name: str
    pattern: str
    """Files of the main module, as a glob below its root; joined in alphabetical order as YAML documents."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """Programs that are built by one call of the Go command."""

    name: str
    folder: str
    """Where go.mod stands, below `SOURCES`. Two groups may share one."""
    module: str
    """Module whose release `version` is; empty for programs of our own."""
    version: str
    """What people call the release, as in versions.py; empty for programs of our own."""
    module_version: str
    """The release as go.mod has it, without the leading v."""
    programs: tuple[Program, ...]
    cpu_seconds: int
    """CPU time of a cold build, user and system, measured with Go 1.26.8 on x86-64 (docs/benchmarks.md)."""
    tags: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    """Variables of the programs that the linker sets: mostly the version that they report."""
    files: tuple[ModuleFile, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of all files that a build leaves."""
        return (*(program.name for program in self.programs), *(file.name for file in self.files))

    @property
    def title(self) -> str:
        """How people read it."""
        return f"{self.name} {self.version}".rstrip()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Arguments by which `go list` and `go build` mean the same compilation.

        -trimpath and -buildvcs=false keep the folder and the commit of this checkout out of the programs:
        equal sources give equal bytes wherever they are built.
        """
        linker = " ".join(["-s -w", *(f"-X {name}={value}" for name, value in self.variables)])
        tags = (f"-tags={','.join(self.tags)}",) if self.tags else ()
        return ("-trimpath", "-buildvcs=false", *tags, f"-ldflags={linker}")

    @property
    def packages(self) -> tuple[str, ...]:
        """Import paths of all main packages."""
        return tuple(program.package for program in self.programs)
