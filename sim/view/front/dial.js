// The dial: a native range control (keyboard, touch and screen readers work by themselves) over painted zones, with the
// calendar under it and the answer for the week chosen. It asks nobody: Python gives all words once, a label and an
// answer for each week, so that they follow the thumb. A brief runs this very file with a model of its own.
const THUMB = 28; // pixels, as in dial.css
const GAP = 6; // pixels, at least so far are labels from each other
const SETTLED = 500; // milliseconds after the last move, when a screen reader is told

const part = (name, parent, tag = "div") => {
  const made = document.createElement(tag);
  made.className = name.split(" ").map((one) => `siap-dial-${one}`).join(" ");
  parent.append(made);
  return made;
};

function place(element, week, most) {
  element.style.left = `calc(${THUMB / 2}px + ${week / most} * (100% - ${THUMB}px))`;
}

// A label hangs from its place by the part that lies to the left of it, so that it never leaves the card.
function hang(element, week, most) {
  place(element, week, most);
  element.style.transform = `translateX(${(-100 * week) / most}%)`;
}

function span(element, from, to, most) {
  element.style.left = `${(100 * from) / most}%`;
  element.style.width = `${(100 * Math.max(0, Math.min(to, most) - from)) / most}%`;
}

// Puts the labels of a line under their ticks, as far as they stay inside; tells which have no room, the more important
// ones placed first.
function crowded(line, labels) {
  const room = line.clientWidth, taken = [];
  return labels.map((label) => {
    const width = label.offsetWidth, tick = THUMB / 2 + label.dataset.part * (room - THUMB);
    const left = Math.max(0, Math.min(tick - width / 2, room - width)), right = left + width;
    label.style.left = `${left}px`;
    const clear = taken.every(([from, to]) => right + GAP <= from || to + GAP <= left);
    if (clear) taken.push([left, right]);
    return !clear;
  });
}

// Short labels where more of them can be seen; what has no room even then is hidden, and its tick stays.
function thin(line) {
  const labels = [...line.querySelectorAll(".siap-dial-label")];
  const count = (hidden) => hidden.filter(Boolean).length;
  line.classList.remove("siap-dial-brief");
  let hidden = crowded(line, labels);
  if (count(hidden) > 0) {
    line.classList.add("siap-dial-brief");
    const brief = crowded(line, labels);
    if (count(brief) < count(hidden)) {
      hidden = brief;
    } else {
      line.classList.remove("siap-dial-brief");
      crowded(line, labels);
    }
  }
  labels.forEach((label, i) => label.classList.toggle("siap-dial-hidden", hidden[i]));
}

let dials = 0;

function render({ model, el, signal }) {
  el.classList.add("siap-dial");
  const number = (dials += 1);
  const now = part("now", el);
  const body = part("body", el);
  const rail = part("rail", body);
  const today = part("dayline", body);
  const input = part("input", body, "input");
  Object.assign(input, { type: "range", min: 0, step: 1 });
  const least = part("least", el);
  const calendar = part("calendar", el);
  const answer = part("answer", el, "p");
  const legend = part("legend", el, "ul");
  const heard = part("heard", el);
  now.setAttribute("aria-hidden", "true");
  least.setAttribute("aria-hidden", "true");
  answer.id = `siap-dial-answer-${number}`;
  input.setAttribute("aria-describedby", answer.id);
  heard.setAttribute("role", "status");
  let painted = false, timer;

  const said = () => {
    const { of = [], texts = [] } = model.get("answers");
    return texts[of[Number(input.value)]] ?? "";
  };

  function say() {
    const week = Number(input.value), most = model.get("most");
    now.textContent = model.get("texts")[week] ?? "";
    input.setAttribute("aria-valuetext", now.textContent);
    hang(now, week, most);
    answer.textContent = said();
  }

  function announce(more) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      heard.textContent = `${now.textContent}. ${said()} ${more ?? ""}`.trim();
    }, SETTLED);
  }

  function paint() {
    const most = model.get("most"), look = model.get("look");
    input.max = most;
    input.value = model.get("value");
    input.setAttribute("aria-label", look.name ?? "");
    rail.replaceChildren();
    legend.replaceChildren();
    for (const zone of look.zones ?? []) {
      span(part(`zone ${zone.kind}`, rail, "span"), zone.from, zone.to, most);
      entry(zone.kind, zone.label);
    }
    least.replaceChildren();
    if (look.least) {
      span(part(look.least.beyond ? "bar beyond" : "bar", least, "span"), look.least.from, look.least.to, most);
      if (look.least.at != null) part("point", least, "span").style.left = `${(100 * look.least.at) / most}%`;
      entry("interval", look.least.label);
    }
    today.hidden = look.today == null;
    if (look.today != null) place(today, look.today, most);
    write(look.lines ?? [], most);
    say();
    announced(look.least?.label);
  }

  function entry(kind, label) {
    const made = part("entry", legend, "li");
    part(`swatch ${kind}`, made, "i");
    part("words", made, "span").textContent = label;
  }

  function write(lines, most) {
    calendar.replaceChildren();
    for (const marks of lines) {
      const line = part("line", calendar, "ul");
      for (const mark of marks) {
        const made = part(`mark ${mark.kind}`, line, "li");
        place(part("tick", made, "i"), mark.week, most);
        const label = part("label", made, "span");
        label.dataset.part = mark.week / most;
        part("sign", label, "i");
        part("long", label, "span").textContent = mark.label;
        part("short", label, "span").textContent = mark.short ?? mark.label;
        label.title = mark.label;
      }
      thin(line);
    }
  }

  // What is there at first is read by whoever comes to it; what is new afterwards is told.
  function announced(more) {
    if (painted) announce(more);
    painted = true;
  }

  input.addEventListener("input", () => {
    say();
    announce();
    model.set("value", Number(input.value));
    model.save_changes();
  });
  model.on("change:look change:texts change:answers change:most", paint);
  model.on("change:value", () => {
    // While the thumb moves, what comes back is older than where it is.
    if (document.activeElement !== input || !input.matches(":active")) {
      input.value = model.get("value");
      say();
    }
  });
  const width = new ResizeObserver(() => calendar.querySelectorAll(".siap-dial-line").forEach(thin));
  width.observe(calendar);
  signal?.addEventListener("abort", () => width.disconnect());
  paint();
}

export default { render };
