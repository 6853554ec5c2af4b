package todo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Answers requests; throws {@link Problem} where one is refused. */
final class Api {
    private static final Pattern ITEM = Pattern.compile("/todos/([^/]+)");
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    private final TodoStore store;
    private final ObjectMapper mapper =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    Api(TodoStore store) {
        this.store = store;
    }

    Response answer(Request request) {
        if (request.path().equals("/todos")) {
            return switch (request.method()) {
                case "GET", "HEAD" -> page(request);
                case "POST" -> create(request);
                default -> throw Problem.methodNotAllowed("GET, HEAD, POST");
            };
        }
        var item = ITEM.matcher(request.path());
        if (!item.matches()) {
            throw Problem.notFound();
        }
        // what does not look like an id of ours belongs to no to-do
        long id = ID.matcher(item.group(1)).matches() ? Long.parseLong(item.group(1)) : 0;
        return switch (request.method()) {
            case "GET", "HEAD" -> found(store.read(id));
            case "PATCH" -> found(store.change(id, Rules.changes(jsonObject(request))));
            case "PUT" -> found(store.change(id, Rules.whole(jsonObject(request))));
            case "DELETE" -> {
                found(store.delete(id));
                yield new Response(204, null);
            }
            default -> throw Problem.methodNotAllowed("GET, HEAD, PATCH, PUT, DELETE");
        };
    }

    private Response page(Request request) {
        var query = Rules.query(request.query());
        var page = store.page(query);
        var body = new LinkedHashMap<String, Object>();
        body.put("items", page.items());
        body.put("total", page.total());
        body.put("limit", query.limit());
        body.put("offset", query.offset());
        return new Response(200, body);
    }

    private Response create(Request request) {
        Todo todo = store.create(Rules.whole(jsonObject(request)));
        return new Response(201, todo, Map.of("Location", "/todos/" + todo.id()));
    }

    private static Response found(Optional<Todo> todo) {
        return new Response(200, todo.orElseThrow(Problem::notFound));
    }

    private ObjectNode jsonObject(Request request) {
        if (!request.contentType().split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw Problem.unsupportedMediaType();
        }
        try {
            // decoded here, because Jackson would take UTF-16 and UTF-32 too
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(request.body())).toString();
            if (mapper.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (CharacterCodingException | JsonProcessingException error) {
            // told below
        }
        throw Problem.malformed();
    }
}
