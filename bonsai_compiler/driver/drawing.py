"""What is drawn of a result: its network, how that grew, and its page.

A worker beside this process draws while the program is sought, of which most drawings show nothing.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from bonsai_compiler.backends.dot import emit_svg, too_large
from bonsai_compiler.driver.target import Target
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.growth.curves import as_svg
from bonsai_compiler.page.model import ONLY_EXAMPLES, PageModel, Status, page_model, scenarios
from bonsai_compiler.page.page import Drawn, drawn_of, page
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.schedule.origin import Origin
from bonsai_compiler.system.child_process import DRAWER
from bonsai_compiler.workers.beside import beside
from bonsai_compiler.workers.interface import Workers

NOT_JUDGED = Status("not judged", "its program is not written yet")


@dataclass(frozen=True, slots=True, eq=False)
class Drawings:
    """The drawings of a result, begun before its program is known.

    `model` is that of its page without a verdict and texts, and `drawn` what such a page shows;
    `svg` draws the network, and `curves` how it grew. A network that is too large to be laid out
    has a page, but no drawing of its own.
    """

    name: str
    model: PageModel
    drawn: "Future[Drawn]"
    svg: "Future[str] | None"
    curves: "Future[str] | None"
    workers: Workers

    def finished(
        self,
        verdict: Verdict,
        network: Verdict | None,
        texts: tuple[str, str],
        words: Sequence[str],
    ) -> dict[str, str]:
        """Return the drawings by their paths; `texts` are the program and the equations.

        The verdicts are on the program and, if it was imported, on the network.
        """
        stages, wrong = self.model.stages, network.counterexample if network else None
        last = stages[-1].graph
        shown = replace(
            self.model,
            status=Status(verdict.kind, verdict.describe(last.input_signals, last.output_signals)),
            program=texts[0],
            equations=texts[1],
            scenarios=tuple(scenarios(verdict.counterexample, wrong, len(stages) - 1)),
            words=tuple(words),
        )
        written = self.workers.submit(page, shown, self.drawn.result())
        return {
            **({f"{self.name}.svg": self.svg.result()} if self.svg else {}),
            **({"growth.svg": self.curves.result()} if self.curves else {}),
            "view.html": written.result(),
        }


def prepare() -> None:
    """Have the worker that draws start meanwhile, where there will be a result to draw soon."""
    beside(DRAWER)


def begun(target: Target, compiled: Compiled, origin: Origin) -> Drawings:
    """Return the drawings of a compiled network, on which a worker has begun."""
    workers, neurons = beside(DRAWER), compiled.neurons
    model = page_model(
        target.name,
        target.doc,
        compiled.steps,
        target.specification or ONLY_EXAMPLES,
        NOT_JUDGED,
        ("", ""),
        growth=origin.rows,
    )
    fits = too_large(neurons) is None
    return Drawings(
        target.name,
        model,
        workers.submit(drawn_of, model),
        workers.submit(emit_svg, neurons, target.doc, target.horizon) if fits else None,
        workers.submit(as_svg, origin.rows, target.name) if origin.rows else None,
        workers,
    )
