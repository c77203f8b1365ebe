// The form for a cluster of one's own. Python gives every word and says what it understood of each place; the form sends
// what is typed, and files. It is a form of the browser's own: labels, groups, messages tied to their places.
const part = (tag, parent, name = "", text = "") => {
  const made = document.createElement(tag);
  if (name) made.className = name.split(" ").map((one) => `siap-form-${one}`).join(" ");
  if (text) made.textContent = text;
  parent.append(made);
  return made;
};

let forms = 0;

function download(name, data) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data]));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function render({ model, el }) {
  el.classList.add("siap-form");
  const id = `siap-form-${(forms += 1)}`;
  const inputs = new Map(), notes = new Map(), words = new Map();
  let shape = "";

  // What changes with the language or the cluster chosen: words only. The places stay, with what stands in them.
  const word = (key, made) => (words.set(key, made), made);

  function build(look) {
    el.replaceChildren();
    [inputs, notes, words].forEach((map) => map.clear());
    const fold = part("details", el);
    fold.dataset.siap = "own-cluster";
    word("title", part("h2", part("summary", fold)));
    word("about", part("p", fold, "about"));
    files(fold, look);
    const toggle = part("label", fold, "ranges");
    const box = part("input", toggle);
    box.type = "checkbox";
    word("ranges", part("span", toggle));
    box.addEventListener("change", () => el.classList.toggle("siap-form-ranged", box.checked));
    const form = part("form", fold);
    form.noValidate = true;
    look.groups.forEach((group, i) => {
      const set = part("fieldset", form);
      word(`group ${i}`, part("legend", set));
      for (const field of group.fields) place(set, field, look);
    });
    const last = part("div", form, "buttons");
    word("use", part("button", last, "first")).type = "submit";
    const save = word("save", part("button", last));
    save.type = "button";
    // With what stands there: what was typed last may still be on its way as a change of `values`.
    const press = (kind) => {
      const values = Object.fromEntries(Array.from(inputs, ([column, { value }]) => [column, value]));
      model.send({ kind, values: { ...model.get("values"), ...values } });
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press("use");
    });
    save.addEventListener("click", () => press("save"));
    const status = part("p", form, "status");
    status.setAttribute("role", "status");
    words.set("status", status);
  }

  function files(fold, look) {
    const line = part("div", fold, "files");
    const label = part("label", line, "file");
    word("sheet", part("span", label));
    const input = part("input", label);
    Object.assign(input, { type: "file", accept: look.suffixes.join(",") });
    input.addEventListener("change", async () => {
      const [file] = input.files;
      if (!file) return;
      model.send({ kind: "file", name: file.name }, undefined, [await file.slice(0, 1_000_001).arrayBuffer()]);
      input.value = ""; // so that the same file, put right, can be chosen again
    });
    const templates = part("div", line, "templates");
    word("templates", part("span", templates));
    for (const suffix of look.suffixes) {
      const button = part("button", templates, "", suffix);
      button.type = "button";
      button.addEventListener("click", () => model.send({ kind: "template", suffix }));
    }
  }

  function place(set, field, look) {
    const row = part("div", set, field.number ? "field number" : "field");
    const label = part("label", row, "label");
    label.htmlFor = `${id}-${field.columns[0]}`;
    word(`name ${field.key}`, part("span", label));
    word(`unit ${field.key}`, part("span", label, "unit"));
    const hint = word(`hint ${field.key}`, part("small", row, "hint"));
    hint.id = `${id}-${field.key}-hint`;
    const typed = part("div", row, "typed");
    field.columns.forEach((column, i) => {
      const cell = part("div", typed, i ? "cell end" : "cell");
      if (field.columns.length > 1) {
        const small = part("span", cell, "which");
        small.setAttribute("aria-hidden", "true");
        word(`which ${column}`, small).dataset.which = ["likely", "low", "high"][i];
      }
      const input = part(field.key === "like" ? "select" : "input", cell);
      input.id = `${id}-${column}`;
      input.name = column;
      if (input.tagName === "INPUT") {
        Object.assign(input, { type: "text", autocomplete: "off" });
        if (field.number) input.inputMode = "decimal";
      }
      if (field.required) input.setAttribute("aria-required", "true");
      const note = part("span", cell, "note");
      note.id = `${id}-${column}-note`;
      note.setAttribute("aria-live", "polite");
      input.setAttribute("aria-describedby", `${hint.id} ${note.id}`);
      input.addEventListener("input", () => {
        model.set("values", { ...model.get("values"), [column]: input.value });
        model.save_changes();
      });
      inputs.set(column, input);
      notes.set(column, note);
    });
  }

  function speak() {
    const look = model.get("look");
    if (!look.groups) return;
    const made = JSON.stringify(look.groups.map((group) => group.fields.map((field) => field.columns)));
    if (made !== shape) build(look);
    shape = made;
    for (const [key, element] of words) {
      const which = element.dataset.which;
      if (which || look[key]) element.textContent = look[which ?? key];
    }
    look.groups.forEach((group, i) => {
      words.get(`group ${i}`).textContent = group.name;
      for (const field of group.fields) {
        words.get(`name ${field.key}`).textContent = field.name;
        const said = [field.unit, field.required ? look.required : ""].filter(Boolean).join(", ");
        words.get(`unit ${field.key}`).textContent = said ? ` (${said})` : "";
        words.get(`hint ${field.key}`).textContent = field.hint;
        field.columns.forEach((column, j) => j && inputs.get(column).setAttribute("aria-label", field.names[j]));
      }
    });
    const list = inputs.get("like");
    list.replaceChildren(...look.options.map(([value, text]) => new Option(text, value)));
    fill();
    mark();
  }

  // Places are filled from outside only where Python says something new: what is being typed is newer than what it knows.
  function fill(all = false) {
    const values = model.get("values");
    for (const [column, input] of inputs) {
      const value = values[column] ?? "";
      if (input.value !== value && (all || document.activeElement !== input)) input.value = value;
      if (/_(low|high)$/.test(column) && value) openRanges();
    }
  }

  function openRanges() {
    el.classList.add("siap-form-ranged");
    el.querySelector(".siap-form-ranges input").checked = true;
  }

  function mark() {
    const said = model.get("notes"), status = model.get("status");
    for (const [column, note] of notes) {
      const { text = "", bad = false } = said[column] ?? {};
      if (note.textContent !== text) note.textContent = text;
      note.classList.toggle("siap-form-bad", bad);
      inputs.get(column).setAttribute("aria-invalid", String(bad));
    }
    const line = words.get("status");
    if (!line) return;
    line.textContent = status.text ?? "";
    line.classList.toggle("siap-form-bad", Boolean(status.bad));
  }

  model.on("change:look", speak);
  model.on("change:values", () => fill());
  model.on("change:notes change:status", mark);
  model.on("msg:custom", (message, buffers) => {
    if (message.kind === "download") download(message.name, buffers[0]);
    if (message.kind === "filled") fill(true);
    if (message.kind === "used") el.closest(".siap")?.querySelector(".siap-card-answer")?.scrollIntoView({ block: "start" });
    if (message.kind === "wrong") {
      if (/_(low|high)$/.test(message.column)) openRanges();
      inputs.get(message.column)?.focus();
    }
  });
  speak();
}

export default { render };
