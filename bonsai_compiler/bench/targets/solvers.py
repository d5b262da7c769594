"""Texts for solvers, in z3's and cvc5's hands."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bonsai_compiler.bench.targets.software import places_of
from bonsai_compiler.bench.targets.tools import MissingError, ran, tool, written
from bonsai_compiler.bench.targets.trial import Trial
from bonsai_compiler.certificates.trees import EITHER, tree
from bonsai_compiler.circuits.circuit import Circuit
from bonsai_compiler.circuits.lowering import circuit_of
from bonsai_compiler.driver.emission import emit
from bonsai_compiler.errors import BonsaiError
from bonsai_compiler.ir.interpreter import Floats, evaluate_nodes, initial_states, next_states
from bonsai_compiler.targets.smtlib import input_names, stored_names, symbol
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

    It is asked for bits of one of them with which anything is not as it must be: outputs as the
    task asks, and the states, which no task knows of, as the interpreter has them.
    """
    text = str(emit(trial.graph, "smtlib"))
    wiring = Wiring(circuit_of(trial.graph))
    names = [symbol(name) for name in (*stored_names(wiring), *input_names(wiring))]
    asked = _asked(trial)
    rows = np.array([*asked], dtype=bool).reshape(len(asked), len(names))
    first = _stored(wiring.circuit, initial_states(trial.graph)[0])
    wrong = [
        f"(xor {symbol('program.start', name)} {'true' if bit else 'false'})"
        for name, bit in zip(stored_names(wiring), first, strict=True)
    ]
    for end in sorted({end for ends in asked.values() for end in ends}):
        wanted = np.array([ends.get(end, EITHER) for ends in asked.values()], dtype=np.int8)
        cares = tree(names, rows, (wanted != EITHER).astype(np.int8), 0)
        given = f"({' '.join([end, *names])})" if names else end
        wrong.append(f"(and {cares} (xor {given} {tree(names, rows, wanted, EITHER)}))")
    declared = "".join(f"(declare-const {name} Bool)\n" for name in names)
    question = f"(push 1)\n(assert (or false {' '.join(wrong)}))\n(check-sat)\n(pop 1)\n"
    whole = f"{text}{declared}(push 1)\n(check-sat)\n(pop 1)\n{question}"
    for name, solver in SOLVERS.items():
        answers = solver(whole, folder)
        if answers != ["sat", "unsat"]:
            return f"{name} says {' and '.join(answers)}"
    return None


def _asked(trial: Trial) -> dict[tuple[bool, ...], dict[str, bool]]:
    """Return for each tick of a trial, by its bits, what must hold: a value for some functions.

    Raises BonsaiError where the task asks for two values with the same bits.
    """
    graph, circuit = trial.graph, circuit_of(trial.graph)
    wiring = Wiring(circuit)
    given, made = places_of(circuit.inputs, graph, "in"), places_of(circuit.outputs, graph, "out")
    outputs = [symbol("program.out", name) for _, name in wiring.output_bits()]
    following = [symbol("program.next", name) for name in stored_names(wiring)]
    asked: dict[tuple[bool, ...], dict[str, bool]] = {}
    states = np.repeat(initial_states(graph), len(trial.words), axis=0)
    going = np.arange(len(trial.words))
    for tick, letters in enumerate(trial.stacked):
        on = np.array([len(trial.words[place].bits) > tick for place in going], dtype=bool)
        going, states = going[on], states[on]
        moved = next_states(graph, evaluate_nodes(graph, states, letters[going]), len(going))
        for place, here, there in zip(going.tolist(), states, moved, strict=True):
            wanted = trial.words[place].wanted[tick, made]
            ends = {end: bool(want > 0) for end, want in zip(outputs, wanted, strict=True) if want}
            ends |= zip(following, _stored(circuit, there), strict=True)
            moment = (*_stored(circuit, here), *letters[place, given].tolist())
            known = asked.setdefault(moment, {})
            if any(known.get(end, bit) != bit for end, bit in ends.items()):
                raise BonsaiError("the task asks for two values where all bits are the same")
            known |= ends
        states = moved
    return asked


def _stored(circuit: Circuit, state: Floats) -> list[bool]:
    """Return the bits of the flip-flops in a state of the logic."""
    return [
        bool(int(value) >> place & 1)
        for value, register in zip(state.tolist(), circuit.registers, strict=True)
        for place in range(len(register.literals))
    ]
