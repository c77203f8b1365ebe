"""The card on which a setting is shared: link, file, QR code, Python; and on which one is opened."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

from sim.errors import BadInput
from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.view import link, sharing
from sim.view.cards import boxed, plain
from sim.view.link import Shared
from sim.view.widgets import Sharing

NO_QR = "-"
FILES = BRIEF, PACKAGE = "brief", "package"  # that are made of what is on the page


class ShareCard:
    """Everything by which a setting leaves the page, and by which one comes.

    Parameters
    ----------
    opened : callable
        Called with the text of a link or a file.
    keyed : callable
        Called with ``undo`` or ``redo`` when their keys are pressed anywhere on the page.
    asked : callable
        Called with the kind of file that is asked for.
    files : sequence of str
        Which of `FILES` are offered.

    Attributes
    ----------
    box : Box
        What is put on the page.
    shared : Shared, optional
        What is on offer; None while the full result is not there.
    """

    def __init__(
        self,
        opened: Callable[[str], None],
        keyed: Callable[[str], None],
        asked: Callable[[str], None],
        files: Sequence[str] = FILES,
    ) -> None:
        self._opened, self._keyed, self._asked, self._files = opened, keyed, asked, tuple(files)
        self._parts: dict[str, float] = {}  # of a file that is being made, how much is done
        self._language = "id"
        self.shared: Shared | None = None
        self._heading, self._stamp = plain(""), plain("", "siap-hint")
        self.widget = Sharing()
        self.widget.on_msg(self._heard)
        self.box = boxed([self._heading, self._stamp, self.widget], "siap-card", "siap-card-share-out")

    def _heard(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if not isinstance(message, dict):
            return
        kind, text = message.get("kind"), str(message.get("text", ""))
        if kind == "open":
            self._opened(text)
        elif kind in ("undo", "redo"):
            self._keyed(kind)
        elif kind in self._files:
            self._asked(kind)
        elif kind == "qr":
            self.widget.qr = sharing.qr(text) or NO_QR

    def speak(self, language: str) -> None:
        """Say everything in a language."""
        _, self._language = speaker(language), language
        hint = _("Everything on this page as one short text. Opened again, it is computed anew and compared.")
        self._heading.value = (
            f'<h2>{html.escape(_("Share and reopen"))}</h2><p class="siap-hint">{html.escape(hint)}</p>'
        )
        self.widget.texts = {
            "link": _("Link to this page as it is"),
            "part": _("For the address of the stand-alone page"),
            "copy": _("Copy"),
            "copied": _("Copied"),
            "save": _("Save as a file"),
            "file": _("Open a file"),
            "given": _("A link or a text that was shared"),
            "open": _("Open"),
            "qr": _("QR code"),
            "no_qr": _("The link is too long for a QR code that can be read; save it as a file."),
            "python": _("Reproduce in Python"),
            "local": _("This address can be reached on this machine only."),
            "lab": _("JupyterLab has no address to link to: put this behind the address that siap app serves."),
            "waiting": _("The full result follows; then it can be shared."),
        }
        self.widget.refused = ""
        self._tell_files()
        self._tell()

    def offer(self, shared: Shared | BadInput | None) -> None:
        """Offer another setting; None while there is no full result of it, a complaint where it cannot be shared."""
        if shared is not None and shared == self.shared:
            return
        self.shared = shared if isinstance(shared, Shared) else None
        self.widget.qr = ""
        self.widget.state = {} if self.shared is None else _state(self.shared)
        self.widget.problem = str(shared) if isinstance(shared, BadInput) else ""
        self._tell()

    def writing(self, kind: str, part: float) -> None:
        """Say that a file is being made, and how much of it is done."""
        self._parts[kind] = part
        self.widget.refused = ""
        self._tell_files()

    def written(self, kind: str, complaint: str = "") -> None:
        """A file was made, or could not be."""
        self._parts.pop(kind, None)
        self.widget.refused = complaint
        self._tell_files()

    def send(self, name: str, content: bytes) -> None:
        """Hand a file to the browser, which saves it."""
        self.widget.send({"kind": "file", "name": name}, buffers=[content])

    def _tell_files(self) -> None:
        """What stands on the button of each file."""
        _, language = speaker(self._language), self._language
        asked = {BRIEF: _("Save a brief to send or print"), PACKAGE: _("Save a research package")}
        making = {BRIEF: N_("The brief is being written: {part}"), PACKAGE: N_("The package is being made: {part}")}
        parts = {kind: formats.probability(part, language) for kind, part in self._parts.items()}
        self.widget.files = [
            {
                "kind": kind,
                "text": _(making[kind], part=parts[kind]) if kind in parts else asked[kind],
                "busy": kind in parts,
            }
            for kind in self._files
        ]

    def _tell(self) -> None:
        _, language = speaker(self._language), self._language
        if self.shared is None:
            self._stamp.value = ""
            return
        choice, stamp = self.shared.choice, self.shared.stamp
        said = _(
            "Digest {digest}, model version {version}, {n} replications, seed {seed}.",
            digest=stamp.digest[: sharing.SHORT_DIGEST],
            version=stamp.version,
            n=formats.number(choice.replications or 0, language, 6),
            seed=choice.seed,
        )
        self._stamp.value = f'<p class="siap-stamp">{html.escape(formats.unbroken(said))}</p>'


def _state(shared: Shared) -> dict[str, str]:
    return {
        "query": link.query(shared),
        "document": sharing.document(shared),
        "file": sharing.file_name(shared),
        "python": sharing.python(shared),
    }
