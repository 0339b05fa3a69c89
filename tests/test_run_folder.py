"""Run folders: what is written is read again, and a kill at any moment leaves the last good state."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from lawful._atomic import STALE_AFTER_S
from lawful.run_folder import RunFolder, check_vacant, strict


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs" / "one", {"problem": "heat", "origin": None})


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_configuration_is_read_again(run: RunFolder) -> None:
    run.update(
        summary={"x": np.float64(0.5), "n": np.int64(3), "at": Path("a"), "v": np.arange(2), "bad": np.nan}
    )
    again = RunFolder.open(run.path).configuration
    assert again["problem"] == "heat"
    assert again["summary"] == {"x": 0.5, "n": 3, "at": "a", "v": [0, 1], "bad": None}
    assert names(run.path) == ["run.json"]
    assert names(run.path.parent) == ["one"]


def test_source_of_the_problem_gets_its_own_file(tmp_path: Path) -> None:
    source = "problem = 1\r\n# \u03bd\n"
    run = RunFolder.create(tmp_path / "r", {"origin": {"file": "a.py", "source": source}})
    assert (run.path / "problem.py").read_bytes() == source.encode()
    assert RunFolder.open(run.path).configuration["origin"] == {"file": "a.py"}


def test_checkpoint_is_read_again_bit_for_bit(run: RunFolder) -> None:
    assert run.load_checkpoint() is None
    rng = np.random.default_rng(0)
    arrays = {
        "theta": rng.standard_normal(7),
        "half": rng.standard_normal((2, 3)).astype(np.float32),
        "turned": np.asfortranarray(rng.standard_normal((3, 2))),
        "count": np.int32(4) * np.ones((), np.int32),
        "flag": np.asarray(True),
        "key": np.asarray([1, 2**32 - 1], np.uint32),
        "none": np.zeros((0, 2)),
    }
    metadata = {"best": float("inf"), "history": [{"loss": 0.1 + 0.2, "phase": "Adam"}], "step": 3}
    run.save_checkpoint(arrays, metadata)
    loaded = run.load_checkpoint()
    assert loaded is not None
    assert loaded[1] == metadata
    assert set(loaded[0]) == set(arrays)
    for name, array in arrays.items():
        assert loaded[0][name].dtype == array.dtype
        assert loaded[0][name].shape == array.shape
        assert loaded[0][name].tobytes() == np.asarray(array, order="C").tobytes()


def test_history_is_read_again(run: RunFolder) -> None:
    assert run.load_history() == []
    rows = [
        {"phase": "Adam", "step": 1, "loss": 0.1 + 0.2},
        {"phase": "LBFGS", "step": 2, "loss": 1e-300, "pde": 3.5},
    ]
    run.save_history(rows)
    assert run.load_history() == rows
    assert (run.path / "history.csv").read_text().splitlines()[0] == "phase,step,loss,pde"


def test_parameters_fields_and_figures(run: RunFolder) -> None:
    run.save_params({"w": np.ones(2)})
    assert run.load_params()["w"].tolist() == [1, 1]
    x = np.linspace(0, 1, 3)
    run.save_fields(xarray.Dataset({"u": ("x", x**2)}, coords={"x": x}))
    with xarray.open_dataset(run.path / "fields.nc", engine="h5netcdf") as dataset:
        np.testing.assert_array_equal(dataset["u"].values, x**2)
    from matplotlib.figure import Figure

    run.save_figure("u", Figure())
    assert run.figure_path("u.png").read_bytes().startswith(b"\x89PNG")
    assert names(run.path) == ["fields.nc", "figures", "params.safetensors", "run.json"]


@pytest.mark.parametrize("name", ["checkpoint", "params"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b"\xff" * 9])
def test_damaged_tensors_are_refused(run: RunFolder, name: str, content: bytes) -> None:
    (run.path / f"{name}.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name}\.safetensors is damaged; "):
        run.load_checkpoint() if name == "checkpoint" else run.load_params()


def test_a_truncated_checkpoint_is_refused(run: RunFolder) -> None:
    run.save_checkpoint({"a": np.ones(100)}, {})
    path = run.path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ValueError, match="is damaged; delete it, and `lawful resume` starts the run anew"):
        run.load_checkpoint()


def test_absent_parameters_are_refused(run: RunFolder) -> None:
    with pytest.raises(ValueError, match=r"holds no params\.safetensors"):
        run.load_params()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "other"}', '{"problem": "heat"'])
def test_a_damaged_run_is_refused(run: RunFolder, text: str) -> None:
    (run.path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=r"run\.json is damaged, or was not written by lawful"):
        RunFolder.open(run.path)


def test_a_run_of_another_format_is_refused(run: RunFolder) -> None:
    (run.path / "run.json").write_text('{"format": "lawful run 99"}')
    with pytest.raises(ValueError, match="use the version that wrote it"):
        RunFolder.open(run.path)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no folder"):
        RunFolder.open(tmp_path / "nope")
    with pytest.raises(ValueError, match=r"it holds no run\.json"):
        RunFolder.open(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="is a file, not the folder of a run"):
        RunFolder.open(tmp_path / "file")


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("call", [RunFolder.open, check_vacant, lambda given: RunFolder.create(given, {})])
def test_what_is_no_path_is_refused(call: Any) -> None:
    with pytest.raises(TypeError, match=r'must be a path, such as "runs/first"; got 3\.'):
        call(3)


def test_a_taken_path_is_refused(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").touch()
    cases = {
        run.path: "holds a run already; choose another folder, or go on with it by `lawful resume",
        tmp_path / "file": "is a file, and a run needs a folder",
        tmp_path / "file" / "run": "is a file, so no folder can be made below it",
        tmp_path / "other": "is there already and holds no run",
    }
    for path, sentence in cases.items():
        with pytest.raises(ValueError, match=sentence):
            RunFolder.create(path, {})
    for path in list(cases)[1:]:
        with pytest.raises(ValueError, match="choose another folder"):
            RunFolder.create(path, {}, overwrite=True)
    assert names(tmp_path) == ["file", "other", "runs"]


def test_an_unwritable_parent_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match="cannot be written to; choose another folder"):
        check_vacant(tmp_path / "run")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="cannot be written: No space left on device"):
        RunFolder.create(tmp_path / "run", {})
    assert names(tmp_path) == []


def test_an_empty_folder_may_become_a_run(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert RunFolder.create(tmp_path / "run", {}).path.is_dir()
    assert names(tmp_path) == ["run"]


def test_overwriting_replaces_the_whole_run(run: RunFolder) -> None:
    run.save_params({"w": np.ones(2)})
    RunFolder.create(run.path, {"problem": "wave"}, overwrite=True)
    assert names(run.path) == ["run.json"]
    assert names(run.path.parent) == ["one"]
    assert RunFolder.open(run.path).configuration["problem"] == "wave"


def test_a_failed_overwrite_keeps_the_old_run(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    rename, calls = Path.rename, []

    def second_fails(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", second_fails)
    with pytest.raises(ValueError, match="Input/output error"):
        RunFolder.create(run.path, {"problem": "wave"}, overwrite=True)
    assert RunFolder.open(run.path).configuration["problem"] == "heat"
    assert names(run.path.parent) == ["one"]


KILLED = """
import os, sys
import numpy as np
from pathlib import Path
from lawful.run_folder import RunFolder
path, what, call = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
new = {"problem": "wave"}
run = None if what == "create" else RunFolder.open(path)
owner = Path if call == "rename" else os
setattr(owner, call, lambda *a, **k: os._exit(9))
if what == "create":
    RunFolder.create(path, new)
elif what == "update":
    run.update(**new)
elif what == "checkpoint":
    run.save_checkpoint({"a": np.zeros(3)}, {"step": 2})
elif what == "history":
    run.save_history([{"step": 2}])
"""


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("what", ["update", "checkpoint", "history"])
def test_a_kill_while_writing_leaves_the_last_good_state(run: RunFolder, what: str, call: str) -> None:
    run.save_checkpoint({"a": np.ones(3)}, {"step": 1})
    run.save_history([{"step": 1}])
    assert _killed(run.path, what, call) == 9
    again = RunFolder.open(run.path)
    assert again.configuration["problem"] == "heat"
    assert again.load_history() == [{"step": 1}]
    checkpoint = again.load_checkpoint()
    assert checkpoint is not None
    assert checkpoint[1] == {"step": 1}
    again.save_checkpoint({"a": np.zeros(3)}, {"step": 3})
    assert again.load_checkpoint()[1] == {"step": 3}  # pyright: ignore[reportOptionalSubscript]


@pytest.mark.parametrize("call", ["fsync", "replace", "rename"])
def test_a_kill_while_making_a_run_leaves_none(tmp_path: Path, call: str) -> None:
    assert _killed(tmp_path / "run", "create", call) == 9
    assert not (tmp_path / "run").exists()
    assert RunFolder.create(tmp_path / "run", {"problem": "heat"}).configuration["problem"] == "heat"


def test_what_killed_processes_left_is_swept_in_time(run: RunFolder) -> None:
    old, young = run.path.parent / ".one.tmp-01", run.path / ".run.json.tmp-02"
    old.mkdir()
    (old / "run.json").touch()
    young.touch()
    long_ago = time.time() - 2 * STALE_AFTER_S
    os.utime(old, (long_ago, long_ago))
    RunFolder.create(run.path, {}, overwrite=True)
    assert names(run.path.parent) == ["one"]
    stale = run.path / ".run.json.tmp-03"
    stale.touch()
    os.utime(stale, (long_ago, long_ago))
    young.touch()
    RunFolder.open(run.path).update(problem="x")
    assert names(run.path) == [young.name, "run.json"]


def test_json_is_strict() -> None:
    assert json.dumps(
        strict({"a": [float("nan"), float("-inf"), 1.5], 2: (True, None)}), allow_nan=False
    ) == ('{"a": [null, null, 1.5], "2": [true, null]}')


def _killed(path: Path, what: str, call: str) -> int:
    return subprocess.run([sys.executable, "-c", KILLED, str(path), what, call], check=False).returncode
