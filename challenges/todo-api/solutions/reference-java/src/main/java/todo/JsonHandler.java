package todo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Turns an exchange into a request, and the API's response into JSON. */
final class JsonHandler implements HttpHandler {
    /** A to-do has less than 20 kB; without a limit, a few large bodies at once would fill the memory. */
    private static final int LARGEST_BODY = 4 * 1024 * 1024;

    private static final System.Logger LOGGER = System.getLogger(JsonHandler.class.getName());

    private final Api api;
    private final ObjectMapper mapper = new ObjectMapper();

    JsonHandler(Api api) {
        this.api = api;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, answer(exchange));
        }
    }

    private Response answer(HttpExchange exchange) throws IOException {
        try {
            return api.answer(request(exchange));
        } catch (Problem problem) {
            return problem.response();
        } catch (RuntimeException error) {
            LOGGER.log(Level.ERROR, "a request failed", error);
            return Problem.internal().response();
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        // one byte more than is allowed shows that there is more
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw Problem.tooLarge();
        }
        var uri = exchange.getRequestURI();
        var contentType = exchange.getRequestHeaders().getFirst("Content-Type");
        return new Request(
                exchange.getRequestMethod(),
                uri.getPath(),
                query(uri.getRawQuery()),
                contentType == null ? "" : contentType,
                body);
    }

    private static Map<String, String> query(String raw) {
        var parameters = new HashMap<String, String>();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            String[] parts = pair.split("=", 2);
            parameters.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private void send(HttpExchange exchange, Response response) throws IOException {
        response.headers().forEach(exchange.getResponseHeaders()::set);
        if (response.body() == null) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        byte[] body = mapper.writeValueAsBytes(response.body());
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(response.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(response.status(), body.length);
        exchange.getResponseBody().write(body);
    }
}
