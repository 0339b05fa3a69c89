"""The account of a run, in words."""

from typing import Any

NAMES = {"pinn": "network", "linear": "random features"}
EXACT = 1e-12
"""A condition missed by less, against its own size, is met to rounding."""


def report_text(facts: dict[str, Any]) -> str:
    """Lines of plain text from a summary."""
    lines = [f"{facts['problem']}: {facts['verdict']['word']}"]
    lines += [f"  {reason}" for reason in facts["verdict"]["reasons"]]
    lines.append("")
    if facts["errors"]:
        lines.append("error against the reference     rel_l2       l1       l2     linf")
        for field, e in facts["errors"].items():
            lines.append(f"  {field:<28} {e['rel_l2']:8.1e} {e['l1']:8.1e} {e['l2']:8.1e} {e['linf']:8.1e}")
    if facts.get("solution"):
        lines.append(_reference("solution", facts["solution"]))
    reference = facts["reference"]
    if reference["method"]:
        lines.append(_reference("reference", reference))
    pathways = facts.get("pathways")
    if pathways:
        lines += _pathways(pathways, facts["method"])
    residual = facts["residual"]
    if residual["fresh"] is not None:
        line = f"residual: {residual['fresh']:.1e} on fresh points"
        if residual["train"] is not None:
            line += f", {residual['train']:.1e} in training"
        if facts["relative_residual"] is not None:
            line += f"; {facts['relative_residual']:.1e} of the size of the law's terms"
        lines.append(line)
    if facts["conditions"]:
        lines.append("conditions, missed on fresh points:")
        lines += [f"  {name:<28} {_missed(miss)}" for name, miss in facts["conditions"].items()]
    drawn = facts.get("regulariser")
    if drawn:
        lines.append(
            f"{drawn['name']}, a regulariser of weight {drawn['weight']:g}: mean square {drawn['fresh']:.1e} on fresh "
            "points; it judges nothing"
        )
    for name, p in facts["params"].items():
        if p["low"] is not None:
            lines.append(f"found {name} = {p['value']:.6g}, 95 % interval [{p['low']:.6g}, {p['high']:.6g}]")
        elif p.get("unknown"):
            lines.append(f"found {name} = {p['value']:.6g}, without an interval")
    for name, q in facts.get("quantities", {}).items():
        lines.append(
            f"integral of {name}: {q['start']:.8g} at the start, {q['end']:.8g} at the end, "
            f"largest drift {q['drift']:.1e}"
        )
    beside = max(facts["wall_s"] - facts["train_s"] - facts["compile_s"], 0.0)
    if facts["n_params"]:
        cost = f"cost: {facts['train_s']:.2f} s training, {facts['compile_s']:.1f} s compiling it, "
        cost += f"{beside:.1f} s before and after; {facts['wall_s']:.1f} s in all"
        if facts["steps"]:
            cost += f"; {facts['steps']:,} steps"
        lines.append(cost)
        lines.append(f"method: {facts['method']}, {facts['n_params']:,} parameters, {facts['dtype']}")
        lines.append(f"end: {facts['outcome']}")
    else:
        lines.append(f"cost: {facts['wall_s']:.1f} s in all")
    if facts["reasons"]:
        lines.append("choices:")
        lines += [f"  {reason}" for reason in facts["reasons"]]
    return "\n".join(lines)


def _reference(name: str, reference: dict[str, Any]) -> str:
    line = f"{name}: {reference['method']}, own error {reference['error_estimate']:.1e}"
    if reference.get("norm") == "mean":
        line += " in the mean"
    if reference.get("left_out"):
        line += f", {reference['left_out']} places beside a singularity left out"
    if reference.get("derived"):
        line += ", derived from the law"
    if reference.get("found"):
        line += " at the parameters found"
    if reference.get("order") is not None:
        line += f", order {reference['order']:.1f}"
    line = f"{line}, {reference['wall_s']:.2g} s"
    return f"{line}. {reference['remark']}" if reference.get("remark") else line


def _pathways(pathways: dict[str, Any], method: str) -> list[str]:
    classical = pathways["classical_s"]
    ended = pathways.get("classical_ended_s")
    late = f"not reached by a classical solver{'' if ended is None else f' in {ended:.2g} s'}"
    other = late if classical is None else f"classical {classical:.2g} s"
    name = NAMES.get(method, method)
    return [
        f"to a relative error of {pathways['error']:.1e}: {name} {pathways['run_s']:.2g} s, {other}",
        f"  {pathways['advice']}",
    ]


def _missed(miss: dict[str, float]) -> str:
    if "noise" in miss:
        return f"{miss['noise']:.2g} times the noise, {miss['relative']:.1e} of what was observed"
    return "met exactly" if miss["relative"] < EXACT else f"{miss['relative']:.1e} of its size"
