"""Each example runs headless, is short, and gives one right number."""

import importlib.util
from pathlib import Path

import pytest

import lawful as lw

FOLDER = Path(__file__).parent.parent / "examples"


def load(name):
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda p: p.stem)
def test_examples_are_short(path):
    assert len(path.read_text().splitlines()) <= 60


def test_heat():
    assert load("heat").main() <= 1e-9


def test_decay_rate():
    rate, (low, high) = load("decay_rate").main()
    assert low <= 2.5 <= high
    assert rate == pytest.approx(2.5, abs=0.4)


def test_diffusivity():
    alpha, (low, high) = load("diffusivity").main()
    assert alpha == pytest.approx(0.4, abs=0.05)
    assert low <= 0.4 <= high


def test_lens():
    """Two seeds give one function, to 1e-8, by parameters that are as far apart as chance has it."""
    said = load("lens").main()
    assert said.function < 1e-8
    assert said.parameters_aligned > 0.1
    for layer in said.weights.layers:
        assert abs(layer.cos_aligned - layer.cos_aligned_chance) < 0.1


@pytest.mark.slow
def test_atoms():
    """Fewer neurons than rows are fewer atoms than rows; merging at 1 % moves the outputs by about as much."""
    example = load("atoms")
    x, _ = example.data(0)
    seen = lw.lens.depth.atoms(example.trained(4, 0.3, 0, epochs=2), x).layers[0]
    assert 1 <= seen.distinct <= 4
    assert seen.moved < 0.05
