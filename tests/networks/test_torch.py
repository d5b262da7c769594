"""Live modules and files of PyTorch compute what PyTorch does; skipped where that is not there."""

import numpy as np
import pytest

import bonsai_compiler as bonsai
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.networks.conventions import UNSAID, Conventions, InitialStates
from bonsai_compiler.networks.parsing import lifted, lifted_module, read_foreign
from bonsai_compiler.networks.torch_module import stack_of_module

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
TICKS = 100


class Tagger(torch.nn.Module):
    """A recurrent layer, and one linear layer or two with a ReLU between."""

    def __init__(self, kind, inputs, units, *, deep=False, **options):
        super().__init__()
        self.rnn = getattr(torch.nn, kind)(inputs, units, **options)
        self.head = torch.nn.Linear(units, 1)
        if deep:
            self.head = torch.nn.Sequential(
                torch.nn.Linear(units, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1)
            )

    def forward(self, x):
        return self.head(self.rnn(x)[0])


def told(module, sequence, initial=None):
    """What PyTorch's own layers say: (ticks, outputs)."""
    x = torch.tensor(sequence, dtype=torch.float32)
    x = x.unsqueeze(0 if module.rnn.batch_first else 1)
    with torch.no_grad():
        out = module.head(module.rnn(x, initial)[0])
    return out.reshape(len(sequence), -1).numpy()


def values(graph, sequence):
    trace = run(graph, sequence)
    return np.stack([trace[node.source] for node in graph.outputs], axis=1)


KINDS = {
    "tanh": ("RNN", {}),
    "relu": ("RNN", {"nonlinearity": "relu"}),
    "GRU": ("GRU", {}),
    "LSTM": ("LSTM", {}),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("units", [1, 5])
@pytest.mark.parametrize("bias", [False, True])
def test_modules_and_their_files_compute_the_same(tmp_path, name, layers, units, bias):
    from safetensors.torch import save_file

    torch.manual_seed(layers + 10 * units)
    kind, options = KINDS[name]
    module = Tagger(
        kind,
        2,
        units,
        num_layers=layers,
        bias=bias,
        batch_first=bias == (layers > 1),
        deep=layers == 2,
        **options,
    )
    sequence = np.random.default_rng(layers).random((TICKS, 2)) < 0.5
    wanted = told(module, sequence)
    graph = lifted_module(module)
    np.testing.assert_allclose(values(graph, sequence), wanted, atol=1e-5)
    path = tmp_path / "model.safetensors"
    save_file(module.state_dict(), path)
    asked = name if kind == "RNN" else None
    between = "relu" if layers == 2 else None
    file = read_foreign(str(path), None, Conventions(activation=asked, between=between))
    np.testing.assert_allclose(values(file, sequence), wanted, atol=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_first_states_are_taken(name):
    torch.manual_seed(1)
    kind, options = KINDS[name]
    module = Tagger(kind, 1, 4, num_layers=2, **options)
    h0, c0 = torch.randn(2, 4), torch.randn(2, 4)
    initial = (h0[:, None], c0[:, None]) if kind == "LSTM" else h0[:, None]
    cells = c0.double().numpy() if kind == "LSTM" else None
    conventions = Conventions(initial=InitialStates("h0", h0.double().numpy(), cells))
    graph = lifted(stack_of_module(module, conventions), "net", None, conventions)
    sequence = np.random.default_rng(2).random((TICKS, 1)) < 0.5
    wanted = told(module, sequence, initial)
    np.testing.assert_allclose(values(graph, sequence), wanted, atol=1e-5)


def test_a_trained_module_is_compiled_and_stays_in_training():
    """8 x + 5 h - 6 is positive as long as there are ones, and negative from the first 0 on."""
    module = Tagger("RNN", 1, 1, batch_first=True)
    weights = {"weight_ih_l0": 8.0, "weight_hh_l0": 5.0, "bias_ih_l0": -6.0, "bias_hh_l0": 0.0}
    with torch.no_grad():
        for name, value in weights.items():
            getattr(module.rnn, name).fill_(value)
        module.head.weight.fill_(1.0)
        module.head.bias.fill_(0.0)
    module.train()
    result = bonsai.compile(module, ONES)
    assert result.network is not None
    assert result.network.kind != "refuted"
    assert result.verdict.kind == "proved"
    assert module.training


ONES = '''"""Only 1s so far."""
inputs = ("x",)
outputs = ("y",)
start = True


def step(only, x):
    only = only and x
    return only, only
'''


class LastOnly(Tagger):
    """What is said at the last tick alone."""

    def forward(self, x):
        return self.head(self.rnn(x)[0][:, -1])


class Bent(Tagger):
    """A bend that no module stands for."""

    def forward(self, x):
        return torch.relu(super().forward(x)) + 1


class Renamed(Tagger):
    def forward(self, word, length):
        return super().forward(word)


def test_a_forward_of_the_last_tick_alone_is_held_to_that():
    module = LastOnly("GRU", 1, 3, batch_first=True)
    assert len(lifted(stack_of_module(module, UNSAID), "net", None).states) == 3


class Probable(Tagger):
    """What is said with a probability."""

    def __init__(self, *options, **more):
        super().__init__(*options, **more)
        self.squash = torch.nn.Sigmoid()

    def forward(self, x):
        return self.squash(super().forward(x))


def test_a_probability_is_true_above_one_half():
    torch.manual_seed(5)
    module = Probable("GRU", 1, 3, batch_first=True)
    sequence = np.random.default_rng(5).random((TICKS, 1)) < 0.5
    trace = run(lifted_module(module), sequence)
    scores = told(module, sequence)[:, 0]
    np.testing.assert_allclose(trace["d0"], 1 / (1 + np.exp(-scores)), atol=1e-5)
    assert trace["y"].tolist() == (scores > 0).tolist()


REFUSED = {
    "another forward": (lambda: Bent("GRU", 1, 3, batch_first=True), "something else"),
    "other arguments": (lambda: Renamed("GRU", 1, 3), "cannot be run on floats of shape"),
    "both ways": (lambda: Tagger("GRU", 1, 3, bidirectional=True), "reads the word backwards"),
    "a projection": (lambda: Tagger("LSTM", 1, 3, proj_size=2), "is a projection"),
    "no layer": (lambda: torch.nn.Linear(1, 1), "no recurrent layers"),
    "two": (
        lambda: torch.nn.ModuleList([torch.nn.GRU(1, 1), torch.nn.GRU(1, 1)]),
        "2 recurrent layers",
    ),
    "something else": (
        lambda: torch.nn.Sequential(torch.nn.GRU(1, 2), torch.nn.BatchNorm1d(2)),
        "kind BatchNorm1d; Linear is known",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_modules_are_refused_in_one_line(name):
    make, words = REFUSED[name]
    with pytest.raises(bonsai.BonsaiError, match=words) as refusal:
        bonsai.compile(make())
    assert "\n" not in str(refusal.value)
