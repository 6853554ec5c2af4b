package todo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Handles the requests of one path; what is refused on the way is thrown as a {@link Problem}. */
abstract class JsonHandler extends Handler.Abstract {
    /** A to-do has less than 20 kB; without a limit, a few large bodies at once would fill the memory. */
    private static final int LARGEST_BODY = 4 * 1024 * 1024;

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Return what a request is answered with. */
    protected abstract Answer answer(Request request) throws IOException;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws IOException {
        Answer answer;
        try {
            answer = answer(request);
        } catch (Problem problem) {
            answer = problem.answer();
        }
        write(answer, response, callback);
        return true;
    }

    static void write(Answer answer, Response response, Callback callback) throws IOException {
        response.setStatus(answer.status());
        answer.headers().forEach(response.getHeaders()::put);
        if (answer.body() == null) {
            callback.succeeded();
            return;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(MAPPER.writeValueAsBytes(answer.body())), callback);
    }

    static ObjectNode jsonObject(Request request) throws IOException {
        var contentType = Optional.ofNullable(request.getHeaders().get(HttpHeader.CONTENT_TYPE)).orElse("");
        if (!contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
            throw Problem.unsupportedMediaType();
        }
        // one byte more than is allowed shows that there is more
        byte[] body = Content.Source.asInputStream(request).readNBytes(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw Problem.tooLarge();
        }
        try {
            // decoded here, because Jackson would take UTF-16 and UTF-32 too
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            if (MAPPER.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (CharacterCodingException | JsonProcessingException error) {
            // told below
        }
        throw Problem.malformed();
    }
}
