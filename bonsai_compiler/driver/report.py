"""What a result says of itself: report.json, the table of passes, the last line."""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from itertools import pairwise
from typing import Any

from bonsai_compiler import __version__
from bonsai_compiler.equivalence.verdict import Verdict
from bonsai_compiler.ir.graph import Dialect, Graph, size
from bonsai_compiler.ir.names import function_name
from bonsai_compiler.passes.pipeline import Compiled
from bonsai_compiler.schedule.origin import Origin


def step_lines(compiled: Compiled) -> Sequence[str]:
    """Return one line a pass: what it did, sizes before and after, how it checked, its time."""
    steps, title = compiled.steps, "neurons / weights / states"
    sizes = [f"{before.size}  ->  {after.size}" for before, after in pairwise(steps)]
    sizes = [f"{steps[0].size}", *sizes]
    wide = max(map(len, (title, *sizes)))
    rows = [
        f"{step.name:<15} {size:<{wide}}  {step.check:<8} {step.seconds or 0.0:8.2f}  {step.deed}"
        for step, size in zip(steps, sizes, strict=True)
    ]
    top = f"{'pass':<15} {title:<{wide}}  {'check':<8} {'seconds':>8}  what"
    return [top, *(row.rstrip() for row in rows)]


def summarised(name: str, compiled: Compiled, verdict: Verdict, origin: Origin) -> str:
    """Return the last line: the verdict, on the network too where that is another, and sizes."""
    sizes, network = size(compiled.neurons), origin.network
    sides = compiled.graph.given, compiled.graph.told
    said = verdict.describe(*sides)
    if origin.solved == 0:
        said = f"nothing was learned; the best network so far is {said}"
    if network is not None and network.counterexample is not None:
        example = network.counterexample
        wrong = f"the network is wrong at tick {len(example.inputs)}"
        shown = example.describe(*sides)
        if verdict.kind == "refuted":
            said = f"{wrong} ({shown}), and its program is {said}"
        else:
            said = f"{wrong} ({shown}); this program is not it, and is {said}"
    elif network is not None and network.kind != verdict.kind:
        said = f"the network is {network.describe(*sides)}; this program is {said}"
    return (
        f"{name}: {said}; network: neurons {sizes.neurons}, weights {sizes.weights}, "
        f"states {sizes.states}"
    )


def _counterexample(verdict: Verdict, graph: Graph) -> dict[str, Any]:
    example, given, told = verdict.counterexample, graph.given, graph.told
    return {
        "counterexample": example
        and {
            "inputs": [given.values(bits) for bits in example.inputs],
            "outputs": [told.values(bits) for bits in example.outputs],
            "expected": [told.values(bits) for bits in example.expected],
        },
        "shortest": verdict.shortest,
    }


def reported(
    name: str, compiled: Compiled, verdict: Verdict, origin: Origin, seconds: dict[str, float]
) -> dict[str, Any]:
    """Return what report.json says; docs/report.schema.json has the fields."""
    neurons = size(compiled.neurons)
    logic = size(compiled.graph) if compiled.graph.dialect is Dialect.LOGIC else None
    return {
        "task": name,
        "function": function_name(name),
        "verdict": verdict.kind,
        "horizon": verdict.horizon,
        "depth": verdict.depth,
        "random": verdict.random,
        **_counterexample(verdict, compiled.graph),
        "network": origin.network
        and {"verdict": origin.network.kind, **_counterexample(origin.network, compiled.graph)},
        "neurons": neurons.neurons,
        "weights": neurons.weights,
        "states": neurons.states,
        "logic": logic and {"nodes": logic.neurons, "arguments": logic.weights},
        "passes": [
            {
                "name": step.name,
                "neurons": step.size.neurons,
                "weights": step.size.weights,
                "states": step.size.states,
                "check": step.check,
                "what": step.deed,
                "seconds": round(step.seconds or 0.0, 4),
                "checks": step.checks,
            }
            for step in compiled.steps
        ],
        "rung": origin.rung,
        "rungs": [asdict(rung) for rung in origin.rungs],
        "budget": origin.budget and {"seconds": origin.budget, "struck": origin.struck},
        "replicas": origin.replicas,
        "solved_replicas": origin.solved,
        "seconds": seconds,
        "seed": origin.seed,
        "engine": origin.engine,
        "device": origin.device,
        "versions": {
            "bonsai_compiler": __version__,
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("highspy", "numpy", "sympy", "tinygrad")},
        },
    }
