package todo;

import java.lang.System.Logger.Level;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers in JSON what Jetty itself refuses, a path without a handler for one, and what a handler failed with. */
final class ErrorAnswer implements Request.Handler {
    private static final System.Logger LOGGER = System.getLogger(ErrorAnswer.class.getName());

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        int status = response.getStatus();
        if (status >= 500) {
            LOGGER.log(Level.ERROR, "a request failed", (Throwable) request.getAttribute(ErrorHandler.ERROR_EXCEPTION));
        }
        JsonHandler.write(Problem.of(status).answer(), response, callback);
        return true;
    }
}
