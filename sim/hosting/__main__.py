"""The server of the page, as the process that it is: `sim.serve.app` says with which options."""

import sys


def main() -> None:
    """Serve until told to end."""
    # By way of jsonschema it would compile a grammar of web addresses, which takes seconds and which nobody reads.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from sim.hosting.server import PageServer
    from sim.hosting.stem import make_known

    make_known()
    PageServer.launch_instance()


main()
