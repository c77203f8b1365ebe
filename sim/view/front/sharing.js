// Sharing a setting: a link to copy, a file to save and to open, a QR code, lines of Python. And the keys of undo.
// All words come from Python; whatever was shared is set as text, never as markup.
const FILE = 20000; // characters of a file that are read: more is refused anyway

function make(tag, parent, name) {
  const made = document.createElement(tag);
  if (name) made.className = `siap-out-${name}`;
  parent.append(made);
  return made;
}

function button(parent, click) {
  const made = make("button", parent, "button");
  made.type = "button";
  made.addEventListener("click", click);
  return made;
}

async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value ?? field.textContent);
  } catch { // no clipboard where the page does not come from this machine and not by TLS
    const range = document.createRange();
    if (field.select) field.select();
    else {
      range.selectNodeContents(field);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }
    document.execCommand("copy");
  }
}

function save(text, name, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A page without code has an address of its own; that of JupyterLab leads to nobody's setting.
const alone = () => "voila" in document.body.dataset;
const address = (query) => (alone() ? location.origin + location.pathname : "") + query;
const local = () => ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);

function keys(root, model, signal) {
  const heard = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase(), again = key === "y" || (key === "z" && event.shiftKey);
    if (!again && key !== "z") return;
    const { target } = event;
    const typed = target.matches?.("textarea, [contenteditable='true'], [contenteditable=''], input:not([type=range])");
    if (typed || target.closest?.(".jp-Editor, .cm-editor")) return; // there it undoes what was typed
    event.preventDefault();
    event.stopPropagation();
    model.send({ kind: again ? "redo" : "undo" });
  };
  (alone() ? document : root).addEventListener("keydown", heard, { capture: true, signal });
}

function render({ model, el, signal }) {
  el.classList.add("siap-out");
  const style = make("style", el);
  const waiting = make("p", el, "waiting");
  const row = make("div", el, "row");
  const label = make("label", row, "label");
  const field = make("input", row, "field");
  Object.assign(field, { type: "text", readOnly: true });
  const said = make("span", row, "said");
  said.setAttribute("role", "status");
  field.addEventListener("focus", () => field.select());
  const tell = () => {
    said.textContent = model.get("texts").copied;
    setTimeout(() => (said.textContent = ""), 3000);
  };
  const copyLink = button(row, () => copy(field).then(tell));
  const saveFile = button(row, () => save(model.get("state").document, model.get("state").file));
  const note = make("p", el, "note");
  const files = make("div", el, "row");
  const refused = make("p", el, "note");
  refused.classList.add("siap-refused");
  refused.setAttribute("role", "alert");
  model.on("msg:custom", (message, buffers) => {
    const type = message.name?.endsWith(".zip") ? "application/zip" : "text/html";
    if (message.kind === "file") save(buffers[0], message.name, type);
  });

  const code = make("details", el);
  const codeTitle = make("summary", code);
  const codeText = make("pre", code, "code");
  codeText.tabIndex = 0;
  const copyCode = button(code, () => copy(codeText).then(tell));

  const qr = make("details", el);
  const qrTitle = make("summary", qr);
  const picture = make("img", qr, "qr");
  const noQr = make("p", qr, "note");
  const askQr = () => {
    if (qr.open && field.value && !model.get("qr")) model.send({ kind: "qr", text: field.value });
  };
  qr.addEventListener("toggle", askQr);

  const coming = make("div", el, "row");
  const givenLabel = make("label", coming, "label");
  const given = make("input", coming, "field");
  Object.assign(given, { type: "text", autocomplete: "off", spellcheck: false });
  const open = button(coming, () => given.value.trim() && model.send({ kind: "open", text: given.value.slice(0, FILE) }));
  given.addEventListener("keydown", ({ key }) => key === "Enter" && open.click());
  const file = make("input", coming);
  Object.assign(file, { type: "file", accept: ".json,.txt,application/json,text/plain", hidden: true });
  const openFile = button(coming, () => file.click());
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (chosen) model.send({ kind: "open", text: await chosen.slice(0, FILE).text() });
    file.value = "";
  });
  for (const [one, name] of [[label, field], [givenLabel, given]]) {
    name.id = `siap-out-${Math.random().toString(36).slice(2)}`;
    one.htmlFor = name.id;
  }

  function paint() {
    const texts = model.get("texts"), state = model.get("state"), ready = "query" in state;
    for (const [element, text] of [
      [copyLink, texts.copy], [copyCode, texts.copy], [saveFile, texts.save], [open, texts.open], [openFile, texts.file],
      [qrTitle, texts.qr], [codeTitle, texts.python], [givenLabel, texts.given],
      [label, alone() ? texts.link : texts.part], [noQr, texts.no_qr],
    ]) element.textContent = text ?? "";
    waiting.textContent = ready ? "" : model.get("problem") || texts.waiting || "";
    waiting.hidden = ready;
    for (const part of [row, note, code]) part.hidden = !ready;
    qr.hidden = !ready || !alone();
    note.textContent = !alone() ? texts.lab : local() ? texts.local : "";
    note.hidden ||= !note.textContent;
    field.value = ready ? address(state.query) : "";
    codeText.textContent = state.python ?? "";
    style.textContent = model.get("still") ? `.${model.get("still")} { display: none; }` : "";
    paintQr();
    askQr();
  }

  function paintFiles() {
    for (const [number, { kind, text, busy }] of model.get("files").entries()) {
      const made = files.children[number] ?? button(files, () => model.send({ kind }));
      made.textContent = text;
      made.disabled = busy;
    }
    refused.textContent = model.get("refused");
    refused.hidden = !refused.textContent;
  }

  function paintQr() {
    const svg = model.get("qr");
    noQr.hidden = svg !== "-";
    picture.hidden = !svg || svg === "-";
    picture.alt = model.get("texts").qr ?? "";
    if (!picture.hidden) picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }

  model.on("change:texts change:state change:problem change:still", paint);
  model.on("change:files change:refused", paintFiles);
  model.on("change:qr", paintQr);
  const root = () => el.closest(".siap");
  const wait = () => {
    if (root()?.isConnected) keys(root(), model, signal);
    else if (!signal?.aborted) requestAnimationFrame(wait);
  };
  wait();
  paint();
  paintFiles();
}

export default { render };
