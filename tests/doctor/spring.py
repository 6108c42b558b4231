"""Spring MVC in Tomcat, configured with the lines of remedies: one Java program with a path for each configuration."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Final

from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port

_JARS: Final = Path("/usr/share/java")
_PATTERNS: Final = ("spring3-*.jar", "tomcat9-*.jar", "commons-logging.jar")

_COMMAND: Final = ("java", "-XX:TieredStopAtLevel=1", "-cp")

_PROGRAM: Final = """\
import java.io.File;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.springframework.context.annotation.*;
import org.springframework.http.*;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.mvc.HttpRequestHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.*;

class Program {{
    public static void main(String[] arguments) throws Exception {{
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir("{home}");
        tomcat.getConnector().setPort({port});
        tomcat.getConnector().setProperty("address", "{address}");
        Class<?>[] configurations = {{ {names} }};
        for (int index = 0; index < configurations.length; index++) {{
            Context context = tomcat.addContext("/" + index, new File("{home}").getAbsolutePath());
            AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
            spring.register(configurations[index]);
            Tomcat.addServlet(context, "spring", new DispatcherServlet(spring)).setLoadOnStartup(1);
            context.addServletMappingDecoded("/*", "spring");
        }}
        tomcat.start();
        System.out.println("started");
        tomcat.getServer().await();
    }}
}}

@RestController
class Items {{
    @RequestMapping(value = "/items", method = {{ RequestMethod.GET, RequestMethod.PUT }})
    ResponseEntity<String> items() {{ return ResponseEntity.ok().header("X-Total-Count", "7").body("{{}}"); }}
}}
"""

# Replaces @EnableWebMvc, which generates classes: Debian's build of Spring cannot.
_CONFIGURATION: Final = """
class Web{index} extends CorsRegistry {{
    @Bean Items controller() {{ return new Items(); }}
    @Bean RequestMappingHandlerAdapter adapter() {{ return new RequestMappingHandlerAdapter(); }}
    @Bean HttpRequestHandlerAdapter preflights() {{ return new HttpRequestHandlerAdapter(); }}
    @Bean RequestMappingHandlerMapping mapping() {{
        CorsRegistry registry = this;
        {lines}
        RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
        mapping.setCorsConfigurations(getCorsConfigurations());
        return mapping;
    }}
}}
"""


@contextlib.contextmanager
def spring(*configurations: str) -> Generator[Sequence[str]]:
    """Yield the URL of a controller for each configuration; its lines use the `registry` of ``addCorsMappings``."""
    jars = [str(jar) for pattern in _PATTERNS for jar in _JARS.glob(pattern)]
    found = any("spring3-web.servlet" in jar for jar in jars) and any("catalina" in jar for jar in jars)
    need(
        None if found and shutil.which("javac") else "default-jdk-headless, libspring-web-servlet-java, libtomcat9-java"
    )
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        names = ", ".join(f"Web{index}.class" for index in range(len(configurations)))
        text = _PROGRAM.format(home=home, port=port, address=ADDRESS, names=names)
        classes = [_CONFIGURATION.format(index=index, lines=lines) for index, lines in enumerate(configurations)]
        program = Path(home, "Program.java")
        program.write_text(text + "".join(classes))
        classpath = ":".join([home, *jars])
        subprocess.run(["javac", "--release", "8", "-nowarn", "-cp", classpath, "-d", home, str(program)], check=True)
        with process.started([*_COMMAND, classpath, "Program"]) as java:
            java.wait_for_line("^started$")  # it listens earlier
            yield [f"http://{ADDRESS}:{port}/{index}/items" for index in range(len(configurations))]
