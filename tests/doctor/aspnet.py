"""ASP.NET Core, configured with the lines of remedies: one C# program with an application for each configuration."""

import contextlib
import importlib.util
import signal
import sys
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.doctor import csharp
from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port

_START_SECONDS: Final = 300.0
"""To compile and to start takes eight seconds of one core, and the tests share two."""

# A project of ASP.NET has the first lines implicitly.
_PROGRAM: Final = """\
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var applications = new[] {{ {names} }};
await Task.WhenAll(applications.Select(application => application.StartAsync()));
Console.WriteLine("started");
await Task.Delay(Timeout.Infinite);
{applications}
"""

_APPLICATION: Final = """
static WebApplication Application{index}()
{{
    var builder = WebApplication.CreateBuilder();
    {services}
    var app = builder.Build();
    app.Urls.Add("{url}");
    {pipeline}
    app.MapMethods("/items", new[] {{ "GET", "PUT" }}, (HttpContext context) =>
    {{
        context.Response.Headers["X-Total-Count"] = "7";
        return Results.Json(new {{ }});
    }});
    return app;
}}
"""


@dataclass(frozen=True)
class Configuration:
    """The lines before and after ``var app = builder.Build();``."""

    services: str = ""
    pipeline: str = ""


def _what_is_missing() -> str | None:
    packages = [one for one in (csharp.FRAMEWORK, csharp.ROSLYN) if not one.is_dir()]
    names = [f"{one.parent.name}/{one.name}" for one in packages]
    if importlib.util.find_spec("pythonnet") is None:
        names.append("pythonnet")
    return ", ".join(names) or None


@contextlib.contextmanager
def aspnet(*configurations: Configuration) -> Generator[Sequence[str]]:
    """Yield the URL of an endpoint for each configuration."""
    need(_what_is_missing())
    urls = [f"http://{ADDRESS}:{free_port()}" for _ in configurations]
    applications = [
        _APPLICATION.format(index=index, url=url, services=one.services, pipeline=one.pipeline)
        for index, (one, url) in enumerate(zip(configurations, urls, strict=True))
    ]
    names = ", ".join(f"Application{index}()" for index in range(len(configurations)))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        program = Path(home, "program.cs")
        program.write_text(_PROGRAM.format(names=names, applications="".join(applications)))
        command = [sys.executable, csharp.__file__, str(program), home]
        # Hosting startup wants the name of the program's first assembly, which is none when Python started .NET.
        quiet = {"ASPNETCORE_PREVENTHOSTINGSTARTUP": "true", "Logging__LogLevel__Default": "Warning"}
        with process.started(command, env=quiet) as dotnet:
            dotnet.wait_for_line("^started$", _START_SECONDS)
            yield [f"{url}/items" for url in urls]
            dotnet.ended_by(signal.SIGKILL)  # asked to, it takes seconds to end
