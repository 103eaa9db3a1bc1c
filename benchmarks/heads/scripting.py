"""Train the head scripting@1 on STAR (MIT): `python benchmarks/heads/scripting.py DATA`.

Rows are script lines found in agent turns, clean and with recogniser errors; a row is positive when the
turn was picked from the suggestions. Weights are not negative on what must count for the line, so no
better alignment ever scores lower. Picked and typed TURNS weigh the same, found lines in them or not:
real contacts are not 88 % script.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from models.heads import FOLDER, save_head
from models.script_match import FEATURES, HEAD


def main(data: Path, home: Path = FOLDER / HEAD) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from scripting_star import SEED, fit, fold_of, heard_turns, read_star, rows_of, task_groups, vocabulary

    dialogues, responses = read_star(data)
    customers = vocabulary(dialogues)
    turns = [
        one
        for group in task_groups(responses)
        for one in heard_turns(fold_of(dialogues, responses, group), customers)
    ]
    rows, looked_at = rows_of(turns)
    weights, bias = fit(rows, looked_at)
    about = {
        "data": [{"name": "STAR (Mosig et al. 2020)", "licence": "MIT", "rows": len(rows)}],
        "date": datetime.now(UTC).date().isoformat(),
        "made_by": "benchmarks/heads/scripting.py",
        "seed": SEED,
        "unit": "a script line found in an agent turn, judged in the sentences it touches",
    }
    digest = save_head(
        home, weights=weights, bias=bias, features=FEATURES, thresholds={"line": 0.5}, about=about
    )
    print(
        json.dumps(
            {
                "weights": dict(zip(FEATURES, map(float, weights), strict=True)),
                "bias": bias,
                "sha256": digest,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
