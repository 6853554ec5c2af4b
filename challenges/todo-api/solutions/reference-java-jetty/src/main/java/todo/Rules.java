package todo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The values that a to-do and a list query may have. Nothing here knows HTTP or the database. */
final class Rules {
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    /** The parameters of a list; {@code done} is null where both are wanted. */
    record Query(Boolean done, String q, String sort, int limit, long offset) {}

    /** Says that a value is not allowed, and why. */
    private static final class Refused extends RuntimeException {
        Refused(String message) {
            super(message);
        }
    }

    private static final Map<String, Function<JsonNode, Object>> FIELDS =
            Map.of("title", Rules::title, "notes", Rules::notes, "done", Rules::done, "due", Rules::due);

    private static final Map<String, Function<String, Object>> PARAMETERS = Map.of(
            "done", value -> oneOf(value, "true", "false").equals("true"),
            "q", value -> value,
            "sort", value -> oneOf(value, "id", "-id", "due"),
            "limit", value -> (int) integer(value, 1, 100),
            "offset", value -> integer(value, 0, Long.MAX_VALUE));

    private Rules() {}

    /** All fields of a to-do but its id, for creating and replacing. */
    static Map<String, Object> whole(ObjectNode body) {
        var problems = new TreeMap<String, String>();
        if (!body.has("title")) {
            problems.put("title", "is required");
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("notes", "");
        fields.put("done", false);
        fields.put("due", null);
        fields.putAll(accept(values(body), FIELDS, problems));
        return fields;
    }

    /** The fields that were sent. */
    static Map<String, Object> changes(ObjectNode body) {
        return accept(values(body), FIELDS, new TreeMap<>());
    }

    static Query query(Map<String, String> parameters) {
        var values = accept(parameters, PARAMETERS, new TreeMap<>());
        return new Query(
                (Boolean) values.get("done"),
                (String) values.getOrDefault("q", ""),
                (String) values.getOrDefault("sort", "id"),
                (Integer) values.getOrDefault("limit", 20),
                (Long) values.getOrDefault("offset", 0L));
    }

    private static Map<String, JsonNode> values(ObjectNode body) {
        var values = new LinkedHashMap<String, JsonNode>();
        body.fields().forEachRemaining(field -> values.put(field.getKey(), field.getValue()));
        return values;
    }

    /** Return the values that have a rule, as their rules keep them; all rules are tried before any refusal is told. */
    private static <T> Map<String, Object> accept(
            Map<String, T> values, Map<String, Function<T, Object>> rules, Map<String, String> problems) {
        var accepted = new LinkedHashMap<String, Object>();
        rules.forEach((name, rule) -> {
            if (values.containsKey(name)) {
                try {
                    accepted.put(name, rule.apply(values.get(name)));
                } catch (Refused refused) {
                    problems.put(name, refused.getMessage());
                }
            }
        });
        if (!problems.isEmpty()) {
            throw Problem.invalid(problems);
        }
        return accepted;
    }

    private static String text(JsonNode value) {
        if (!value.isTextual()) {
            throw new Refused("must be a string");
        }
        String text = value.textValue();
        // code points that are surrogates have no other half
        if (text.codePoints().anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
            throw new Refused("must not hold half a surrogate pair");
        }
        return text;
    }

    private static String title(JsonNode value) {
        String title = text(value).strip();
        if (title.isEmpty()) {
            throw new Refused("must not be blank");
        }
        return atMost(title, 200);
    }

    private static String notes(JsonNode value) {
        return atMost(text(value), 2000);
    }

    private static boolean done(JsonNode value) {
        if (!value.isBoolean()) {
            throw new Refused("must be true or false");
        }
        return value.booleanValue();
    }

    private static String due(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        // a parser alone knows more spellings than one, and the year 0
        if (value.isTextual() && DATE.matcher(value.textValue()).matches() && !value.textValue().startsWith("0000")) {
            try {
                return LocalDate.parse(value.textValue()).toString();
            } catch (DateTimeException error) {
                // told below
            }
        }
        throw new Refused("must be null or a date that exists, written YYYY-MM-DD");
    }

    private static String atMost(String text, int length) {
        if (text.codePointCount(0, text.length()) > length) {
            throw new Refused("must have at most " + length + " characters");
        }
        return text;
    }

    private static String oneOf(String value, String... choices) {
        if (!List.of(choices).contains(value)) {
            throw new Refused("must be one of: " + String.join(", ", choices));
        }
        return value;
    }

    private static long integer(String value, long least, long most) {
        if (!DIGITS.matcher(value).matches()) {
            throw new Refused("must be an integer");
        }
        // nothing is stored beyond the largest one
        long number = new BigInteger(value).min(LARGEST).longValueExact();
        if (number < least || number > most) {
            throw new Refused("must be from " + least + " to " + most);
        }
        return number;
    }
}
