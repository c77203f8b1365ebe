// Plotly once for all charts of the page: a FigureWidget would otherwise bring its five megabytes with every chart.
const home = (globalThis.siapPlotly ??= deferred());

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

export default {
  initialize({ model }) {
    if (!model.get("code").byteLength) return; // the page brought it
    const code = new Blob([model.get("code")], { type: "text/javascript" });
    const begin = () => home.resolve(import(URL.createObjectURL(code)));
    // First the rest of the page: while Plotly is read, which takes a second, nothing else gets on.
    if (globalThis.requestIdleCallback) requestIdleCallback(begin, { timeout: 1500 });
    else setTimeout(begin, 100);
  },
};
