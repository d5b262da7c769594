"""Make the gallery anew: `python docs/gallery/make.py`, or with the names of some of its pages.

Each page is a folder with `network.json`, a trained network; the rest of the folder is made of it.
What is said of it stands in `words.toml`, in the order of the gallery.
"""

import sys
import tempfile
import tomllib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bonsai_compiler.driver.workflow import compile_file, draw_machine
from bonsai_compiler.fsm.views import view_table
from bonsai_compiler.specification.task_file import load_task
from bonsai_compiler.system.writing import write_file

GALLERY = Path(__file__).resolve().parent
TASKS = GALLERY.parent.parent / "tasks"
WORDS = tomllib.loads((GALLERY / "words.toml").read_text(encoding="utf-8"))
TEMPLATES = Environment(
    loader=FileSystemLoader(GALLERY),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)


def make(name: str, out: Path) -> None:
    """Compile the network of a page, and write the page, its picture and its program to OUT."""
    task_path = TASKS / WORDS[name]["task"]
    task = load_task(task_path)
    network = GALLERY / name / "network.json"
    with tempfile.TemporaryDirectory() as folder:
        result = compile_file(str(network), task, Path(folder))
        (last,) = sorted((result.folder / "steps").glob("*.bonsai"))[-1:]
        made = {kind: (result.folder / f"{name}{kind}").read_text() for kind in KINDS}
        machine = view_table(draw_machine(str(last), task_path))
    page = TEMPLATES.get_template("page.md.j2").render(
        name=name,
        task=task,
        words=WORDS[name]["words"].strip(),
        told=result.words,
        report=result.report,
        verdict=result.verdict.describe(task.input_signals, task.output_signals),
        equations=made[".bool.txt"],
        program=made[".py"],
        machine=machine,
    )
    write_file(out / "README.md", page)
    write_file(out / f"{name}.svg", made[".svg"])
    write_file(out / f"{name}.py", made[".py"])


KINDS = (".py", ".svg", ".bool.txt")

if __name__ == "__main__":
    for chosen in sys.argv[1:] or WORDS:
        make(chosen, GALLERY / chosen)
    index = TEMPLATES.get_template("index.md.j2").render(
        pages={name: load_task(TASKS / page["task"]).doc for name, page in WORDS.items()}
    )
    write_file(GALLERY / "README.md", index)
