# frozen_string_literal: true

require "sqlite3"

# To-dos in SQLite. Each change is one statement, so it is whole, whatever else is going on and whenever it is killed.
class TodoStore
  # Without AUTOINCREMENT, SQLite gives the id of a deleted to-do again.
  SCHEMA = <<~SQL
    CREATE TABLE IF NOT EXISTS todos (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      title TEXT NOT NULL,
      notes TEXT NOT NULL,
      done INTEGER NOT NULL,
      due TEXT
    )
  SQL
  ORDERS = { "id" => "id", "-id" => "id DESC", "due" => "due IS NULL, due, id" }.freeze
  # lower() folds A to Z only, which is what we promise; instr() knows no wildcards
  MATCHING = "FROM todos WHERE (:done IS NULL OR done = :done) AND instr(lower(title), lower(:q))"
  LARGEST_INTEGER = (2**63) - 1

  def initialize(path)
    @one_at_a_time = Mutex.new
    @database = SQLite3::Database.new(path, results_as_hash: true)
    # survives a killed process and is never corrupt; only a power cut could take the last writes
    @database.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; #{SCHEMA}")
  end

  def create(todo)
    query("INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING *", todo).first
  end

  def read(id) = query("SELECT * FROM todos WHERE id = :id", { id: }).first

  # Sets only these columns, so that a parallel request that sets others is not undone.
  def change(id, values)
    return read(id) if values.empty?

    assignments = values.keys.map { |name| "#{name} = :#{name}" }.join(", ") # names of ours, not the client's
    query("UPDATE todos SET #{assignments} WHERE id = :id RETURNING *", { **values, id: }).first
  end

  def delete(id) = query("DELETE FROM todos WHERE id = :id RETURNING *", { id: }).first

  # Returns a page of the to-dos that match, and how many match in all.
  def page(query)
    filter = query.slice(:done, :q)
    place = { limit: query[:limit], offset: [query[:offset], LARGEST_INTEGER].min }
    total = rows("SELECT count(*) AS total #{MATCHING}", filter).first["total"]
    order = ORDERS.fetch(query[:sort])
    [query("SELECT * #{MATCHING} ORDER BY #{order} LIMIT :limit OFFSET :offset", { **filter, **place }), total]
  end

  private

  def query(sql, values)
    rows(sql, values).map do |row|
      { id: row["id"], title: row["title"], notes: row["notes"], done: row["done"] == 1, due: row["due"] }
    end
  end

  # Runs one statement as a transaction of its own.
  def rows(sql, values)
    bound = values.transform_values { |value| { true => 1, false => 0 }.fetch(value, value) }
    @one_at_a_time.synchronize { @database.execute(sql, bound) }
  end
end
