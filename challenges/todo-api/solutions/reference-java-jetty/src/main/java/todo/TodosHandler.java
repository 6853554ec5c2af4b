package todo;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.Request;

/** Lists to-dos, and creates them. */
final class TodosHandler extends JsonHandler {
    private final TodoStore store;

    TodosHandler(TodoStore store) {
        this.store = store;
    }

    @Override
    protected Answer answer(Request request) throws IOException {
        return switch (request.getMethod()) {
            case "GET", "HEAD" -> page(Rules.query(parameters(request)));
            case "POST" -> {
                Todo todo = store.create(Rules.whole(jsonObject(request)));
                yield new Answer(201, todo, Map.of("Location", "/todos/" + todo.id()));
            }
            default -> throw Problem.methodNotAllowed("GET, HEAD, POST");
        };
    }

    private Answer page(Rules.Query query) {
        var page = store.page(query);
        var body = new LinkedHashMap<String, Object>();
        body.put("items", page.items());
        body.put("total", page.total());
        body.put("limit", query.limit());
        body.put("offset", query.offset());
        return new Answer(200, body);
    }

    private static Map<String, String> parameters(Request request) {
        var parameters = new HashMap<String, String>();
        Request.extractQueryParameters(request).forEach(field -> parameters.put(field.getName(), field.getValue()));
        return parameters;
    }
}
