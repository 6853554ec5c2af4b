import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.util.version.GenericVersionScheme;
import org.eclipse.aether.version.InvalidVersionSpecificationException;
import org.eclipse.aether.version.VersionConstraint;

/** The libraries that the image brings: GROUP:ARTIFACT -> versions, for Debian lists some under several. */
record Installed(SortedMap<String, SortedSet<String>> versions) {
    /** Debian's libraries where Maven would look for them, GROUP/ARTIFACT/VERSION. */
    private static final Path DEBIAN = Path.of("/usr/share/maven-repo");
    /** What stands beside the real versions there, for packages of Debian itself. */
    private static final Set<String> NO_VERSIONS = Set.of("debian", "2.x");

    /** Returns those of Debian's libraries that a folder of jars links to. */
    static Installed libraries(Path folder) throws IOException {
        var found = new TreeMap<String, SortedSet<String>>();
        try (var jars = Files.list(folder); var files = Files.walk(DEBIAN)) {
            var usable = new HashSet<Path>();
            for (var jar : jars.toList()) usable.add(jar.toRealPath());
            for (var file : files.filter(each -> each.toString().endsWith(".jar")).toList()) {
                var place = DEBIAN.relativize(file.getParent());
                var version = place.getFileName().toString();
                if (NO_VERSIONS.contains(version) || !usable.contains(file.toRealPath())) continue;
                var artifact = place.getParent();
                var name = artifact.getParent().toString().replace('/', '.') + ":" + artifact.getFileName();
                found.computeIfAbsent(name, _ -> new TreeSet<>()).add(version);
            }
        }
        return new Installed(found);
    }

    /** Tells whether a library is there in the version, or in one of the range, that is wanted. */
    boolean satisfies(Artifact wanted) {
        var scheme = new GenericVersionScheme();
        try {
            VersionConstraint constraint = scheme.parseVersionConstraint(wanted.getVersion());
            for (var version : of(wanted))
                if (constraint.containsVersion(scheme.parseVersion(version)))
                    return wanted.getClassifier().isEmpty();
        } catch (InvalidVersionSpecificationException error) {
            return false; // Maven's own words come when it is fetched
        }
        return false;
    }

    private SortedSet<String> of(Artifact wanted) {
        return versions.getOrDefault(wanted.getGroupId() + ":" + wanted.getArtifactId(), new TreeSet<>());
    }

    @Override
    public String toString() {
        return versions.keySet().stream()
            .map(name -> name + " " + String.join(", ", versions.get(name))).collect(Collectors.joining(", "));
    }
}
