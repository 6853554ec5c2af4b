package todo;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;

/** Reads, changes, replaces and deletes one to-do. */
final class TodoHandler extends JsonHandler {
    private static final Pattern PATH = Pattern.compile("/todos/([1-9][0-9]{0,17})");

    private final TodoStore store;

    TodoHandler(TodoStore store) {
        this.store = store;
    }

    @Override
    protected Answer answer(Request request) throws IOException {
        long id = id(request);
        return switch (request.getMethod()) {
            case "GET", "HEAD" -> found(store.read(id));
            case "PATCH" -> found(store.change(id, Rules.changes(jsonObject(request))));
            case "PUT" -> found(store.change(id, Rules.whole(jsonObject(request))));
            case "DELETE" -> {
                found(store.delete(id));
                yield new Answer(204, null);
            }
            default -> throw Problem.methodNotAllowed("GET, HEAD, PATCH, PUT, DELETE");
        };
    }

    /** Return the id in the path; 0, which no to-do has, if it does not look like one of ours. */
    private static long id(Request request) {
        var path = PATH.matcher(Request.getPathInContext(request));
        return path.matches() ? Long.parseLong(path.group(1)) : 0;
    }

    private static Answer found(Optional<Todo> todo) {
        return new Answer(200, todo.orElseThrow(Problem::notFound));
    }
}
