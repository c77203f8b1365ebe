// A chart that takes the one Plotly of the page, whenever that comes: `library.js` brings it or, without code, the page
// itself. Nothing here waits for it: anywidget gives up on a widget that is not there within two seconds, and on a busy
// machine it is not.
const home = (globalThis.siapPlotly ??= deferred());

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

// Plotly's views never stop listening to their model: one that has left the page would fail at the next change, and the
// living ones after it would not hear of the change. So what each listens to is noted, and ended with it.
function noting(model, heard) {
  return {
    ...model,
    on(name, callback) {
      heard.push([name, callback]);
      model.on(name, callback);
    },
  };
}

export default () => {
  let figure, own;
  const heard = [];
  return {
    initialize({ model }) {
      figure = home.promise.then((plotly) => {
        const made = plotly.default();
        own = model;
        made.initialize({ model: noting(model, heard) });
        // What Python changed before this never reached the chart; so it says when it can hear, and Python sends its
        // present state (also after the page was loaded anew).
        model.send({ kind: "ready" });
        return made;
      });
    },
    render({ el, signal }) {
      figure.then((made) => {
        if (signal?.aborted) return;
        heard.length = 0;
        const remove = made.render({ el });
        const mine = heard.splice(0);
        signal?.addEventListener("abort", () => {
          for (const [name, callback] of mine) own.off(name, callback);
          remove();
        });
      });
    },
  };
};
