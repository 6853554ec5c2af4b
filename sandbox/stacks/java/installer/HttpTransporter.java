import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLException;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.spi.connector.transport.AbstractTransporter;
import org.eclipse.aether.spi.connector.transport.GetTask;
import org.eclipse.aether.spi.connector.transport.PeekTask;
import org.eclipse.aether.spi.connector.transport.PutTask;
import org.eclipse.aether.spi.connector.transport.Transporter;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;
import org.eclipse.aether.transfer.NoTransporterException;

/** Fetches files of a repository with what the JDK has: no library of Debian's for it works without many others. */
final class HttpTransporter extends AbstractTransporter {
    private final Repository repository;

    private HttpTransporter(Repository repository) {
        this.repository = repository;
    }

    /** What Maven's libraries ask for something that fetches. */
    record Factory(Repository repository) implements TransporterFactory {
        @Override
        public Transporter newInstance(RepositorySystemSession session, RemoteRepository asked) throws NoTransporterException {
            if (!asked.getUrl().equals(repository.address())) throw new NoTransporterException(asked);
            return new HttpTransporter(repository);
        }

        @Override
        public float getPriority() {
            return 0;
        }
    }

    /** An answer that is no file. */
    static final class Refused extends IOException {
        private final int status;

        Refused(int status) {
            super("the repository answers with status " + status);
            this.status = status;
        }
    }

    @Override
    public int classify(Throwable error) {
        return error instanceof Refused refused && refused.status == HttpURLConnection.HTTP_NOT_FOUND ? ERROR_NOT_FOUND : ERROR_OTHER;
    }

    @Override
    protected void implGet(GetTask task) throws Exception {
        var answer = repository.open(task.getLocation().toString());
        if (answer.getResponseCode() != HttpURLConnection.HTTP_OK) throw new Refused(answer.getResponseCode());
        try {
            utilGet(task, answer.getInputStream(), true, answer.getContentLengthLong(), false);
        } catch (SocketException | SocketTimeoutException | SSLException error) {
            throw repository.lost(error);
        }
    }

    @Override
    protected void implPeek(PeekTask task) throws Exception {
        var answer = repository.open(task.getLocation().toString());
        if (answer.getResponseCode() != HttpURLConnection.HTTP_OK) throw new Refused(answer.getResponseCode());
    }

    @Override
    protected void implPut(PutTask task) {
        throw new UnsupportedOperationException("nothing is published from here");
    }

    @Override
    protected void implClose() {}
}
