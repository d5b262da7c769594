// The panels beside the graph, one at a time.

/** Let the tabs show their panels; returns what shows one by its name. */
export function showTabs(fragment, first) {
  const tabs = [...document.querySelectorAll("[role=tab]")];

  function show(name, focus = false) {
    for (const tab of tabs) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
      if (chosen && focus) tab.focus();
    }
    fragment.set("panel", name === first ? null : name);
  }

  const nameOf = (tab) => tab.id.slice("tab-".length);
  tabs.forEach((tab, place) => {
    tab.addEventListener("click", () => show(nameOf(tab)));
    tab.addEventListener("keydown", (event) => {
      const moves = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: tabs.length - 1 };
      if (!(event.key in moves)) return;
      event.preventDefault();
      show(nameOf(tabs[(moves[event.key] + tabs.length) % tabs.length]), true);
    });
  });
  const kept = fragment.get("panel");
  show(tabs.some((tab) => nameOf(tab) === kept) ? kept : first);
  return show;
}
