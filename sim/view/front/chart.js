// A chart that takes the one Plotly of the page, which `library.js` brings, whenever that comes. Nothing here waits
// for it: anywidget gives up on a widget that is not there within two seconds, and on a busy machine it is not.
const home = (globalThis.siapPlotly ??= deferred());

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

export default () => {
  let figure;
  return {
    initialize({ model }) {
      figure = home.promise.then((plotly) => {
        const made = plotly.default();
        made.initialize({ model });
        // What Python changed before this never reached the chart; so it says when it can hear, and Python sends its
        // present state (also after the page was loaded anew).
        model.send({ kind: "ready" });
        return made;
      });
    },
    render({ el, signal }) {
      figure.then((made) => {
        if (signal?.aborted) return;
        const remove = made.render({ el });
        signal?.addEventListener("abort", remove);
      });
    },
  };
};
