"""Templates of emitted texts."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bonsai_compiler", "targets/templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


def rendered(template: str, **values: object) -> str:
    """Return a template filled in, with one line break at the end."""
    text = _environment().get_template(template).render(**values)
    return text.rstrip("\n") + "\n"
