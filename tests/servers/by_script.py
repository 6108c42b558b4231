"""Run an app on one of the servers without a command.

python -m tests.servers.by_script wsgiref|werkzeug MODULE:NAME PORT
"""

import importlib
import sys
from wsgiref.simple_server import make_server

from werkzeug.serving import run_simple

from tests.servers.ports import ADDRESS


def main() -> None:
    server, target, port = sys.argv[1:]
    module, _, name = target.partition(":")
    app = getattr(importlib.import_module(module), name)
    match server:
        case "wsgiref":
            make_server(ADDRESS, int(port), app).serve_forever()
        case "werkzeug":
            run_simple(ADDRESS, int(port), app, threaded=True)
        case _:
            sys.exit(f"no such server: {server}")


if __name__ == "__main__":
    main()
