"""The report: whether relaxation helps, in sentences, each with its numbers and the spread over the seeds."""

from ..tables import Row
from .runs import ATTRACTED, ATTRACTED_DEPTH, EQUILIBRIUM, FEED_FORWARD, MARK, PER_LAYER, TRAINED, WIDTH
from .settings import FULL, Settings
from .tables import ALIKE, BETTER, WORSE

NAMES = {TRAINED: "w trained", PER_LAYER: "w trained per layer", EQUILIBRIUM: "deep equilibrium"}


def report_text(summary: list[Row], settings: Settings) -> str:
    """The report as Markdown, from the rows of summary.csv."""
    effort = settings.effort
    grid = [row for row in summary if row["depth"] is not None and MARK not in row["setting"]]
    blocks = [
        "# Relaxation networks on viscous Burgers",
        "u_t + u u_x = (0.01/pi) u_xx from sin(2 pi x) on [0, 1], u = 0 at both ends, walls and start met exactly. "
        f"Layers z <- (1 - w) z + w f(z W + b) of width {WIDTH}, {effort.steps} steps of SSBroyden on "
        f"{effort.points} points, {settings.seeds} seeds. Errors at t = 0.3 against the solution of Cole and Hopf. "
        "All numbers stand in summary.csv, a row a setting, and in runs.csv, a row a run.",
    ]
    if effort != FULL:
        blocks.append("**Shortened runs**: the shape of the account, not the numbers of a full study.")
    blocks += ["## Does relaxation help?", _answer(grid, settings.seeds)]
    blocks += [_depth(grid, depth) for depth in settings.depths]
    blocks.append(_deeper(grid, settings.depths))
    blocks += [_equilibrium(row) for row in summary if row["setting"] == EQUILIBRIUM]
    blocks += _attraction(summary)
    blocks += ["## The numbers (summary.csv)", _table(summary), _reading()]
    caption = (
        "Errors and attractor residuals against w; dots are runs, lines join geometric means over the seeds."
    )
    blocks += [
        "## Figure",
        f"![{caption}](figures/relaxation.png)\n\n{caption} Data: figures/relaxation.npz.",
    ]
    return "\n\n".join(blocks) + "\n"


def _answer(grid: list[Row], seeds: int) -> str:
    compared = [row for row in grid if row["setting"] != FEED_FORWARD]
    better, worse, alike = (
        [row for row in compared if row["told"] == told] for told in (BETTER, WORSE, ALIKE)
    )
    if better and worse:
        word = "It depends: relaxation helps at some settings and harms at others."
    elif better:
        word = "Relaxation helps at some settings and harms at none."
    elif worse:
        word = "Relaxation does not help."
    else:
        word = "Relaxation is not told apart from the feed-forward network by these seeds."
    best = min(grid, key=lambda row: row["l2"])
    return (
        f"**{word}** Of {len(compared)} settings with w other than 1, against w = 1 at the same depth and after as "
        f"many steps, {len(better)} are better, {len(worse)} worse, and {len(alike)} not told apart by these {seeds} "
        "seeds. "
        + (f"Better: {_several(better)}. " if better else "")
        + (f"Worse: {_several(worse)}. " if worse else "")
        + f"The least error of all has {_name(best)} at depth {best['depth']}: {_error(best)}."
    )


def _depth(grid: list[Row], depth: int) -> str:
    own = [row for row in grid if row["depth"] == depth]
    (control,) = (row for row in own if row["setting"] == FEED_FORWARD)
    others = sorted((row for row in own if row is not control), key=lambda row: row["l2"])
    told = "; ".join(f"{_name(row)} {_error(row)}, {_verdict(row)}" for row in others)
    tail = f" The others, from the least error on: {told}." if others else ""
    return f"Depth {depth}: w = 1 ends at {_error(control)}.{tail}"


def _deeper(grid: list[Row], depths: tuple[int, ...]) -> str:
    told = []
    for setting in (
        FEED_FORWARD,
        *(s for s in dict.fromkeys(row["setting"] for row in grid) if s != FEED_FORWARD),
    ):
        own = {row["depth"]: row["l2"] for row in grid if row["setting"] == setting}
        told.append(
            f"{_name({'setting': setting})} " + ", ".join(f"{own[d]:.1e}" for d in depths if d in own)
        )
    first = ", ".join(str(depth) for depth in depths)
    return (
        f"With depth (root mean square errors at the depths {first}; w per layer from 4 on): "
        + "; ".join(told)
        + "."
    )


def _equilibrium(row: Row) -> str:
    told = f"against {row['control']}, {_verdict(row)}"
    return f"Infinite depth: the deep equilibrium network ends at {_error(row)}; {told}."


def _attraction(summary: list[Row]) -> list[str]:
    drawn = [row for row in summary if MARK in row["setting"]]
    if not drawn:
        return []
    (plain,) = (row for row in summary if (row["setting"], row["depth"]) == (ATTRACTED, ATTRACTED_DEPTH))
    parts = [
        f"with weight {row['setting'].split(MARK)[1]} {_error(row)} at an attractor residual of "
        f"{row['attractor_gap']:.2g}, {_verdict(row)}"
        for row in drawn
    ]
    return [
        f"Attraction, the term that rewards closeness to the attractor, at w = {ATTRACTED} and depth "
        f"{ATTRACTED_DEPTH}: without it {_error(plain)} at an attractor residual of {plain['attractor_gap']:.2g}; "
        + "; ".join(parts)
        + "."
    ]


def _table(summary: list[Row]) -> str:
    lines = [
        "| setting | depth | rms e | least, largest | max \\|e\\| | against its control | p "
        "| residual of the attractor | parameters | s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in summary:
        p = "-" if row["p"] is None else f"{row['p']:.2g}"
        gap = "-" if row["attractor_gap"] is None else f"{row['attractor_gap']:.2g}"
        lines.append(
            f"| {_name(row)} | {row['depth'] or 'infinite'} | {row['l2']:.1e} | {row['l2_least']:.1e}, "
            f"{row['l2_largest']:.1e} | {row['linf']:.1e} | {row['told']} | {p} | {gap} | {row['n_params']:,} | "
            f"{row['train_s']:.0f} |"
        )
    return "\n".join(lines)


def _reading() -> str:
    return (
        "rms e and max |e| are geometric means over the seeds. `p` is that of a t-test on log10 of the rms error, with "
        "the spread pooled over the settings that share a control, times their number. The control is w = 1 at the "
        "same depth, for the equilibrium w = 1 at depth 2, for the attraction the same w without it. Below 0.05 they "
        "count as told apart, so that at most one family in twenty names a difference where there is none; with so "
        "few seeds differences smaller than the spread stay unseen. The same seed begins with the same weights for "
        "every w of a depth, which the test does not use. Steps are equal, seconds are not. The residual of the "
        "attractor is the root mean square of |f(z W + b) - z| / |z| over places and layers. SSBroyden is taken at "
        "every depth; by itself lawful takes Adam and L-BFGS beyond 5,000 parameters."
    )


def _name(row: Row) -> str:
    setting = row["setting"]
    if MARK in setting:
        w, weight = setting.split(MARK)
        return f"w = {w}, attraction {weight}"
    return NAMES.get(setting, f"w = {setting}")


def _error(row: Row) -> str:
    return f"{row['l2']:.1e} ({row['l2_least']:.1e} to {row['l2_largest']:.1e})"


def _verdict(row: Row) -> str:
    p = "" if row["p"] is None else f" (p = {row['p']:.2g})"
    if row["told"] == ALIKE:
        return f"not told apart by these seeds{p}"
    factor = 1 / row["ratio"] if row["told"] == BETTER else row["ratio"]
    return f"{row['told']}{p}, by a factor of {factor:.2g}"


def _several(rows: list[Row]) -> str:
    return "; ".join(f"{_name(row)} at depth {row['depth']}" for row in rows)
