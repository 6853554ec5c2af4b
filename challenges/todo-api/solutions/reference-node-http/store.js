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
  #statements = new Map();

  constructor(path) {
    this.#database = new DatabaseSync(path);
    // survives a killed process and is never corrupt; only a power cut could take the last writes
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`);
  }

  create(todo) {
    return this.#todos(
      "INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING *",
      todo,
    )[0];
  }

  read(id) {
    return this.#todos("SELECT * FROM todos WHERE id = :id", { id })[0];
  }

  /** Set only these columns, so that a parallel request that sets others is not undone. */
  change(id, values) {
    const names = Object.keys(values); // those of a rule, not the client's
    if (names.length === 0) return this.read(id);
    const assignments = names.map((name) => `${name} = :${name}`).join(", ");
    return this.#todos(`UPDATE todos SET ${assignments} WHERE id = :id RETURNING *`, { ...values, id })[0];
  }

  delete(id) {
    return this.#todos("DELETE FROM todos WHERE id = :id RETURNING *", { id })[0];
  }

  /** Return a page of the to-dos that match, and how many match in all. */
  page({ done, q, sort, limit, offset }) {
    const [{ total }] = this.#rows(`SELECT count(*) AS total ${MATCHING}`, { done, q });
    const page = `SELECT * ${MATCHING} ORDER BY ${ORDERS[sort]} LIMIT :limit OFFSET :offset`;
    return { items: this.#todos(page, { done, q, limit, offset }), total };
  }

  #todos(sql, values) {
    return this.#rows(sql, values).map((row) => ({ ...row, done: row.done === 1 }));
  }

  /** Run one statement, which is prepared once, as a transaction of its own. */
  #rows(sql, { done, ...values }) {
    if (!this.#statements.has(sql)) this.#statements.set(sql, this.#database.prepare(sql));
    if (done !== undefined) values.done = done === null ? null : Number(done); // SQLite has no booleans
    return this.#statements.get(sql).all(values);
  }
}
