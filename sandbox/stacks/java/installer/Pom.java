import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.maven.model.Dependency;
import org.apache.maven.model.Model;
import org.apache.maven.model.ModelBase;
import org.apache.maven.model.io.xpp3.MavenXpp3Reader;
import org.codehaus.plexus.util.xml.pull.XmlPullParserException;

/** What a pom.xml says that Maven would do and that is not done here. */
final class Pom {
    private static final Set<String> TYPES = Set.of("jar", "test-jar");

    private Pom() {}

    /** Returns what must change in a pom.xml before it can be used, in words for the learner; empty if nothing. */
    static List<String> problems(Path file) throws IOException {
        Model model;
        try (var content = Files.newInputStream(file)) {
            model = new MavenXpp3Reader().read(content);
        } catch (XmlPullParserException | EOFException error) { // a file that ends too soon is the latter
            return List.of("cannot be read: " + error.getMessage());
        }
        List<ModelBase> parts = Stream.concat(Stream.of(model), model.getProfiles().stream()).map(ModelBase.class::cast).toList();
        var problems = new ArrayList<String>();
        parts.stream().flatMap(each -> each.getRepositories().stream())
            .map(each -> "the repository " + each.getId() + " is not asked: libraries come from Maven's central repository alone")
            .forEach(problems::add);
        parts.stream().flatMap(each -> each.getDependencies().stream()).flatMap(Pom::problems).forEach(problems::add);
        return problems;
    }

    private static Stream<String> problems(Dependency dependency) {
        var name = dependency.getGroupId() + ":" + dependency.getArtifactId();
        if ("system".equals(dependency.getScope()) || dependency.getSystemPath() != null)
            return Stream.of(name + " is a file; name a released version instead");
        if (!TYPES.contains(dependency.getType()))
            return Stream.of(name + " is of the type " + dependency.getType() + "; only jars are installed");
        return Stream.of();
    }
}
