"""The directive `siap-commands`: the reference of the command line, as the command line itself has it."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def reference() -> str:
    """Every command with its arguments and options, in Markdown."""
    import typer
    from typer.main import get_command

    from sim.cli import app

    group = get_command(app)
    context = typer.Context(group, info_name="siap")
    return "\n".join(section(command, context) for command in sorted(group.commands.values(), key=lambda c: c.name))


def section(command: Any, parent: Any) -> str:
    """One command in Markdown: how it is called, what it does, what each argument and option means."""
    import typer

    context = typer.Context(command, info_name=command.name, parent=parent)
    usage = " ".join(["siap", command.name, *command.collect_usage_pieces(context)])
    records = [
        record
        for each in command.get_params(context)
        if (record := each.get_help_record(context)) and each.name != "help"
    ]
    rows = [f"| `{name}` | {says} |" for name, says in (map(in_a_cell, record) for record in records)]
    table = ["| argument or option | meaning |", "| --- | --- |", *rows, ""] if rows else []
    return "\n".join([f"## {command.name}", "", f"`{usage}`", "", command.help, "", *table])


def in_a_cell(text: str) -> str:
    """Text that a table may hold."""
    return " ".join(text.replace("|", "\\|").split())


class SiapCommands(SphinxDirective):
    """Writes the reference where it stands."""

    def run(self) -> list[nodes.Node]:
        """Read the Markdown of all commands as if it stood in the page, anew each time: it changes with the code."""
        self.env.note_reread()
        return self.parse_text_to_nodes(reference(), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Make the directive known."""
    app.add_directive("siap-commands", SiapCommands)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
