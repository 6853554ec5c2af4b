// To-dos in SQLite. Each change is one statement, so it is whole, whatever else is going on and whenever it is killed.

import { DatabaseSync } from "node:sqlite";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS todos (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- without AUTOINCREMENT, SQLite gives the id of a deleted to-do again
    title TEXT NOT NULL,
    notes TEXT NOT NULL,
    done INTEGER NOT NULL,
    due TEXT
  ) STRICT`;

const ORDERS = { id: "id", "-id": "id DESC", due: "due IS NULL, due, id" };

// lower() folds A to Z only, which is what we promise; instr() knows no wildcards
const MATCHING = "FROM todos WHERE (:done IS NULL OR done = :done) AND instr(lower(title), lower(:q))";

export class TodoStore {
  #database;

  constructor(path) {
    this.#database = new DatabaseSync(path);
    // survives a killed process and is never corrupt; only a power cut could take the last writes
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    this.#database.exec(SCHEMA);
  }

  create(todo) {
    return this.#one(
      "INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING *",
      todo,
    );
  }

  read(id) {
    return this.#one("SELECT * FROM todos WHERE id = :id", { id });
  }

  /** Set only these columns, so that a parallel request that sets others is not undone. */
  change(id, values) {
    const names = Object.keys(values); // those of a schema, not the client's
    if (names.length === 0) return this.read(id);
    const assignments = names.map((name) => `${name} = :${name}`).join(", ");
    return this.#one(`UPDATE todos SET ${assignments} WHERE id = :id RETURNING *`, { ...values, id });
  }

  delete(id) {
    return this.#one("DELETE FROM todos WHERE id = :id RETURNING *", { id });
  }

  page({ done = null, q, sort, limit, offset }) {
    const filter = forSqlite({ done, q });
    const { total } = this.#database.prepare(`SELECT count(*) AS total ${MATCHING}`).get(filter);
    const rows = this.#database
      .prepare(`SELECT * ${MATCHING} ORDER BY ${ORDERS[sort]} LIMIT :limit OFFSET :offset`)
      .all({ ...filter, limit, offset });
    return { items: rows.map(asTodo), total };
  }

  #one(sql, values) {
    const row = this.#database.prepare(sql).get(forSqlite(values));
    return row && asTodo(row);
  }
}

/** SQLite has no booleans. */
function forSqlite(values) {
  return "done" in values && values.done !== null ? { ...values, done: Number(values.done) } : values;
}

function asTodo(row) {
  return { ...row, done: row.done === 1 };
}
