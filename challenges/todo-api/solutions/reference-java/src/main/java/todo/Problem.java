package todo;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ends a request with an error. */
public final class Problem extends RuntimeException {
    private final transient Response response;

    private Problem(int status, String code, String message, Map<String, String> fields, Map<String, String> headers) {
        super(message);
        var error = new LinkedHashMap<String, Object>();
        error.put("code", code);
        error.put("message", message);
        if (!fields.isEmpty()) {
            error.put("fields", fields);
        }
        this.response = new Response(status, Map.of("error", error), headers);
    }

    public static Problem malformed() {
        return of(400, "malformed", "The body must be a JSON object in UTF-8.");
    }

    public static Problem notFound() {
        return of(404, "not_found", "There is no such to-do, or no such path.");
    }

    public static Problem methodNotAllowed(String allowed) {
        var message = "This path knows only " + allowed + ".";
        return new Problem(405, "method_not_allowed", message, Map.of(), Map.of("Allow", allowed));
    }

    public static Problem tooLarge() {
        return of(413, "too_large", "The body is too large.");
    }

    public static Problem unsupportedMediaType() {
        return of(415, "unsupported_media_type", "The content type must be application/json.");
    }

    /** {@code fields}: name to what is wrong with its value. */
    public static Problem invalid(Map<String, String> fields) {
        return new Problem(422, "invalid", "Some values were not accepted.", fields, Map.of());
    }

    public static Problem internal() {
        return of(500, "internal", "Something went wrong on our side.");
    }

    public Response response() {
        return response;
    }

    private static Problem of(int status, String code, String message) {
        return new Problem(status, code, message, Map.of(), Map.of());
    }
}
