"""The files of a result: what is written, and then what is drawn."""

from collections.abc import Mapping

from bonsai_compiler.backends.boolean import emit_boolean
from bonsai_compiler.backends.dot import emit_dot, emit_svg
from bonsai_compiler.driver.target import Target
from bonsai_compiler.driver.words import equations_header
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.graph import Dialect
from bonsai_compiler.ir.text import dump
from bonsai_compiler.page.model import ONLY_EXAMPLES, Status, page_model, scenarios
from bonsai_compiler.page.page import page
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.training.curves import as_svg
from bonsai_compiler.training.log import as_csv


def written(
    target: Target,
    network: str | None,
    compiled: Compiled,
    program: str,
    verdict: Verdict,
    origin: Origin,
) -> dict[str, str]:
    """Return the texts of a result by their paths; all but the report, and what is drawn.

    `network` is the text of its file, if it came from one.
    """
    graph, neurons = compiled.graph, compiled.neurons
    about = target.doc, target.horizon
    if graph.dialect is Dialect.LOGIC:
        header = equations_header(target, graph, verdict, origin)
        equations = emit_boolean(graph, *about, header)
    elif compiled.settled:
        equations = f"# No equations: {compiled.steps[-1].summary.removeprefix('left out: ')}.\n"
    else:
        equations = (
            "# No equations: no few levels were found that the states of this network keep to.\n"
        )
    return {
        **({} if network is None else {"network.json": network}),
        **{
            f"steps/{place:02}-{step.name}.bonsai": dump(step.graph)
            for place, step in enumerate(compiled.steps)
        },
        f"{target.name}.py": program,
        f"{target.name}.bool.txt": equations,
        f"{target.name}.dot": emit_dot(neurons, *about),
        **({"growth.csv": as_csv(origin.rows)} if origin.rows else {}),
    }


def drawn(
    target: Target,
    compiled: Compiled,
    verdict: Verdict,
    origin: Origin,
    texts: Mapping[str, str],
) -> dict[str, str]:
    """Return the drawings of a result and its page; `texts` are what `written` gave."""
    wrong = origin.network.counterexample if origin.network else None
    shown = page_model(
        target.name,
        target.doc,
        compiled.steps,
        target.specification or ONLY_EXAMPLES,
        Status(
            verdict.kind,
            verdict.describe(compiled.graph.input_signals, compiled.graph.output_signals),
        ),
        (texts[f"{target.name}.py"], texts[f"{target.name}.bool.txt"]),
        scenarios(verdict.counterexample, wrong, len(compiled.steps) - 1),
        origin.rows,
    )
    return {
        f"{target.name}.svg": emit_svg(compiled.neurons, target.doc, target.horizon),
        **({"growth.svg": as_svg(origin.rows, target.name)} if origin.rows else {}),
        "view.html": page(shown),
    }
