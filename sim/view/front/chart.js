// A chart that waits for the one Plotly of the page, which `library.js` brings.
const home = (globalThis.siapPlotly ??= Promise.withResolvers ? Promise.withResolvers() : deferred());

function deferred() {
  const made = {};
  made.promise = new Promise((resolve) => (made.resolve = resolve));
  return made;
}

// What Python changed while Plotly was still on its way never reached the chart; so it says when it can hear, and
// Python sends its present state (also after the page was loaded anew).
export default async () => {
  const figure = (await home.promise).default();
  return {
    ...figure,
    async initialize(context) {
      const done = await figure.initialize(context);
      context.model.send({ kind: "ready" });
      return done;
    },
  };
};
