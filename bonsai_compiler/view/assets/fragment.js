// What is chosen in the page, kept in the URL's fragment, so that a link leads back to it.

/** Return the fragment's choices: `get(name)` and `set(name, value)`, where null takes one away. */
export function openFragment() {
  const read = () => new URLSearchParams(location.hash.slice(1));
  return {
    get: (name) => read().get(name),
    set(name, value) {
      const choices = read();
      if (value === null) choices.delete(name);
      else choices.set(name, value);
      history.replaceState(null, "", `#${choices}`);
    },
  };
}
