// Stepping: play, pause, back and forth, and where the inputs come from.

import { byId, counted, element, inkOn, shown, tint } from "./marks.js";
import { valueAt } from "./ports.js";
import { parseSequence, sequenceText } from "./sequences.js";

const PLAY = "M5 3v14l12-7z";
const PAUSE = "M5 4h4v12H5zM11 4h4v12h-4z";

/** Let the buttons move the session, and the session fill the rows of inputs and outputs. */
export function showTransport(session) {
  const { scenarios } = session.data;
  const inputs = session.inputSignals.fields;
  const outputs = session.outputSignals.fields;
  let timer = null;

  const toggles = inputs.map((field) => (field.isInteger ? stepper(field) : toggle(field)));
  byId("inputs").append(
    ...(toggles.length
      ? toggles.map(({ made }) => made)
      : [element("span", { class: "note" }, "no inputs")]),
  );
  const lamps = outputs.map(({ name }) => {
    const wanted = element("span", { class: "wanted" });
    const made = element(
      "span",
      { class: "chip lamp", "data-output": name },
      element("b", {}, name),
      element("i"),
      wanted,
    );
    return { made, value: made.querySelector("i"), wanted };
  });
  byId("outputs").append(...lamps.map(({ made }) => made));

  function toggle(field) {
    const value = element("i");
    const made = element(
      "button",
      {
        type: "button",
        class: "chip",
        "data-input": field.name,
        onclick: () => session.turn(field),
      },
      element("b", {}, field.name),
      value,
    );
    function follow() {
      const bit = session.step(field) > 0;
      value.textContent = bit ? "1" : "0";
      made.setAttribute("aria-pressed", String(bit));
      colour(value, bit ? 1 : -1);
    }
    return { made, follow };
  }

  function stepper(port) {
    const values = port.words.map((_, step) =>
      element("option", { value: step }, shown(valueAt(port, step))),
    );
    const choice = element("select", { "aria-label": port.name }, ...values);
    choice.addEventListener("change", () => session.give(port, choice.selectedIndex));
    const made = element(
      "label",
      { class: "chip", "data-input": port.name },
      element("b", {}, port.name),
      choice,
    );
    return { made, follow: () => (choice.selectedIndex = session.step(port)) };
  }

  function follow() {
    byId("tick").textContent = `tick ${session.tick + 1} of ${session.sequence.length}`;
    toggles.forEach((input) => input.follow());
    const step = session.expectedSteps[session.tick];
    lamps.forEach(({ made, value, wanted }, place) => {
      const output = outputs[place];
      const given = session.named(output.name);
      const right = session.wanted(output);
      const blank = given === undefined || output.isInteger;
      value.textContent = shown(given);
      colour(value, blank ? 0 : given ? 1 : -1);
      const wrong = session.wrong(output);
      made.classList.toggle("wrong", wrong);
      wanted.textContent = !step
        ? ""
        : wrong
          ? `WRONG: expected ${shown(right)}`
          : expected(step, right);
    });
    const scenario = session.met();
    byId("fault").textContent =
      step && !step.legal && !step.over ? notLegal() : scenario ? shows(scenario) : "";
    byId("fault").classList.remove("mistake");
  }

  function expected(step, right) {
    if (step.over) return "past the horizon";
    if (!step.legal) return "not legal";
    return right === undefined ? "any value will do" : `expected ${shown(right)}`;
  }

  function colour(value, amount) {
    value.style.background = tint(amount, "--blank");
    value.style.color = inkOn(value.style.background);
  }

  /** What a scenario shows on its last tick. */
  function shows({ title, inputs }) {
    const wrong = outputs
      .filter((output) => session.wrong(output))
      .map(
        (output) =>
          `${output.name} is ${shown(session.named(output.name))} and should be ${shown(session.wanted(output))}`,
      );
    return `${title}: ${wrong.join(", ") || "here nothing is wrong"} on tick ${session.tick + 1}, the last of its ${counted(inputs.length, "tick")}.`;
  }

  const notLegal = () =>
    "The task does not admit these inputs here; what it expects is not defined.";

  function playing(on) {
    clearInterval(timer);
    timer = on
      ? setInterval(() => session.forward() || playing(false), 1000 / byId("speed").value)
      : null;
    byId("play")
      .querySelector("path")
      .setAttribute("d", on ? PAUSE : PLAY);
    byId("play").setAttribute("aria-label", on ? "Pause" : "Play");
    byId("play").title = on ? "Pause (Space)" : "Play (Space)";
  }

  const stopped = (action) => () => {
    playing(false);
    action();
  };
  const actions = {
    play: () => playing(timer === null),
    forward: stopped(() => session.forward()),
    back: stopped(() => session.back()),
    reset: stopped(() => session.go(0)),
    end: stopped(() => session.go(session.sequence.length - 1)),
    random: stopped(() => session.randomly()),
    flip: (place) => place < inputs.length && session.turn(inputs[place]),
    type: () => byId("sequence").select(),
  };
  for (const name of ["play", "forward", "back", "reset", "random"])
    byId(name).addEventListener("click", actions[name]);
  byId("speed").addEventListener("change", () => timer !== null && playing(true));
  byId("beyond").addEventListener("change", (event) => (session.beyond = event.target.value));
  byId("random").hidden = !inputs.length;
  document.querySelector(".beyond").hidden = !inputs.length;

  byId("scenarios").append(
    ...scenarios.map((scenario) =>
      element(
        "button",
        { type: "button", class: "alarm", onclick: stopped(() => session.meet(scenario)) },
        scenario.title,
      ),
    ),
  );

  byId("sequence-form").addEventListener("submit", (event) => {
    event.preventDefault();
    playing(false);
    try {
      session.replay(parseSequence(byId("sequence").value, session.inputSignals));
      byId("sequence").blur();
    } catch (error) {
      byId("fault").textContent = error.message;
      byId("fault").classList.add("mistake");
    }
  });

  session.subscribe((what) => {
    if (what.has("sequence") && document.activeElement !== byId("sequence")) {
      byId("sequence").value = sequenceText(session.sequence.slice(0, 500), session.inputSignals);
    }
    if (what.has("tick")) follow();
  });
  return actions;
}
