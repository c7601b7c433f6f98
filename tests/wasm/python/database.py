import os, sqlite3, tempfile

path = os.path.join(tempfile.mkdtemp(), "shop.db")
with sqlite3.connect(path) as connection:
    connection.execute("create table sales(day text, item text, count integer, price real)")
    rows = [("mon", "pear", 3, 1.5), ("mon", "apple", 2, 0.5), ("tue", "pear", 1, 1.5)]
    connection.executemany("insert into sales values (?, ?, ?, ?)", rows)
connection.close()
connection = sqlite3.connect(path)
connection.row_factory = sqlite3.Row
for row in connection.execute("select item, sum(count * price) as total from sales group by item order by total desc"):
    print(dict(row))
print(connection.execute("select count(*) from sales where day = :day", {"day": "mon"}).fetchone()[0])
try:
    connection.execute("select * from nothing")
except sqlite3.OperationalError as error:
    print(error)
connection.create_function("twice", 1, lambda value: value * 2)
print(connection.execute("select twice(21)").fetchone()[0], connection.total_changes)
try:
    with connection:
        connection.execute("insert into sales values ('wed', 'fig', 1, 1)")
        raise ValueError("no")
except ValueError:
    pass
print(connection.execute("select count(*) from sales").fetchone()[0])
memory = sqlite3.connect(":memory:")
memory.executescript("create table t(a primary key, b); insert into t values (1, 'x'), (2, null);")
try:
    memory.execute("insert into t values (1, 'again')")
except sqlite3.IntegrityError as error:
    print(error)
print(list(memory.execute("select * from t")), list(memory.execute("select json_extract('{\"a\": [1, 2]}', '$.a[1]')")))
