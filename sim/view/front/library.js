// Plotly once for all charts of the page: a FigureWidget would otherwise bring its five megabytes with every chart.
const home = (globalThis.siapPlotly ??= Promise.withResolvers ? Promise.withResolvers() : deferred());

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

export default {
  initialize({ model }) {
    const code = new Blob([model.get("code")], { type: "text/javascript" });
    home.resolve(import(URL.createObjectURL(code)));
  },
};
