import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A to-do list API: a first request that works. The rest is yours; Jetty is there, too. */
public final class Main {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    // gone when the process is: the statement asks for more
    private static final Map<Integer, ObjectNode> TODOS = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8000"));
        var server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", Main::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestMethod().equals("POST") && exchange.getRequestURI().getPath().equals("/todos")) {
                create(exchange);
            } else {
                exchange.sendResponseHeaders(501, -1);
            }
        } catch (RuntimeException mistake) {
            mistake.printStackTrace(); // the server would hide it and hang up
            throw mistake;
        }
    }

    private static void create(HttpExchange exchange) throws IOException {
        var body = MAPPER.readTree(exchange.getRequestBody());
        var todo = MAPPER.createObjectNode()
                .put("id", TODOS.size() + 1)
                .put("title", body.get("title").asText())
                .put("notes", "")
                .put("done", false)
                .putNull("due");
        TODOS.put(todo.get("id").asInt(), todo);
        byte[] answer = MAPPER.writeValueAsBytes(todo);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(201, answer.length);
        exchange.getResponseBody().write(answer);
    }
}
