"""Texts for solvers, in z3's and cvc5's hands."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bonsai_compiler.bench.targets.software import places_of
from bonsai_compiler.bench.targets.tools import MissingError, ran, tool, written
from bonsai_compiler.bench.targets.trial import Trial
from bonsai_compiler.circuits.circuit import Circuit
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.ir.interpreter import Floats, evaluate_nodes, initial_states, next_states
from bonsai_compiler.targets.smtlib import symbol
from bonsai_compiler.targets.wiring import Wiring

Solver = Callable[[str, Path], list[str]]
"""Takes a text of SMT-LIB and a folder to work in, and returns its answers, one a question."""


def z3(text: str, folder: Path) -> list[str]:
    """Return what z3 answers."""
    path = tool("z3")
    written(folder, "question.smt2", text)
    return ran(path, "question.smt2", folder=folder).split()


def cvc5(text: str, folder: Path) -> list[str]:
    """Return what cvc5 answers: the program, or else the wheel."""
    del folder
    try:
        import cvc5 as module
    except ImportError:
        raise MissingError("cvc5") from None
    solver = module.Solver()
    solver.setOption("incremental", "true")
    parser = module.InputParser(solver)
    parser.setStringInput(module.InputLanguage.SMT_LIB_2_6, text, "question")
    symbols, answers = parser.getSymbolManager(), []
    while not (command := parser.nextCommand()).isNull():
        answers += command.invoke(solver, symbols).split()
    return answers


SOLVERS: dict[str, Solver] = {"z3": z3, "cvc5": cvc5}


def timed(solver: Solver, text: str, folder: Path) -> tuple[list[str], float]:
    """Return a solver's answers, and the seconds that they took."""
    began = time.perf_counter()
    answers = solver(text, folder)
    return answers, time.perf_counter() - began


def smtlib_fault(trial: Trial, folder: Path) -> str | None:
    """Return which solver finds a tick of a trial's words that SMT-LIB says otherwise of.

    Each question is whether all of them are as they must be together, with constants for the bits:
    outputs as the task asks, and the states, which no task knows of, as the interpreter has them.
    """
    text = str(emit(trial.graph, "smtlib"))
    wrong = f"(assert (not (and true {' '.join(sorted(set(_ticks(trial))))})))"
    question = f"{text}(push 1)\n(check-sat)\n(pop 1)\n(push 1)\n{wrong}\n(check-sat)\n(pop 1)\n"
    for name, solver in SOLVERS.items():
        answers = solver(question, folder)
        if answers != ["sat", "unsat"]:
            return f"{name} says {' and '.join(answers)}"
    return None


def _ticks(trial: Trial) -> Iterator[str]:
    """Yield what must hold on each tick, as a term."""
    graph, circuit = trial.graph, circuit_of(trial.graph)
    wiring = Wiring(circuit)
    given, made = places_of(circuit.inputs, graph, "in"), places_of(circuit.outputs, graph, "out")
    outputs = list(
        zip(made, (symbol("program.out", n) for _, n in wiring.output_bits()), strict=True)
    )
    stored = [name for _, name, _, _ in wiring.stored_bits()]
    for name, bit in zip(stored, _stored(circuit, initial_states(graph)[0]), strict=True):
        yield f"(= {symbol('program.start', name)} {_SAID[bit]})"
    for word in trial.words:
        states = initial_states(graph)
        for bits, wanted in zip(word.bits, word.wanted, strict=True):
            here = _stored(circuit, states[0])
            moment = " ".join(_SAID[bit] for bit in (*here, *bits[given].tolist()))
            values = evaluate_nodes(graph, states, bits[None])
            states = next_states(graph, values, 1)
            ends = [(name, bool(wanted[place] > 0)) for place, name in outputs if wanted[place]]
            ends += zip(
                (symbol("program.next", name) for name in stored),
                _stored(circuit, states[0]),
                strict=True,
            )
            for name, bit in ends:
                call = f"({name} {moment})" if moment else name
                yield call if bit else f"(not {call})"


_SAID = {False: "false", True: "true"}


def _stored(circuit: Circuit, state: Floats) -> list[bool]:
    """Return the bits of the flip-flops in a state of the logic."""
    return [
        bool(int(value) >> place & 1)
        for value, register in zip(state.tolist(), circuit.registers, strict=True)
        for place in range(len(register.literals))
    ]
