// What ipywidgets and Plotly leave undone on the page: names for those who hear it, the language, light and dark,
// charts as wide as their place, and tables that stay open while their numbers change.
const HELD = "data-siap-open";
const ASKED = 20000; // milliseconds after which the page without code asks whether its server still has it

function keepKeys(root) {
  // JupyterLab would take the arrows, and letters such as D D (delete the cell), from whatever is in focus.
  for (const control of root.querySelectorAll("input, select, button, summary, [tabindex]")) {
    write(control, "data-lm-suppress-shortcuts", "true");
  }
}

function name(root) {
  for (const control of root.querySelectorAll(".siap-control, .siap-pick")) {
    const label = control.querySelector(".siap-name")?.textContent ?? "";
    const shown = control.querySelector(".siap-value");
    const value = shown?.defaultValue ?? shown?.textContent ?? "";
    for (const handle of control.querySelectorAll("[role=slider]")) {
      write(handle, "aria-label", label);
      write(handle, "aria-valuetext", value);
    }
    for (const box of control.querySelectorAll("select")) write(box, "aria-label", label);
  }
  for (const group of root.querySelectorAll(".widget-toggle-buttons")) {
    write(group, "role", "group");
    for (const button of group.querySelectorAll("button")) {
      write(button, "aria-pressed", String(button.classList.contains("mod-active")));
    }
  }
  for (const plot of root.querySelectorAll(".js-plotly-plot")) {
    const card = plot.closest(".siap-card");
    const parts = [card?.querySelector("h2"), card?.querySelector(".siap-sentence")];
    write(plot, "role", "img");
    write(plot, "aria-label", parts.map((part) => part?.textContent.trim() ?? "").join(". "));
  }
}

function write(element, attribute, value) {
  if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
}

// Whatever shows numbers says so while they are not of what is chosen; `said` is why, `busy` that new ones come.
function standBack(root, said, busy) {
  for (const card of root.querySelectorAll(".siap-follows, .siap-bottom")) {
    const behind = card.matches(".siap-waiting *, .siap-stale, .siap-waiting ~ *");
    write(card, "aria-busy", String(behind && busy));
    if (behind) write(card, "data-siap-behind", said);
    else card.removeAttribute("data-siap-behind");
  }
}

// A page that its server has ended (nobody touched it for long, or the server was stopped) cannot say so itself, and its
// connection may stay open. It is asked for now and then, and when the connection is lost; what comes back is used again.
function watchOver(root, model, signal) {
  const kernel = model.get("layout")?.widget_manager?.kernel;
  if (!kernel) return;
  const notice = document.createElement("p"), again = document.createElement("a");
  notice.className = "siap-ended";
  notice.setAttribute("role", "alert");
  const tell = () => {
    const { said, anew, kept } = model.get("ended");
    const link = root.querySelector(".siap-out-field[readonly]")?.value;
    again.href = link || location.href;
    again.textContent = link ? kept : anew;
    notice.replaceChildren(`${said} `, again);
  };
  const ask = async () => {
    if (document.hidden) return;
    let there = false;
    try {
      const { status } = await fetch(`${kernel.serverSettings.baseUrl}api/kernels/${kernel.id}`, { cache: "no-store" });
      there = status !== 404;
    } catch { /* nobody answers */ }
    if (there || signal?.aborted) notice.remove();
    else if (!notice.isConnected) {
      tell();
      root.prepend(notice);
    }
  };
  const timer = setInterval(ask, ASKED);
  kernel.connectionStatusChanged.connect(ask);
  document.addEventListener("visibilitychange", ask, { signal });
  model.on("change:ended", tell);
  signal?.addEventListener("abort", () => {
    clearInterval(timer);
    kernel.connectionStatusChanged.disconnect(ask);
    model.off("change:ended", tell);
  });
}

function light(root) {
  const stage = document.body.dataset;
  // Voilà knows only the theme of its address; there the reader's own wish counts.
  const wished = "voila" in stage && matchMedia("(prefers-color-scheme: dark)").matches;
  const dark = stage.jpThemeLight === "false" || wished;
  root.classList.toggle("siap-dark", dark);
  if ("voila" in stage) document.body.classList.toggle("siap-dark-page", dark);
}

function keepOpen(root, open) {
  for (const fold of root.querySelectorAll("details[data-siap]")) {
    const wanted = open.has(fold.dataset.siap);
    if (fold.open !== wanted && !fold.hasAttribute(HELD)) {
      fold.open = wanted;
      fold.setAttribute(HELD, "");
    }
  }
}

function render({ model, el, signal }) {
  el.classList.add("siap-page");
  // It is put into the page, and the page's own class is set, some time after this.
  const wait = () => {
    const root = el.closest(".siap");
    if (root?.isConnected) start(root, model, signal);
    else if (!signal?.aborted) requestAnimationFrame(wait);
  };
  wait();
}

function start(root, model, signal) {
  const open = new Set();
  // At the click, and not only at the toggle that follows it: new numbers may replace the table in between.
  root.addEventListener("click", ({ target }) => {
    const fold = target.closest?.("summary")?.parentElement;
    if (fold?.dataset.siap) open[fold.open ? "delete" : "add"](fold.dataset.siap);
  }, { capture: true, signal });
  root.addEventListener("toggle", ({ target }) => {
    const fold = target.dataset?.siap;
    if (fold) open[target.open ? "add" : "delete"](fold);
  }, { capture: true, signal });

  const speak = () => {
    root.lang = model.get("language");
    if ("voila" in document.body.dataset) {
      document.documentElement.lang = root.lang;
      document.title = model.get("title");
      write(root, "role", "main");
    }
  };
  // The short answer is there while the long one is not in sight.
  let answer;
  const seen = new IntersectionObserver(([entry]) => root.classList.toggle("siap-away", !entry.isIntersecting));
  const watch = () => {
    const now = root.querySelector(".siap-answer");
    if (now === answer) return;
    seen.disconnect();
    answer = now;
    if (now) seen.observe(now);
  };
  // By mouse and by key: what is led to has the focus then, so that the next tab goes on from there.
  root.addEventListener("click", ({ target }) => {
    const way = target.closest?.("[data-siap-way]")?.dataset.siapWay;
    const place = way && root.querySelector(`.siap-${way}`);
    if (!place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView();
  }, { signal });
  // What is typed in place of a value is read by the kernel; until it has been, the value stands there as it was.
  let typing;
  root.addEventListener("focusin", ({ target }) => target.matches("input.siap-typed") && target.select(), { signal });
  root.addEventListener("change", ({ target }) => {
    if (!target.matches("input.siap-typed")) return;
    model.send({ kind: "typed", key: target.dataset.siapTyped, text: target.value });
    target.value = target.defaultValue;
    typing = document.activeElement === target ? target.dataset.siapTyped : undefined;
  }, { signal });
  root.addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && target.matches("input.siap-typed")) target.value = target.defaultValue;
  }, { signal });
  const typeOn = () => {
    if (typing === undefined || document.activeElement !== document.body) return;
    root.querySelector(`input[data-siap-typed="${typing}"]`)?.focus();
  };
  root.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget) typing = undefined; }, { signal });
  let plots = 0, waiting = false;
  // Charts listen to the window only: they are told of every change of their place, and when they have just been
  // drawn, which is before they know it.
  const fit = () => dispatchEvent(new Event("resize"));
  const tidy = () => {
    waiting = false;
    keepOpen(root, open);
    keepKeys(root);
    name(root);
    standBack(root, model.get("behind"), model.get("busy"));
    watch();
    typeOn();
    for (const frame of root.querySelectorAll(".siap-frame")) size.observe(frame);
    const drawn = root.querySelectorAll(".js-plotly-plot .main-svg").length;
    if (drawn !== plots) requestAnimationFrame(fit);
    plots = drawn;
  };
  model.on("change:language change:title", speak);
  model.on("change:behind change:busy", () => standBack(root, model.get("behind"), model.get("busy")));

  // Once a frame at most, just before it is painted.
  const changes = new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(tidy);
    waiting = true;
  });
  changes.observe(root, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["aria-valuetext", "aria-valuenow", "class"],
  });
  const size = new ResizeObserver(() => requestAnimationFrame(fit));
  const theme = () => light(root);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", theme, { signal });
  const themes = new MutationObserver(theme);
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
  signal?.addEventListener("abort", () => [changes, size, themes, seen].forEach((watcher) => watcher.disconnect()));
  if ("voila" in document.body.dataset) watchOver(root, model, signal);
  theme();
  speak();
  tidy();
  // What changed while the page was being put together reached no widget: now all of them listen.
  // In a notebook the address belongs to others.
  model.send({ kind: "ready", query: "voila" in document.body.dataset ? location.search.slice(1) : "" });
}

export default { render };
