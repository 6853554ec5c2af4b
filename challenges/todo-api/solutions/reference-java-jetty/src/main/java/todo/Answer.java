package todo;

import java.util.Map;

/** What a request is answered with; no body if that is null. */
record Answer(int status, Object body, Map<String, String> headers) {
    Answer(int status, Object body) {
        this(status, body, Map.of());
    }
}
