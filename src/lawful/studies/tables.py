"""Tables as files."""

import csv
import io
from pathlib import Path
from typing import Any

from .._atomic import write_atomically

Row = dict[str, Any]


def write_csv(path: Path, rows: list[Row]) -> None:
    """The rows, a column for each key in the order of first appearance."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_atomically(path, text.getvalue().encode())
