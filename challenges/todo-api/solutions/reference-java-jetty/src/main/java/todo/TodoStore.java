package todo;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** To-dos in SQLite. Each change is one statement, so it is whole, whenever the process is killed. */
final class TodoStore {
    // without AUTOINCREMENT, SQLite gives the id of a deleted to-do again
    private static final String SCHEMA = """
            CREATE TABLE IF NOT EXISTS todos (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                title TEXT NOT NULL,
                notes TEXT NOT NULL,
                done INTEGER NOT NULL,
                due TEXT
            )""";
    private static final Map<String, String> ORDERS =
            Map.of("id", "id", "-id", "id DESC", "due", "due IS NULL, due, id");
    // lower() folds A to Z only, which is what we promise; instr() knows no wildcards
    private static final String MATCHING =
            "FROM todos WHERE (?1 IS NULL OR done = ?1) AND instr(lower(title), lower(?2))";

    private final Connection connection;

    /** A page of the to-dos that match, and how many match in all. */
    record Page(List<Todo> items, long total) {}

    TodoStore(Path path) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + path);
        try (var statement = connection.createStatement()) {
            // survives a killed process and is never corrupt; only a power cut could take the last writes
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute(SCHEMA);
        }
    }

    Todo create(Map<String, Object> todo) {
        var values = List.of(todo.get("title"), todo.get("notes"), todo.get("done"));
        var parameters = new ArrayList<>(values);
        parameters.add(todo.get("due"));
        return todos("INSERT INTO todos (title, notes, done, due) VALUES (?, ?, ?, ?) RETURNING *", parameters)
                .getFirst();
    }

    Optional<Todo> read(long id) {
        return todos("SELECT * FROM todos WHERE id = ?", List.of(id)).stream().findFirst();
    }

    /** Set only these columns, so that a parallel request that sets others is not undone. */
    Optional<Todo> change(long id, Map<String, Object> values) {
        if (values.isEmpty()) {
            return read(id);
        }
        // names of ours, not the client's
        String assignments = values.keySet().stream().map(name -> name + " = ?").collect(Collectors.joining(", "));
        var parameters = new ArrayList<>(values.values());
        parameters.add(id);
        return todos("UPDATE todos SET " + assignments + " WHERE id = ? RETURNING *", parameters).stream().findFirst();
    }

    Optional<Todo> delete(long id) {
        return todos("DELETE FROM todos WHERE id = ? RETURNING *", List.of(id)).stream().findFirst();
    }

    Page page(Rules.Query query) {
        var filter = new ArrayList<Object>();
        filter.add(query.done());
        filter.add(query.q());
        long total = query("SELECT count(*) " + MATCHING, filter, rows -> rows.getLong(1)).getFirst();
        filter.addAll(List.of(query.limit(), query.offset()));
        String order = ORDERS.get(query.sort());
        return new Page(todos("SELECT * " + MATCHING + " ORDER BY " + order + " LIMIT ?3 OFFSET ?4", filter), total);
    }

    private List<Todo> todos(String sql, List<Object> parameters) {
        return query(sql, parameters, rows -> new Todo(
                rows.getLong("id"),
                rows.getString("title"),
                rows.getString("notes"),
                rows.getBoolean("done"),
                rows.getString("due")));
    }

    private interface Reader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    /** Run one statement as a transaction of its own; one at a time, since they share the connection. */
    private synchronized <T> List<T> query(String sql, List<Object> parameters, Reader<T> reader) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < parameters.size(); index++) {
                statement.setObject(index + 1, parameters.get(index));
            }
            var found = new ArrayList<T>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(reader.read(rows));
                }
            }
            return found;
        } catch (SQLException error) {
            throw new IllegalStateException("the database failed", error);
        }
    }
}
