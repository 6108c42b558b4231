"""Spring in Tomcat, configured with the lines of remedies: one Java program with a path for each configuration.

The path's application asks for a login if its configuration has lines for Spring Security.
"""

import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port

_JARS: Final = Path("/opt/wsgicors-tests/spring")
"""Where .ci/install puts the libraries."""

_COMMAND: Final = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp")

_PROGRAM: Final = """\
import static org.springframework.security.config.Customizer.withDefaults;

import jakarta.servlet.ServletContext;
import org.apache.catalina.startup.Tomcat;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.context.ContextLoaderListener;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.DelegatingFilterProxy;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

class Program {{
    public static void main(String[] arguments) throws Exception {{
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir("{home}");
        tomcat.getConnector().setPort({port});
        tomcat.getConnector().setProperty("address", "{address}");
        Class<?>[] configurations = {{ {names} }};
        for (int index = 0; index < configurations.length; index++) {{
            Class<?> configuration = configurations[index];
            tomcat.addContext("/" + index, "{home}")
                .addServletContainerInitializer((classes, servlets) -> start(configuration, servlets), null);
        }}
        tomcat.start();
        System.out.println("started");
        tomcat.getServer().await();
    }}

    static void start(Class<?> configuration, ServletContext servlets) {{
        AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
        spring.register(configuration);
        servlets.addListener(new ContextLoaderListener(spring));
        servlets.addServlet("spring", new DispatcherServlet(spring)).addMapping("/");
        if (Login.class.isAssignableFrom(configuration)) {{
            servlets.addFilter("security", new DelegatingFilterProxy("springSecurityFilterChain"))
                .addMappingForUrlPatterns(null, false, "/*");
        }}
    }}
}}

@RestController
class Items {{
    @RequestMapping(value = "/items", method = {{ RequestMethod.GET, RequestMethod.PUT }})
    ResponseEntity<String> items() {{ return ResponseEntity.ok().header("X-Total-Count", "7").body("{{}}"); }}
}}

interface Login {{
    void configure(HttpSecurity http) throws Exception;

    @Bean default UserDetailsService users() {{ return new InMemoryUserDetailsManager(); }}
    @Bean default SecurityFilterChain chain(HttpSecurity http) throws Exception {{
        http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated());
        http.httpBasic(withDefaults());
        configure(http);
        return http.build();
    }}
}}
"""

_CONFIGURATION: Final = """
@EnableWebMvc
class Web{index} implements WebMvcConfigurer {{
    @Bean Items controller() {{ return new Items(); }}
    @Override public void addCorsMappings(CorsRegistry registry) {{ {registry} }}
}}
"""

_SECURED: Final = """
@EnableWebSecurity
class Secured{index} extends Web{index} implements Login {{
    @Override public void configure(HttpSecurity http) throws Exception {{ {security} }}
}}
"""


@dataclass(frozen=True)
class Configuration:
    """The lines in ``addCorsMappings``, and those for `http` of an application that asks for a login."""

    registry: str = ""
    security: str | None = None


@contextlib.contextmanager
def spring(*configurations: Configuration) -> Generator[Sequence[str]]:
    """Yield the URL of a controller for each configuration."""
    jars = [str(jar) for jar in _JARS.glob("*.jar")]
    need(None if jars and shutil.which("javac") else "default-jdk-headless and Spring's libraries")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        names, classes = [], []
        for index, one in enumerate(configurations):
            secured = one.security is not None
            names.append(f"{'Secured' if secured else 'Web'}{index}.class")
            classes.append(_CONFIGURATION.format(index=index, registry=one.registry))
            if secured:
                classes.append(_SECURED.format(index=index, security=one.security))
        text = _PROGRAM.format(home=home, port=port, address=ADDRESS, names=", ".join(names))
        program = Path(home, "Program.java")
        program.write_text(text + "".join(classes))
        classpath = ":".join([home, *jars])
        subprocess.run(["javac", "-nowarn", "-parameters", "-cp", classpath, "-d", home, str(program)], check=True)
        with process.started([*_COMMAND, classpath, "Program"]) as java:
            java.wait_for_line("^started$")  # it listens earlier
            yield [f"http://{ADDRESS}:{port}/{index}/items" for index in range(len(configurations))]
            java.ended_by(signal.SIGKILL)
