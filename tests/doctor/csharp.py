"""Compiles a C# program with Roslyn and runs it on .NET: ``python csharp.py program.cs folder``.

Packages of npm contain both: a self-contained program has .NET and ASP.NET Core, a code generator has Roslyn. Neither
has the `dotnet` command, so pythonnet starts .NET, in a process of its own.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

_MODULES: Final = Path("/opt/wsgicors-tests/node_modules")
FRAMEWORK: Final = _MODULES / "@azure/mcp-linux-x64"
ROSLYN: Final = _MODULES / "@autorest/csharp"

_NAME: Final = "Microsoft.NETCore.App"


def framework_in(home: Path) -> tuple[Path, Sequence[Path]]:
    """Lay the program's files out as an installed framework: the path of its configuration, and its assemblies."""
    program = FRAMEWORK / "dist"
    configuration = json.loads((program / "azmcp.runtimeconfig.json").read_text())["runtimeOptions"]
    version = next(one["version"] for one in configuration["includedFrameworks"] if one["name"] == _NAME)
    host, shared = home / "host/fxr" / version, home / "shared" / _NAME / version
    for folder in (host, shared):
        folder.mkdir(parents=True)
    (host / "libhostfxr.so").symlink_to(program / "libhostfxr.so")
    assemblies = sorted(program.glob("*.dll"))
    native = sorted(program.glob("*.so"))
    for file in (*assemblies, *native):
        (shared / file.name).symlink_to(file)
    target, library = ".NETCoreApp,Version=v" + version, f"{_NAME}/{version}"
    files: dict[str, dict[str, object]] = {
        "runtime": {one.name: {} for one in assemblies},
        "native": {one.name: {} for one in native},
    }
    dependencies = {
        "runtimeTarget": {"name": target},
        "targets": {target: {library: files}},
        "libraries": {library: {"type": "package", "serviceable": False, "sha512": ""}},
    }
    (shared / f"{_NAME}.deps.json").write_text(json.dumps(dependencies))
    settings = home / "runtimeconfig.json"
    framework = {"name": _NAME, "version": version}
    settings.write_text(json.dumps({"runtimeOptions": {"tfm": configuration["tfm"], "framework": framework}}))
    return settings, assemblies


def run(program: Path, home: Path) -> None:
    """Compile the program, and run it until it ends.

    Raises:
        SystemExit: The program does not compile; the text has the compiler's messages.
    """
    settings, assemblies = framework_in(home)
    compiled = home / "program.dll"
    _start(settings, home)
    if mistakes := _compile(program.read_text(), assemblies, compiled):
        raise SystemExit("\n".join(mistakes))
    _run(compiled)


def _start(settings: Path, home: Path) -> None:
    import clr_loader
    import pythonnet

    pythonnet.load(clr_loader.get_coreclr(runtime_config=str(settings), dotnet_root=str(home)))
    import clr

    names: Any = clr
    sys.path.append(str(ROSLYN))
    names.AddReference("Microsoft.CodeAnalysis")
    names.AddReference("Microsoft.CodeAnalysis.CSharp")


def _compile(text: str, assemblies: Sequence[Path], compiled: Path) -> list[str]:
    from Microsoft.CodeAnalysis import DiagnosticSeverity, MetadataReference, OutputKind, SyntaxTree
    from Microsoft.CodeAnalysis.CSharp import CSharpCompilation, CSharpCompilationOptions, CSharpSyntaxTree
    from System import Array
    from System.IO import File

    compilation = CSharpCompilation.Create(
        "program",
        Array[SyntaxTree]([CSharpSyntaxTree.ParseText(text)]),
        Array[MetadataReference]([MetadataReference.CreateFromFile(str(one)) for one in assemblies]),
        CSharpCompilationOptions(OutputKind.ConsoleApplication),
    )
    with File.Create(str(compiled)) as file:
        result = compilation.Emit(file)
    return [one.ToString() for one in result.Diagnostics if one.Severity == DiagnosticSeverity.Error]


def _run(compiled: Path) -> None:
    from System import Array, Object, String
    from System.Reflection import Assembly

    Assembly.LoadFrom(str(compiled)).EntryPoint.Invoke(None, Array[Object]([Array[String]([])]))


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
