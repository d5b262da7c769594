// What is chosen in the page, kept in the URL's fragment, so that a link leads back to it.

/** Return the fragment's choices; a `set` to null takes one away. */
export function openFragment() {
  const read = () => new URLSearchParams(location.hash.slice(1));
  function write(name, values) {
    const choices = read();
    choices.delete(name);
    for (const value of values) choices.append(name, value);
    history.replaceState(null, "", `#${choices}`);
  }
  return {
    get: (name) => read().get(name),
    set: (name, value) => write(name, value === null ? [] : [value]),
    /** A list of names; null where none was ever chosen, which an empty choice is not. */
    list: (name) => (read().has(name) ? read().getAll(name).filter(Boolean) : null),
    setList: (name, values) => write(name, values.length ? values : [""]),
  };
}
