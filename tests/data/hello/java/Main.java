import com.sun.net.httpserver.HttpServer;

/** Says which version answers, for the contract test. */
void main() throws IOException {
    var server = HttpServer.create(new java.net.InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
    server.createContext("/", exchange -> {
        var body = "{\"version\": \"%s\"}".formatted(Runtime.version().feature()).getBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    });
    server.start();
}
