// The dial: a native range control (keyboard, touch and screen readers work by themselves) over painted zones.
// All words come from Python, one text for each week, so that the label follows the thumb without asking it.
const THUMB = 28; // pixels, as in page.css

const part = (name, parent, tag = "div") => {
  const made = document.createElement(tag);
  made.className = `siap-dial-${name}`;
  parent.append(made);
  return made;
};

function place(element, week, most) {
  element.style.left = `calc(${THUMB / 2}px + ${week / most} * (100% - ${THUMB}px))`;
}

function span(element, from, to, most) {
  element.style.left = `${(100 * from) / most}%`;
  element.style.width = `${(100 * Math.max(0, Math.min(to, most) - from)) / most}%`;
}

function render({ model, el }) {
  el.classList.add("siap-dial");
  const now = part("now", el);
  const body = part("body", el);
  const rail = part("rail", body);
  const input = part("input", body, "input");
  Object.assign(input, { type: "range", min: 0, step: 1 });
  const least = part("least", el);
  const marks = part("marks", el);
  const legend = part("legend", el, "ul");
  now.setAttribute("aria-hidden", "true");
  marks.setAttribute("aria-hidden", "true");

  function say() {
    const week = Number(input.value), texts = model.get("texts");
    now.textContent = texts[week] ?? "";
    input.setAttribute("aria-valuetext", now.textContent);
    const most = model.get("most");
    place(now, week, most);
    // The label stays inside the card: it hangs from the thumb by the part that lies to the left of it.
    now.style.transform = `translateX(${(-100 * week) / most}%)`;
  }

  function paint() {
    const most = model.get("most"), look = model.get("look");
    input.max = most;
    input.value = model.get("value");
    input.setAttribute("aria-label", look.name ?? "");
    rail.replaceChildren();
    legend.replaceChildren();
    marks.replaceChildren();
    for (const zone of look.zones ?? []) {
      const painted = part(`zone siap-zone-${zone.kind}`, rail, "span");
      span(painted, zone.from, zone.to, most);
      const entry = part("entry", legend, "li");
      part(`swatch siap-zone-${zone.kind}`, entry, "i");
      entry.append(zone.label);
    }
    for (const mark of look.marks ?? []) {
      const made = part("mark", marks, "span");
      made.textContent = mark.label;
      place(made, mark.week, most);
      made.style.transform = `translateX(${(-100 * mark.week) / most}%)`;
      made.classList.add(`siap-mark-${mark.kind}`);
    }
    least.hidden = !look.least;
    if (look.least) {
      least.title = look.least.label;
      const bar = least.firstChild ?? part("bar", least, "span");
      span(bar, look.least.from, look.least.to, most);
      bar.style.minWidth = "3px";
    }
    say();
  }

  input.addEventListener("input", () => {
    say();
    model.set("value", Number(input.value));
    model.save_changes();
  });
  model.on("change:look change:texts change:most", paint);
  model.on("change:value", () => {
    // While the thumb moves, what comes back is older than where it is.
    if (document.activeElement !== input || !input.matches(":active")) {
      input.value = model.get("value");
      say();
    }
  });
  paint();
}

export default { render };
