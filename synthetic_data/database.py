"""Write a world as one SQLite file, for people who think in SQL.

The CSV files stay the canonical form: only their bytes are promised. The database holds the same
values with types, keys and indices, and any program that opens SQLite files can read it.
"""

import sqlite3
from pathlib import Path

import pandas as pd

from synthetic_data import columns, package, schema
from synthetic_data.errors import WorldError
from synthetic_data.schema import Column, Table
from synthetic_data.world import World

_TYPES = {"text": "TEXT", "whole": "INTEGER", "flag": "INTEGER", "time": "TEXT", "degree": "REAL"}


def write(world: World, path: str | Path, truth: bool = True) -> Path:
    """Write a world into a new SQLite file, all or nothing.

    Tables keep their names; those of the truth begin with `truth_`. The table `world` holds what
    the world was made from. Times are texts such as 2031-03-01T08:15:00Z, which sort and which
    SQLite's date functions understand; flags are 0 and 1; missing values are NULL.

    Args:
        world: the world.
        path: a file that does not exist yet.
        truth: write the truth, too, where the world has it.

    Raises:
        WorldError: the file exists or cannot be written.
    """
    path = package.unused(Path(path))
    with package.beside(path) as made:
        file = made / path.name
        try:
            _fill(file, world, truth and world.truth is not None)
        except sqlite3.Error as error:
            raise WorldError(f"cannot write {path}: {error}; nothing was kept") from error
        file.rename(path)
    return path


def _fill(file: Path, world: World, truth: bool) -> None:
    """Make the tables, the rows and the indices."""
    parts = [("", schema.present(schema.TABLES, schema.EXTRAS, world.tables), world.tables)]
    if truth:
        tables = schema.present(schema.TRUTH, schema.TRUTH_EXTRAS, world.truth)
        parts.append(("truth_", tables, world.truth))
    database = sqlite3.connect(file)
    try:
        # The file gets its name only when it is whole, so no journal is needed on the way.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("CREATE TABLE world (key TEXT PRIMARY KEY, value) WITHOUT ROWID")
        database.executemany("INSERT INTO world VALUES (?, ?)", sorted(world.meta.items()))
        for prefix, tables, data in parts:
            present = {table.name for table in tables}
            for table in tables:
                name = f'"{prefix}{table.name}"'
                database.execute(f"CREATE TABLE {name} ({_columns(table, prefix, present)})")
                values = [
                    _values(column, data[table.name][column.name]) for column in table.columns
                ]
                marks = ", ".join("?" * len(values))
                database.executemany(
                    f"INSERT INTO {name} VALUES ({marks})", zip(*values, strict=True)
                )
                for column in table.columns:
                    if column.name != table.key and (
                        column.kind == "time" or column.name in table.links
                    ):
                        database.execute(
                            f'CREATE INDEX "{prefix}{table.name}_{column.name}" '
                            f'ON {name} ("{column.name}")'
                        )
        database.commit()
    finally:
        database.close()


def _columns(table: Table, prefix: str, present: set[str]) -> str:
    """Return the columns of a CREATE TABLE."""
    lines = []
    for column in table.columns:
        line = f'"{column.name}" {_TYPES[column.kind]}'
        if column.name == table.key:
            line += " PRIMARY KEY"
        if not column.missing:
            line += " NOT NULL"
        if column.enum:
            words = ", ".join(f"'{word}'" for word in column.enum)
            line += f' CHECK ("{column.name}" IN ({words}))'
        if column.kind == "flag":
            line += f' CHECK ("{column.name}" IN (0, 1))'
        to, field = table.links.get(column.name, (None, None))
        if to in present:
            line += f' REFERENCES "{prefix}{to}" ("{field}")'
        lines.append(line)
    return ", ".join(lines)


def _values(column: Column, values: pd.Series) -> list:
    """Return the values as SQLite keeps them."""
    if column.kind == "time":
        return columns.stamps(columns.seconds(values)).tolist()
    if column.kind == "flag":
        return values.astype("int64").tolist()
    if column.missing:
        return [
            None if absent else value for absent, value in zip(values.isna(), values, strict=True)
        ]
    return values.tolist()
