"""Trained width against distinct atoms: does weight decay leave as many different neurons as the data need?"""

import numpy as np

import lawful as lw
from lawful.nn import schemes

NOISE, ROWS = 0.1, 64


def data(seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.uniform(-1, 1, ROWS))[:, None]
    return x, np.sin(3 * x[:, 0]) + NOISE * rng.normal(size=ROWS)


def trained(width, decay, seed, epochs=400):
    """One layer of FitzHugh-Nagumo neurons, all rows in each step."""
    model = lw.learn.DynPMNNRegressor(
        (width,), scheme=schemes.SemiImplicit(), steps=3, epochs=epochs, patience=epochs, learning_rate=0.01,
        weight_decay=decay, batch_size=ROWS, validation_fraction=0.2, random_state=seed,
    )  # fmt: skip
    return model.fit(*data(seed))


def main(widths=(4, 8, 16, 32, 64), decays=(0.0, 0.03, 0.3), seeds=(0, 1, 2)):
    print("decay  width  seed    R2  distinct  idle  rank  moved  distinct at tolerance 0.1")
    for decay in decays:
        for width in widths:
            for seed in seeds:
                model = trained(width, decay, seed)
                x, y = data(seed)
                seen = lw.lens.depth.atoms(model, x, tolerance=0.01).layers[0]
                found = (
                    model.score(x, y),
                    seen.distinct,
                    seen.idle.sum(),
                    seen.rank,
                    seen.moved,
                    seen.distinct_at(0.1),
                )
                line = "{:5g}  {:5d}  {:4d}  {:.3f}  {:8d}  {:4d}  {:4d}  {:.0e}  {:d}"
                print(line.format(decay, width, seed, *found), flush=True)


if __name__ == "__main__":
    main()
