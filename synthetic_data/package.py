"""Write a world as a Frictionless Data Package and read it back, with every byte checked.

Canonical CSV: UTF-8, line feeds, columns in schema order, rows as in the table, whole numbers,
times as 2031-03-01T08:15:00Z, missing values and empty texts as nothing between the commas. The
descriptor `datapackage.json` holds schema, SHA-256 and size of each file (specification at
https://datapackage.org).
"""

import csv
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from synthetic_data import city, columns, parquet, schema
from synthetic_data.columns import Rows
from synthetic_data.errors import WorldError
from synthetic_data.schema import Table
from synthetic_data.world import World

DESCRIPTOR = "datapackage.json"
MAP = "city.geojson"
_TYPES = {
    "text": "string",
    "whole": "integer",
    "flag": "boolean",
    "time": "datetime",
    "degree": "number",
}


_FORMS = {
    "csv": {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"},
    "parquet": {"format": "parquet", "mediatype": "application/vnd.apache.parquet"},
}


def csv_bytes(table: Table, data: pd.DataFrame) -> bytes:
    """Return a table as canonical CSV.

    Example:
        >>> from synthetic_data.schema import BY_NAME, frame
        >>> csv_bytes(BY_NAME["scope"], frame(BY_NAME["scope"], {"account_id": ["a-1"], "reason": ["x"]}))
        b'account_id,reason\\na-1,x\\n'
    """  # noqa: E501
    return b"".join(csv_pieces(table, data))


BLOCK = 25_000  # rows of a DataFrame that are turned into texts at a time
PIECE = 100_000  # rows of a table that is made while it is written: few texts in memory, and
# enough of each sort that making them in one go pays


def pieces(table: Table, data: pd.DataFrame | Rows) -> Iterator:
    """Yield the pieces of a table, in order; `columns.made` gives their columns."""
    for start in range(0, len(data), PIECE if isinstance(data, Rows) else BLOCK):
        if isinstance(data, Rows):
            yield data.take(np.arange(start, min(start + PIECE, len(data))))
        else:
            yield columns.of_frame(table, data.iloc[start : start + BLOCK])


def csv_pieces(table: Table, data: pd.DataFrame | Rows, run: Callable = map) -> Iterator:
    """Yield a table as canonical CSV, in pieces of bytes, the header first.

    Args:
        table: the schema.
        data: the table.
        run: works like `map`, perhaps in other processes; the order of the results is that of the
            pieces, so the bytes are the same.
    """
    yield columns.header(table)
    for blocks in run(partial(_csv, table), pieces(table, data)):
        yield from blocks


def _csv(table: Table, piece) -> list[np.ndarray]:
    return columns.csv_blocks(table, columns.made(piece))


def descriptor(
    name: str, tables: list[Table], sizes: dict[str, dict], meta: dict, form: str = "csv"
) -> dict:
    """Return the content of `datapackage.json`; `sizes` has bytes, hash, rows per table."""
    present = {table.name for table in tables}
    resources = []
    for table in tables:
        keys = [
            {
                "fields": [column],
                "reference": {"resource": "" if to == table.name else to, "fields": [field]},
            }
            for column, (to, field) in table.links.items()
            if to in present
        ]
        resources.append(
            {
                "name": table.name,
                "path": f"{table.name}.{form}",
                "description": table.description,
                "profile": "tabular-data-resource",
                **_FORMS[form],
                **sizes[table.name],
                "schema": {
                    "fields": [_field(table, column) for column in table.columns],
                    "primaryKey": [table.key],
                    "missingValues": [""],
                    **({"foreignKeys": keys} if keys else {}),
                },
            }
        )
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": meta["title"],
        "description": "Fully invented data of the island state of Meridia. No real person occurs.",
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0"}],
        "world": meta,
        "resources": resources,
    }


def _field(table: Table, column) -> dict:
    """Return the Frictionless description of a column."""
    limits: dict = {}
    if column.name == table.key:
        limits |= {"required": True, "unique": True}
    if column.enum:
        limits["enum"] = column.enum
    if column.kind == "whole":
        limits["minimum"] = 0
    field = {"name": column.name, "type": _TYPES[column.kind], "description": column.description}
    if column.kind == "time":
        field["format"] = "%Y-%m-%dT%H:%M:%SZ"
    return field | ({"constraints": limits} if limits else {})


def free(folder: Path) -> Path:
    """Return the full path of a folder that holds nothing.

    Raises:
        WorldError: it holds something, or is a file.
    """
    folder = folder.absolute()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WorldError(f"{folder} is not empty; choose a folder that does not exist yet")
    except OSError as error:
        raise WorldError(f"cannot write {folder}: {error.strerror}") from error
    return folder


def unused(path: Path) -> Path:
    """Return the full path of a file that does not exist yet.

    Raises:
        WorldError: it exists, be it as a link that leads nowhere, or cannot exist.
    """
    path = path.absolute()
    try:
        if path.exists() or path.is_symlink():
            raise WorldError(f"{path} exists already; choose a file that does not exist yet")
    except OSError as error:
        raise WorldError(f"cannot write {path}: {error.strerror}") from error
    return path


def write(
    world: World,
    folder: Path,
    truth: bool = True,
    form: str = "csv",
    run: Callable = map,
    tell: Callable[[float, str], None] | None = None,
) -> Path:
    """Write a world; see `World.write`.

    Args:
        world: the world; its tables may be `columns.Rows`.
        folder: where to; must not hold anything.
        truth: write the truth, too, into the sub-folder `truth`.
        form: `csv`, the canonical form, or `parquet`.
        run: works like `map`, perhaps in other processes.
        tell: called with the share of rows that are written and a word.
    """
    folder = free(folder)
    if truth and world.truth is None:
        truth = False
    name = f"{world.meta['scenario']}-{world.meta['seed']}-{world.meta['accounts']}"
    parts = [("", name, schema.TABLES, schema.EXTRAS, world.tables)]
    if truth:
        parts.insert(0, ("truth", f"{name}-truth", schema.TRUTH, schema.TRUTH_EXTRAS, world.truth))
    total = sum(len(table) for *_, data in parts for table in data.values())
    done = 0

    def counted(function, items):
        nonlocal done
        for piece in run(function, items):
            yield piece
            done = min(done + step, total)
            if tell:
                tell(done / max(total, 1), "writing")

    with beside(folder) as made:
        for sub, title, fixed, extras, data in parts:
            (made / sub).mkdir(exist_ok=True)
            sizes = {}
            tables = schema.present(fixed, extras, data)
            for table in tables:
                step = PIECE if isinstance(data[table.name], Rows) else BLOCK
                step = min(step, len(data[table.name]))
                path = made / sub / f"{table.name}.{form}"
                sizes[table.name] = _store(path, form, table, data[table.name], counted)
            _describe(made / sub, title, tables, sizes, world.meta, form, "places" in data)
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    return folder


class _Hashed(io.RawIOBase):
    """A file that is written once, with its length and its SHA-256."""

    def __init__(self, path: Path):
        self.file, self.digest, self.length = path.open("wb"), hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.digest.update(data)
        self.length += self.file.write(data)
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


def _store(path: Path, form: str, table: Table, data: pd.DataFrame | Rows, run: Callable) -> dict:
    """Write one table and return what the descriptor says of its file."""
    with _Hashed(path) as file:
        if form == "parquet":
            parquet.write(file, table, run(partial(parquet.piece, table), pieces(table, data)))
        else:
            for piece in csv_pieces(table, data, run):
                file.write(piece)
    return {
        "bytes": file.length,
        "hash": "sha256:" + file.digest.hexdigest(),
        "rows": len(data),
    }


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside a target, and remove what is left of it afterwards.

    Raises:
        WorldError: in place of any OSError, such as a full disk.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise WorldError(f"cannot write beside {target}: {error.strerror}") from error
    try:
        yield made
    except OSError as error:
        raise WorldError(f"cannot write {target}: {error.strerror}; nothing was kept") from error
    finally:
        # Whatever happened, Ctrl-C included, nothing half-written stays behind.
        if made.exists():
            shutil.rmtree(made, ignore_errors=True)


def _describe(
    folder: Path, name: str, tables: list[Table], sizes: dict, meta: dict, form: str, map_: bool
) -> None:
    """Write the map, if there is one, and the descriptor."""
    package = descriptor(name, tables, sizes, meta, form)
    if map_:
        package["profile"] = "data-package"  # not tables alone
        package["resources"].append(_write_map(folder))
    package["hash"] = _seal(package)
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    (folder / DESCRIPTOR).write_text(text, encoding="utf-8", newline="\n")


def _seal(package: dict) -> str:
    """Return the SHA-256 of what a descriptor says, however it is laid out in its file."""
    text = json.dumps(package, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _write_map(folder: Path) -> dict:
    """Write the map of the city and return its resource."""
    content = (json.dumps(city.geojson(), ensure_ascii=False) + "\n").encode()
    (folder / MAP).write_bytes(content)
    return {
        "name": "city",
        "path": MAP,
        "description": "Districts and streets of Puerto Claro",
        "profile": "data-resource",
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
    }


def read(folder: Path, tell: Callable[[float, str], None] | None = None) -> World:
    """Read a world; see `World.read`. `tell` is called with a share and the name of a table."""
    tables, meta = _read_part(folder, schema.TABLES, schema.EXTRAS, tell)
    if not (folder / "truth").exists():
        return World(meta=meta, tables=tables, truth=None)
    truth, of = _read_part(folder / "truth", schema.TRUTH, schema.TRUTH_EXTRAS)
    if of != meta:
        raise WorldError(
            f"the truth in {folder} is that of another world: {of['scenario']}, seed {of['seed']}, "
            f"{of['accounts']:,} accounts; make the world again"
        )
    return World(meta=meta, tables=tables, truth=truth)


def read_truth(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the truth of a world, wherever it is kept; errors as in `World.read`."""
    return _read_part(folder, schema.TRUTH, schema.TRUTH_EXTRAS)[0]


def _read_part(
    folder: Path,
    tables: list[Table],
    extras: list[Table],
    tell: Callable[[float, str], None] | None = None,
) -> tuple[dict[str, pd.DataFrame], dict]:
    """Read and check the files of one package; `extras` are read where it lists them."""
    try:
        return _checked(folder, tables, extras, tell or (lambda share, label: None))
    except OSError as error:
        raise WorldError(f"cannot read {error.filename or folder}: {error.strerror}") from error


def _checked(
    folder: Path, tables: list[Table], extras: list[Table], tell: Callable[[float, str], None]
) -> tuple[dict[str, pd.DataFrame], dict]:
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise WorldError(f"{folder} is not a world folder: it has no {DESCRIPTOR}")
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        meta, version = package["world"], package["world"]["version"]
        sealed = package.pop("hash", None)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WorldError(f"{path.name} in {folder} is damaged; make the world again") from error
    if version != schema.VERSION:
        raise WorldError(
            f"{path.name} in {folder} is of world version {version}, "
            f"this program reads {schema.VERSION}; make the world again"
        )
    if sealed != _seal(package):
        raise WorldError(
            f"{path.name} in {folder} was changed after it was made: its content differs from the "
            "SHA-256 in it; make the world again"
        )
    try:
        resources = {entry["name"]: entry for entry in package["resources"]}
        drawn = resources.pop("city", {}).get("hash")
        forms = {entry["format"] for entry in resources.values()}
        promised = {name: (entry["hash"], entry["rows"]) for name, entry in resources.items()}
    except (ValueError, KeyError, TypeError) as error:
        raise WorldError(f"{path.name} in {folder} is damaged; make the world again") from error
    if "parquet" in forms:
        raise WorldError(
            f"{folder} holds Parquet files; open them with pandas.read_parquet, or make the world "
            "again as CSV"
        )
    found = {}
    listed = schema.present(tables, extras, promised)
    for number, table in enumerate(listed):
        if table.name not in promised:
            raise WorldError(f"{path.name} in {folder} does not list the table {table.name}")
        tell(number / len(listed), table.name)
        found[table.name] = _read_table(folder / f"{table.name}.csv", table, *promised[table.name])
    tell(1.0, "ready")
    if drawn:
        path = folder / MAP
        if not path.is_file():
            raise WorldError(f"{MAP} is missing from {folder}")
        if "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() != drawn:
            raise WorldError(
                f"{MAP} was changed after it was made: its SHA-256 differs from {DESCRIPTOR}"
            )
    return found, meta


def _read_table(path: Path, table: Table, digest: str, rows: int) -> pd.DataFrame:
    """Read one CSV file; the order of the checks gives the most telling sentence first."""
    if not path.is_file():
        raise WorldError(f"{path.name} is missing from {path.parent}")
    content = path.read_bytes()
    try:
        header = next(csv.reader([content.split(b"\n", 1)[0].decode("utf-8-sig")]), [])
    except UnicodeDecodeError as error:
        raise WorldError(f"{path.name} is not UTF-8 text; make the world again") from error
    except csv.Error as error:
        raise WorldError(f"{path.name} is not a valid CSV file; make the world again") from error
    for name in table.names:
        if name not in header:
            raise WorldError(f"{path.name} has no column {name!r}; make the world again")
    if header != table.names:
        raise WorldError(f"{path.name} has other columns than {', '.join(table.names)}")
    if not content.endswith(b"\n"):
        raise WorldError(f"{path.name} is cut off in its last line; make the world again")
    try:
        data = pd.read_csv(
            io.BytesIO(content), dtype="str", keep_default_na=False, encoding="utf-8"
        )
    except (UnicodeDecodeError, pd.errors.ParserError) as error:
        raise WorldError(f"{path.name} is not a valid CSV file; make the world again") from error
    if len(data) != rows:
        raise WorldError(
            f"{path.name} has {len(data):,} rows, {DESCRIPTOR} says {rows:,}; make the world again"
        )
    columns = {}
    for column in table.columns:
        try:
            columns[column.name] = _typed(data[column.name], column)
        except (ValueError, TypeError, OverflowError) as error:
            kind = _WORDS[column.kind]
            raise WorldError(
                f"{path.name}: column {column.name!r} holds a value that is not {kind}"
            ) from error
    if "sha256:" + hashlib.sha256(content).hexdigest() != digest:
        raise WorldError(
            f"{path.name} was changed after it was made: its SHA-256 differs from {DESCRIPTOR}"
        )
    return schema.frame(table, columns)


_WORDS = {
    "whole": "a whole number",
    "degree": "a number with five decimals",
    "flag": "true or false",
    "time": "a time",
    "text": "text",
}


def _typed(values: pd.Series, column):
    """Turn a column of texts into its own type, strictly."""
    if column.kind == "whole":
        return values.astype("int64")
    if column.kind == "degree":
        if not values.str.fullmatch(r"-?\d{1,3}\.\d{5}").all():
            raise ValueError(column.name)
        return values.astype("float64")
    if column.kind == "flag":
        if not values.isin(["true", "false"]).all():
            raise ValueError(column.name)
        return values == "true"
    if column.kind == "time":
        if not (values.str.len().eq(20) & values.str.endswith("Z")).all():
            raise ValueError(column.name)
        return pd.to_datetime(values, format="ISO8601", utc=True)
    return values.where(values != "") if column.missing else values
