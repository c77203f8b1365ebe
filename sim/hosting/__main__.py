"""The server of the page, as the process that it is: `sim.serve.app` says with which options."""

from sim.hosting.server import PageServer

PageServer.launch_instance()
