package todo;

import java.util.LinkedHashMap;
import java.util.Map;

/** Ends a request with an error. */
final class Problem extends RuntimeException {
    private final transient Answer answer;

    private Problem(int status, String code, String message, Map<String, String> fields, Map<String, String> headers) {
        super(message);
        var error = new LinkedHashMap<String, Object>();
        error.put("code", code);
        error.put("message", message);
        if (!fields.isEmpty()) {
            error.put("fields", fields);
        }
        this.answer = new Answer(status, Map.of("error", error), headers);
    }

    private Problem(int status, String code, String message) {
        this(status, code, message, Map.of(), Map.of());
    }

    static Problem malformed() {
        return new Problem(400, "malformed", "The body must be a JSON object in UTF-8.");
    }

    static Problem notFound() {
        return new Problem(404, "not_found", "There is no such to-do, or no such path.");
    }

    static Problem methodNotAllowed(String allowed) {
        var message = "This path knows only " + allowed + ".";
        return new Problem(405, "method_not_allowed", message, Map.of(), Map.of("Allow", allowed));
    }

    static Problem tooLarge() {
        return new Problem(413, "too_large", "The body is too large.");
    }

    static Problem unsupportedMediaType() {
        return new Problem(415, "unsupported_media_type", "The content type must be application/json.");
    }

    /** {@code fields}: name to what is wrong with its value. */
    static Problem invalid(Map<String, String> fields) {
        return new Problem(422, "invalid", "Some values were not accepted.", fields, Map.of());
    }

    /** What a status of Jetty's own choice means. */
    static Problem of(int status) {
        if (status == 404) {
            return notFound();
        }
        return status < 500
                ? new Problem(status, "malformed", "This is not a request that can be understood.")
                : new Problem(status, "internal", "Something went wrong on our side.");
    }

    Answer answer() {
        return answer;
    }
}
