<?php

declare(strict_types=1);

namespace TodoApi;

use PDO;

/** To-dos in SQLite. Each change is one statement, so it is whole, whatever else goes on and whenever it is killed. */
final readonly class TodoStore
{
    private const string SCHEMA = <<<'SQL'
        CREATE TABLE IF NOT EXISTS todos (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- without AUTOINCREMENT, SQLite gives the id of a deleted to-do again
            title TEXT NOT NULL,
            notes TEXT NOT NULL,
            done INTEGER NOT NULL,
            due TEXT
        )
        SQL;
    private const array ORDERS = ['id' => 'id', '-id' => 'id DESC', 'due' => 'due IS NULL, due, id'];

    // lower() folds A to Z only, which is what we promise; instr() knows no wildcards
    private const string MATCHING = 'FROM todos WHERE (:done IS NULL OR done = :done) AND instr(lower(title), lower(:q))';

    private PDO $database;

    public function __construct(string $path)
    {
        $this->database = new PDO("sqlite:$path", options: [PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC]);
        // several workers write to the file: each waits for its turn
        $this->database->exec('PRAGMA busy_timeout = 2500');
        // survives a killed process and is never corrupt; only a power cut could take the last writes
        $this->database->exec('PRAGMA journal_mode = WAL');
        $this->database->exec('PRAGMA synchronous = NORMAL');
        $this->database->exec(self::SCHEMA);
    }

    /**
     * @param array<string, mixed> $todo
     * @return array<string, mixed>
     */
    public function create(array $todo): array
    {
        $insert = 'INSERT INTO todos (title, notes, done, due) VALUES (:title, :notes, :done, :due) RETURNING *';
        return $this->todos($insert, $todo)[0];
    }

    /** @return array<string, mixed>|null */
    public function read(int $id): ?array
    {
        return $this->todos('SELECT * FROM todos WHERE id = :id', ['id' => $id])[0] ?? null;
    }

    /**
     * Sets only these columns, so that a parallel request that sets others is not undone.
     *
     * @param array<string, mixed> $values
     * @return array<string, mixed>|null
     */
    public function change(int $id, array $values): ?array
    {
        if ($values === []) {
            return $this->read($id);
        }
        // names of ours, not the client's
        $assignments = implode(', ', array_map(static fn (string $name) => "$name = :$name", array_keys($values)));
        $update = "UPDATE todos SET $assignments WHERE id = :id RETURNING *";
        return $this->todos($update, [...$values, 'id' => $id])[0] ?? null;
    }

    /** @return array<string, mixed>|null */
    public function delete(int $id): ?array
    {
        return $this->todos('DELETE FROM todos WHERE id = :id RETURNING *', ['id' => $id])[0] ?? null;
    }

    /**
     * Returns a page of the to-dos that match, and how many match in all.
     *
     * @param array<string, mixed> $query
     * @return array{list<array<string, mixed>>, int}
     */
    public function page(array $query): array
    {
        $filter = ['done' => $query['done'], 'q' => $query['q']];
        $place = ['limit' => $query['limit'], 'offset' => $query['offset']];
        [['total' => $total]] = $this->rows('SELECT count(*) AS total ' . self::MATCHING, $filter);
        $order = self::ORDERS[$query['sort']];
        $select = 'SELECT * ' . self::MATCHING . " ORDER BY $order LIMIT :limit OFFSET :offset";
        return [$this->todos($select, [...$filter, ...$place]), $total];
    }

    /**
     * @param array<string, mixed> $values
     * @return list<array<string, mixed>>
     */
    private function todos(string $sql, array $values): array
    {
        return array_map(
            static fn (array $row) => [...$row, 'done' => (bool) $row['done']],
            $this->rows($sql, $values),
        );
    }

    /**
     * Runs one statement as a transaction of its own.
     *
     * @param array<string, mixed> $values
     * @return list<array<string, mixed>>
     */
    private function rows(string $sql, array $values): array
    {
        $statement = $this->database->prepare($sql);
        foreach ($values as $name => $value) {
            $type = match (true) {
                is_int($value) => PDO::PARAM_INT,
                is_bool($value) => PDO::PARAM_BOOL,
                $value === null => PDO::PARAM_NULL,
                default => PDO::PARAM_STR,
            };
            $statement->bindValue($name, $value, $type);
        }
        $statement->execute();
        return $statement->fetchAll();
    }
}
