package todo;

import java.util.Map;

/** The parts of a request that matter here. */
public record Request(String method, String path, Map<String, String> query, String contentType, byte[] body) {}
