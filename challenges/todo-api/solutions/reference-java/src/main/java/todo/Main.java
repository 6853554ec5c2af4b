package todo;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** A to-do list API: the HTTP server that comes with Java, Jackson, and SQLite. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8000"));
        var server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", new JsonHandler(new Api(new TodoStore(Path.of("todos.db")))));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        System.out.println("listening on port " + port);
    }
}
