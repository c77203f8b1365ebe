// A brief beside its dial: the dial runs above, in the same script, with a model that is no more than its numbers.
// When it moves, sentences and marks follow from what was worked out when the brief was written.
const told = JSON.parse(document.getElementById("siap-data").textContent);

function modelOf(state) {
  const watched = {};
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      for (const one of watched[`change:${name}`] ?? []) one();
    },
    on(names, one) {
      for (const name of names.split(" ")) (watched[name] ??= []).push(one);
    },
    save_changes() {},
  };
}

// A text each week: as the one before (0), whole, or pairs of which word of the one before becomes what.
function spelled(steps) {
  let words = [];
  return steps.map((step) => {
    if (typeof step === "string") words = step.split(" ");
    else for (let i = 0; i < step.length; i += 2) words[step[i]] = step[i + 1];
    return words.join(" ");
  });
}

function follow(model) {
  const changes = Object.entries(told.sentences).map(([key, steps]) => {
    const sentence = document.getElementById(`siap-${key}-said`), texts = spelled(steps);
    return (week) => (sentence.textContent = texts[week]);
  });
  for (const [key, moves] of Object.entries(told.moves)) {
    const moving = document.querySelectorAll(`#siap-${key}-drawn [data-moves]`);
    moves.forEach((move, i) => {
      for (const [names, steps] of Object.entries(move)) changes.push(mover(moving[i], names, spelled(steps)));
    });
  }
  model.on("change:value", () => {
    for (const change of changes) change(model.get("value"));
  });
}

function mover(element, names, values) {
  if (names === "text") {
    // A label with a part in bold is one with nothing else, or its name and its amount.
    const bold = element.querySelector("tspan"), lead = bold?.previousSibling?.length ?? 0;
    return (week) => ((bold ?? element).textContent = values[week].slice(lead));
  }
  return (week) => names.split(" ").forEach((name) => element.setAttribute(name, values[week]));
}

// Light and dark as the reader's machine wishes; paper is white, and on it everything that is folded is open.
function dress(root) {
  const dark = matchMedia("(prefers-color-scheme: dark)"), paper = matchMedia("print");
  let folded = [], printing = false;
  const theme = () => root.classList.toggle("siap-dark", dark.matches && !printing);
  const unfold = (now) => {
    if (now === printing) return;
    printing = now;
    if (printing) folded = [...document.querySelectorAll("details:not([open])")];
    for (const fold of folded) fold.open = printing;
    theme();
  };
  dark.addEventListener("change", theme);
  // A printer asks by the events; who only looks at the page as on paper, by the media.
  paper.addEventListener("change", () => unfold(paper.matches));
  addEventListener("beforeprint", () => unfold(true));
  addEventListener("afterprint", () => unfold(false));
  theme();
  unfold(paper.matches);
}

function offer(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById("siap-scenario").textContent;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
    link.download = "scenario.yaml";
    link.click();
  });
}

const model = modelOf(told.dial), home = document.getElementById("siap-dial");
dress(document.querySelector(".siap"));
home.replaceChildren();
follow(model);
render({ model, el: home });
offer(document.getElementById("siap-save"));
