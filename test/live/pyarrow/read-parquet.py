# Prints the type of each column, then each row of the files as JSON.
import json
import sys

import pyarrow.parquet as parquet


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


tables = [parquet.read_table(path) for path in sys.argv[1:]]
print(json.dumps({field.name: str(field.type) for field in tables[0].schema}))
for table in tables:
    for row in table.to_pylist():
        print(json.dumps(row, default=plain))
