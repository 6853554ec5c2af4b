import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Set;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;

/** The one repository that is asked. */
final class Repository {
    /** A repository that swallows packets must be found out before the learner is blamed for the time that it took. */
    private static final int PATIENCE_MS = 10_000, TRIES = 2;
    /** A file that a repository surely has, or surely knows not to have. */
    private static final String WITNESS = "junit/junit/maven-metadata.xml";
    private static final Set<Integer> ANSWERS = Set.of(HttpURLConnection.HTTP_OK, HttpURLConnection.HTTP_NOT_FOUND);

    private final URI address;
    private volatile IOException silence;

    /** The repository at an address; a name and a password in it are left out, for learners read what is said about it. */
    Repository(URI address) {
        if (address.getRawAuthority() == null) throw new IllegalArgumentException("an address of a repository is expected");
        var host = address.getRawAuthority().replaceFirst("^.*@", "");
        this.address = URI.create(address.getScheme() + "://" + host + address.getRawPath().replaceFirst("/*$", "/")).normalize();
    }

    /** Returns the repository that Maven asks by default. */
    static Repository central() {
        try (var content = MavenXpp3Reader.class.getResourceAsStream("/org/apache/maven/model/pom-4.0.0.xml")) {
            return new Repository(URI.create(new MavenXpp3Reader().read(content).getRepositories().getFirst().getUrl()));
        } catch (IOException | XmlPullParserException error) {
            throw new IllegalStateException(error);
        }
    }

    String address() {
        return address.toString();
    }

    /** Returns the answer, of whatever status, to a request for a file; throws if there is none at the second try either. */
    HttpURLConnection open(String file) throws IOException {
        if (silence != null) throw silence; // the next file would take as long
        var place = address.resolve(file);
        if (!place.toString().startsWith(address.toString()))
            throw new IOException(file + " is not a file of the repository");
        IOException last = null;
        for (int i = 0; i < TRIES; i++) {
            var connection = (HttpURLConnection) place.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            try {
                if (connection.getResponseCode() > 0) return connection;
                last = new IOException("the answer is no HTTP");
            } catch (IOException error) {
                last = error;
            }
        }
        throw lost(last);
    }

    /** Remembers that the repository does not answer; returns the error with what it is in its message. */
    IOException lost(IOException error) {
        silence = new IOException("no answer: " + error, error);
        return silence;
    }

    /** Tells whether the repository answers at all: if not, the learner is not at fault. */
    boolean answers() {
        try {
            return ANSWERS.contains(open(WITNESS).getResponseCode());
        } catch (IOException error) {
            return false;
        }
    }
}
