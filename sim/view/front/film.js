// Plays a chart: a button, a native range control and the moment in words. All frames are here, so that nobody is asked
// while it runs; the chart is changed by way of its own model, in the browser alone.
const PACE = 110; // milliseconds a frame

function add(parent, tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  parent.append(made);
  return made;
}

async function render({ model, el, signal }) {
  el.classList.add("siap-film");
  const controls = add(el, "div", "siap-film-controls");
  const button = add(controls, "button", "siap-film-play");
  const input = add(controls, "input", "siap-film-input");
  const said = add(el, "p", "siap-film-said");
  button.type = "button";
  Object.assign(input, { type: "range", min: 0, step: 1, value: 0 });
  const chart = await model.widget_manager.get_model(model.get("chart").replace("IPY_MODEL_", ""));
  let timer, drawn = -1;

  const frames = () => model.get("frames");
  const at = () => Math.min(Number(input.value), frames().length - 1);

  function paint() {
    const frame = frames()[at()];
    said.textContent = model.get("said")[at()] ?? "";
    input.setAttribute("aria-valuetext", said.textContent);
    if (!frame || drawn === at()) return;
    drawn = at();
    const bars = frame.x.map((_, i) => i);
    chart.set("_py2js_update", {
      style_data: { x: [...frame.x, frame.text.map(() => 1)], text: [...bars.map(() => null), frame.text] },
      style_traces: [...bars, bars.length],
      layout_data: {},
    });
  }

  function label() {
    const words = model.get("words");
    button.textContent = timer ? `❚❚ ${words.pause ?? ""}` : `▶ ${words.play ?? ""}`;
    input.setAttribute("aria-label", words.name ?? "");
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    label();
  }

  function play() {
    if (at() === frames().length - 1) input.value = 0;
    clearInterval(timer);
    timer = setInterval(() => {
      if (!el.isConnected) return stop();
      input.value = at() + 1;
      paint();
      if (at() === frames().length - 1) stop();
    }, PACE);
    label();
  }

  function fresh() {
    input.max = Math.max(frames().length - 1, 1);
    drawn = -1;
    label();
    paint();
  }

  button.addEventListener("click", () => (timer ? stop() : play()));
  input.addEventListener("input", () => {
    stop();
    paint();
  });
  model.on("change:frames change:said", fresh);
  model.on("change:words", label);
  signal?.addEventListener("abort", stop);
  fresh();
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) play(); // somebody has just asked to see it
}

export default { render };
