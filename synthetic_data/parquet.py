"""Write the tables of a world as Parquet files, for people whose tools read columns.

The CSV files stay the canonical form. The bytes of a Parquet file depend on the version of
pyarrow, so only its values are promised. pyarrow is no part of the course's environment, because
with it pandas keeps texts in another way; an instructor adds it.
"""

from collections.abc import Iterable

from synthetic_data import columns
from synthetic_data.errors import WorldError
from synthetic_data.schema import Table


def check() -> None:
    """Make sure that pyarrow is there.

    Raises:
        WorldError: says how to install it.
    """
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise WorldError(
            "Parquet files need the package pyarrow, which the course does not bring; "
            "install it with: python -m pip install -r locks/scale.txt"
        ) from error


def _schema(table: Table):
    """Return the columns of a table as pyarrow names them; times are in UTC."""
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "whole": pa.int64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "degree": pa.float64(),
    }
    few = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            pa.field(column.name, few if column.enum else kinds[column.kind], column.missing)
            for column in table.columns
        ]
    )


def piece(table: Table, rows):
    """Return a piece of a table as a pyarrow table."""
    import pyarrow as pa

    data = columns.frame(table, columns.made(rows))
    return pa.Table.from_pandas(data, schema=_schema(table), preserve_index=False)


def write(file, table: Table, pieces: Iterable) -> None:
    """Write pieces into an open file, each as a row group."""
    from pyarrow import parquet

    with parquet.ParquetWriter(file, _schema(table), compression="zstd") as writer:
        for part in pieces:
            writer.write_table(part)
