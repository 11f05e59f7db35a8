"""Does a world written as Parquet hold what its CSV files hold? `python benchmarks/parquet.py`

Needs pyarrow (`locks/scale.txt`), so it is no part of the test suite: there pandas must not find
pyarrow, and a test that fetched it would fail where there is no network. The script writes one
world in both forms, compares every value, and compares the CSV files with those of a process that
cannot see pyarrow.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

WITHOUT = "import sys; sys.modules['pyarrow'] = None; from socmint.__main__ import main; "


def main() -> None:
    """Write, compare, and print what was found."""
    import pandas as pd

    from socmint.__main__ import main as socmint
    from synthetic_data import World, schema

    with tempfile.TemporaryDirectory() as place:
        out = {form: str(Path(place) / form) for form in ("csv", "parquet", "plain")}
        words = ["world", "new", "--scenario", "harbour", "--accounts", "4000", "--out"]
        for form in ("csv", "parquet"):
            begun = time.process_time()
            if socmint([*words, out[form], "--format", form]):
                sys.exit(1)
            size = sum(path.stat().st_size for path in Path(out[form]).rglob("*") if path.is_file())
            print(f"{form}: {time.process_time() - begun:.2f} CPU seconds, {size / 1e6:.1f} MB")
        made = World.read(out["csv"])
        parts = (
            ("", schema.TABLES, schema.EXTRAS, made.tables),
            ("truth", schema.TRUTH, schema.TRUTH_EXTRAS, made.truth),
        )
        for sub, tables, extras, data in parts:
            for table in schema.present(tables, extras, data):
                found = pd.read_parquet(Path(out["parquet"]) / sub / f"{table.name}.parquet")
                few = [column.name for column in table.columns if column.enum]
                found[few] = found[few].astype("str")
                pd.testing.assert_frame_equal(found, data[table.name])
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        command = f"{WITHOUT} sys.exit(main({[*words, out['plain']]!r}))"
        subprocess.run([sys.executable, "-c", command], check=True, env=env)
        for path in Path(out["csv"]).rglob("*"):
            if path.is_file():
                other = Path(out["plain"]) / path.relative_to(out["csv"])
                assert path.read_bytes() == other.read_bytes(), path
    print("Parquet holds the values of the CSV files; the CSV files are the same without pyarrow")


if __name__ == "__main__":
    main()
