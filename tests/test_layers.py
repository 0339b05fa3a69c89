"""The source itself: imports go down the layers, files stay short, a few constructs stay out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
LONGEST_FILE = 350

# Lowest first. A module imports lower layers, its own package, and what stands before it in its own line.
LAYERS = (
    "_names _numbers _outcome _runtime _atomic",
    "calculus domain sampling nn spectral datasets",
    "unknown conditions completeness problem once structure sizes character targets ansatz",
    "reference grouping lifting trial objective weighting optim",
    "description identity counsel recipe interrupt progress run_folder points magnitude potential corners unmet "
    "regularised checkpoint blocks training together quadrature judge cost report figures record source solution load "
    "intervals conclude pathways solve",
    "advice learn lens uq problems",
    "study studies",
    "explorer cli __main__",
)
LEVEL = {name: level for level, line in enumerate(LAYERS) for name in line.split()}
RANK = {name: rank for rank, name in enumerate(" ".join(LAYERS).split())}

# Independent by design, although the layers alone would permit it: the reference owes nothing to
# networks, and no optimizer knows an equation.
NEVER = {"reference": {"nn", "ansatz"}, "optim": {"problem", "conditions", "domain", "reference"}}

BANNED_NAMES = {"super", "hasattr", "eval", "exec", "pickle"}
BANNED_MODULES = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}

FILES = sorted(SOURCE.rglob("*.py"))
TEXTS = sorted(path for path in SOURCE.rglob("*.*") if path.suffix in {".py", ".pyi", ".js", ".css", ".html"})
ROOT = SOURCE / "lawful" / "__init__.py"
PACKAGES = [path for path in FILES if path.name == "__init__.py" and path != ROOT]


def named(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def over(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=named)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def part_of(path: Path) -> str:
    """The name just below `lawful` that a file belongs to: `calculus` for `lawful/calculus/jet.py`."""
    return path.relative_to(SOURCE / "lawful").with_suffix("").parts[0]


def imported(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Each import from `lawful`, inside functions too: its line, and its part ("" for `lawful` itself)."""
    for node in ast.walk(tree):
        modules: list[tuple[str, ...]] = []
        if isinstance(node, ast.Import):
            modules = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple(node.module.split(".")) if node.module else ()
            modules = [(*base, alias.name) for alias in node.names] if base == ("lawful",) else [base]
        for module in modules:
            if module[0] == "lawful":
                part = module[1] if len(module) > 1 else ""
                yield node.lineno, part if part in RANK or is_module(part) else ""


def is_module(part: str) -> bool:
    base = SOURCE / "lawful" / part
    return bool(part) and (base.is_dir() or base.with_suffix(".py").is_file())


def broken_layers(tree: ast.Module, part: str, package: tuple[str, ...]) -> list[str]:
    if part not in LEVEL:
        return [f"lawful.{part} is in no layer: add it to LAYERS, and to the list of layers in the design."]
    broken = []
    for line, target in imported(tree, package):
        if target == part:
            continue
        if not target:
            if LEVEL[part] < len(LAYERS) - 1:
                broken.append(f"line {line}: L{LEVEL[part]} {part} imports lawful itself; import the module.")
        elif target not in LEVEL:
            broken.append(f"line {line}: imports lawful.{target}, which is in no layer.")
        elif target in NEVER.get(part, ()):
            broken.append(f"line {line}: {part} must stay independent of {target}.")
        elif LEVEL[target] > LEVEL[part]:
            broken.append(
                f"line {line}: L{LEVEL[part]} {part} imports L{LEVEL[target]} {target}, which is above."
            )
        elif RANK[target] > RANK[part]:
            broken.append(f"line {line}: {part} imports {target}, which stands after it in their layer.")
    return broken


def banned(tree: ast.Module) -> list[str]:
    found = []
    for node in ast.walk(tree):
        what = ""
        match node:
            case ast.Name(id=name) if name in BANNED_NAMES:
                what = name
            case ast.Attribute(attr="pickle" | "to_pickle" | "read_pickle" as name):
                what = name
            case ast.Import(names=names):
                what = ", ".join(a.name for a in names if a.name.split(".")[0] in BANNED_MODULES)
            case ast.ImportFrom(module=module, names=names):
                top = (module or "").split(".")[0]
                if any(alias.name == "*" for alias in names):
                    what = f"from {'.' * node.level}{module or ''} import *"
                elif not node.level and top in BANNED_MODULES:
                    what = top
            case ast.keyword(arg="allow_pickle", value=value) if not (
                isinstance(value, ast.Constant) and value.value is False
            ):
                what = "allow_pickle other than False"
        if what:
            found.append(f"line {node.lineno}: {what}")
    return found


def test_there_is_source() -> None:
    assert FILES, f"no Python file below {SOURCE}"


@over([path for path in FILES if path != ROOT])
def test_imports_go_down_the_layers(path: Path) -> None:
    package = path.relative_to(SOURCE).parent.parts
    broken = broken_layers(parsed(path), part_of(path), package)
    assert not broken, "\n".join([named(path), *broken])


@over(TEXTS)
def test_files_stay_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, (
        f"{named(path)} has {lines} lines, over {LONGEST_FILE}: split it by concept."
    )


@over(FILES)
def test_banned_constructs_stay_out(path: Path) -> None:
    found = banned(parsed(path))
    assert not found, "\n".join([f"{named(path)} uses what the house style keeps out:", *found])


@over(PACKAGES)
def test_a_package_is_a_table_of_contents(path: Path) -> None:
    for i, node in enumerate(parsed(path).body):
        docstring = i == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        line = (
            isinstance(node, ast.ImportFrom)
            and (node.level == 1 or [a.name for a in node.names] == ["_runtime"])
            and all(a.asname == a.name for a in node.names)
        )
        assert docstring or line, (
            f"{named(path)}, line {node.lineno}: a package holds `from ._x import X as X` lines only (and _runtime)."
        )


@pytest.mark.parametrize(
    ("part", "code", "complaint"),
    [
        ("domain", "from ..problem import Problem", "L1 domain imports L2 problem, which is above"),
        ("domain", "def f():\n    from lawful import solve", "L1 domain imports L4 solve, which is above"),
        ("reference", "from ..optim import Adam", "reference imports optim, which stands after it"),
        ("optim", "import lawful.reference.ode", "optim must stay independent of reference"),
        ("reference", "from ..nn import MLP", "reference must stay independent of nn"),
        ("problems", "import lawful as lw", "imports lawful itself"),
        ("helpers", "", "lawful.helpers is in no layer"),
    ],
)
def test_a_broken_layer_is_noticed(part: str, code: str, complaint: str) -> None:
    assert complaint in "\n".join(broken_layers(ast.parse(code), part, ("lawful", part)))


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("nn", "from ..calculus.jet import Jet\nfrom .._names import listed\nfrom ._base import Frame"),
        ("solve", "from . import problem\nfrom .optim import Adam\nimport numpy as np"),
        ("cli", "import lawful"),
    ],
)
def test_a_sound_import_passes(part: str, code: str) -> None:
    package = ("lawful",) if part == "solve" else ("lawful", part)
    assert broken_layers(ast.parse(code), part, package) == []


@pytest.mark.parametrize(
    "code",
    [
        "super().__init__()",
        "hasattr(x, 'y')",
        "run = eval",
        "exec('')",
        "import pickle",
        "from pickle import loads",
        "from .x import *",
        "np.load(path, allow_pickle=True)",
    ],
)
def test_a_banned_construct_is_noticed(code: str) -> None:
    assert banned(ast.parse(code))


@pytest.mark.parametrize("code", ["jax.eval_shape(f)", "np.load(path, allow_pickle=False)", "'pickle'"])
def test_a_harmless_construct_passes(code: str) -> None:
    assert not banned(ast.parse(code))
