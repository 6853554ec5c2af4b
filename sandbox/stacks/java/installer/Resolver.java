import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.maven.repository.internal.DefaultArtifactDescriptorReader;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.connector.basic.BasicRepositoryConnectorFactory;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.impl.ArtifactDescriptorReader;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.repository.WorkspaceReader;
import org.eclipse.aether.repository.WorkspaceRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.spi.connector.RepositoryConnectorFactory;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;
import org.eclipse.aether.util.filter.ScopeDependencyFilter;
import org.eclipse.aether.util.repository.SimpleArtifactDescriptorPolicy;

/** Maven's rules of dependencies, by Maven's own libraries: parents, managed versions, scopes, exclusions, nearest first. */
final class Resolver {
    /** `provided` too, because the sources are compiled with the same class path. */
    private static final Set<String> SCOPES = Set.of("compile", "provided", "runtime");
    /** By these coordinates, which do not matter, the submission's own pom.xml is asked for. */
    private static final Artifact SUBMISSION = new DefaultArtifact("submission", "submission", "pom", "1");

    private final RepositorySystem system;
    private final DefaultRepositorySystemSession session;
    private final List<RemoteRepository> repositories;

    /** What a project needs, and the versions that it and its parents lay down for what is needed indirectly. */
    record Wanted(List<Dependency> dependencies, List<Dependency> managed) {}

    /** Fetches from a repository into the folder `local`, or nothing at all unless `online`. */
    @SuppressWarnings("deprecation") // the one way to put the parts together that needs no container of components
    Resolver(Repository repository, Path local, boolean online) {
        var locator = MavenRepositorySystemUtils.newServiceLocator();
        locator.addService(RepositoryConnectorFactory.class, BasicRepositoryConnectorFactory.class);
        locator.setServices(TransporterFactory.class, new HttpTransporter.Factory(repository));
        ((DefaultArtifactDescriptorReader) locator.getService(ArtifactDescriptorReader.class)).setModelBuilder(BoundedInterpolator.reader());
        system = locator.getService(RepositorySystem.class);
        session = MavenRepositorySystemUtils.newSession();
        session.setLocalRepositoryManager(system.newLocalRepositoryManager(session, new LocalRepository(local.toFile())));
        session.setSystemProperties(System.getProperties()); // such as java.version and os.name, which profiles look at
        session.setIgnoreArtifactDescriptorRepositories(true);
        session.setOffline(!online);
        var releases = new RepositoryPolicy(true, RepositoryPolicy.UPDATE_POLICY_ALWAYS, RepositoryPolicy.CHECKSUM_POLICY_FAIL);
        var snapshots = new RepositoryPolicy(false, RepositoryPolicy.UPDATE_POLICY_NEVER, RepositoryPolicy.CHECKSUM_POLICY_FAIL);
        var central = new RemoteRepository.Builder("central", "default", repository.address());
        repositories = List.of(central.setReleasePolicy(releases).setSnapshotPolicy(snapshots).build());
    }

    /** Returns what a pom.xml asks for; parents and imported lists of versions are fetched. */
    Wanted read(Path pom) throws RepositoryException {
        var strict = new DefaultRepositorySystemSession(session);
        strict.setArtifactDescriptorPolicy(new SimpleArtifactDescriptorPolicy(false, false));
        strict.setWorkspaceReader(new OneFile(pom.toFile()));
        var read = system.readArtifactDescriptor(strict, new ArtifactDescriptorRequest(SUBMISSION, repositories, null));
        return new Wanted(
            read.getDependencies().stream().filter(each -> SCOPES.contains(each.getScope())).toList(),
            read.getManagedDependencies());
    }

    /** Fetches what is wanted with all that it needs in turn, checked against the repository's checksums; returns the jars. */
    List<Artifact> fetch(Wanted wanted) throws RepositoryException {
        var collect = new CollectRequest(wanted.dependencies(), wanted.managed(), repositories);
        var request = new DependencyRequest(collect, new ScopeDependencyFilter(SCOPES, null));
        return system.resolveDependencies(session, request).getArtifactResults().stream().map(ArtifactResult::getArtifact)
            .filter(each -> each.getExtension().equals("jar")).toList();
    }

    /** Returns what an error and its causes say, each thing once and without what the learner never wrote. */
    static List<String> reasons(Throwable error) {
        var lines = new ArrayList<String>();
        for (var cause = error; cause != null; cause = cause.getCause()) {
            var line = cause.getMessage();
            if (line != null && !line.contains(SUBMISSION.toString()) && lines.stream().noneMatch(earlier -> earlier.contains(line))) lines.add(line);
        }
        return lines;
    }

    /** The submission, as a place where its pom.xml and nothing else is found. */
    private record OneFile(File pom) implements WorkspaceReader {
        private static final WorkspaceRepository PLACE = new WorkspaceRepository("submission");

        @Override
        public WorkspaceRepository getRepository() {
            return PLACE;
        }

        @Override
        public File findArtifact(Artifact artifact) {
            return artifact.equals(SUBMISSION) ? pom : null;
        }

        @Override
        public List<String> findVersions(Artifact artifact) {
            return List.of();
        }
    }
}
