package todo;

import java.nio.file.Path;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.pathmap.ServletPathSpec;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A to-do list API: Jetty without servlets, Jackson, and SQLite. */
public final class Main {
    /** Enough for one processor, since one request at a time uses the database. */
    private static final int THREADS = 16;

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8000"));
        var server = server(port, new TodoStore(Path.of("todos.db")));
        server.start();
        System.out.println("listening on port " + port);
        server.join();
    }

    private static Server server(int port, TodoStore store) {
        var routes = new PathMappingsHandler();
        routes.addMapping(new ServletPathSpec("/todos"), new TodosHandler(store));
        routes.addMapping(new UriTemplatePathSpec("/todos/{id}"), new TodoHandler(store));

        var server = new Server(new QueuedThreadPool(THREADS));
        server.addConnector(connector(server, port));
        server.setHandler(routes);
        server.setErrorHandler(new ErrorAnswer());
        return server;
    }

    private static ServerConnector connector(Server server, int port) {
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        // paths name no files here: one that is odd is not there, as any other
        configuration.setUriCompliance(UriCompliance.UNSAFE);
        var connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setPort(port);
        return connector;
    }
}
