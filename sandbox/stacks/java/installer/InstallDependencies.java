// Installs what a submission's pom.xml asks for beyond this image, into /opt/dependencies.
//
// Runs in a container of its own that holds no other file of the learner. Maven's own libraries read pom.xml and settle
// the versions; Maven itself, and with it every plugin, is not there. Jars are fetched and none of them is run, so the
// result depends on pom.xml alone. Standard input: a tar with pom.xml, where the network needs one ca.pem, and last an
// empty file `complete`. MAVEN_MIRROR_URL is asked instead of Maven's central repository, if it is set.
//
// Exit status: 0 installed; 10 nothing to install; 20 the learner must change pom.xml; 30 no repository answers;
// 40 the tar did not arrive whole.

import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.graph.Dependency;

final Path INPUT = Path.of("/tmp/input"), POM = INPUT.resolve("pom.xml"), AUTHORITIES = INPUT.resolve("ca.pem");
final Path FETCHED = Path.of("/tmp/repository"), TARGET = Path.of("/opt/dependencies");
final int INSTALLED = 0, NOTHING_TO_INSTALL = 10, WRONG = 20, UNREACHABLE = 30, CUT_OFF = 40;

void main(String[] arguments) throws Exception {
    System.exit(install(!List.of(arguments).contains("--offline")));
}

int install(boolean online) throws Exception {
    Files.createDirectory(INPUT);
    var tar = new ProcessBuilder("tar", "--extract", "--no-same-owner", "--file=-", "--directory=" + INPUT).inheritIO().start();
    if (tar.waitFor() != 0 || !Files.exists(INPUT.resolve("complete"))) return CUT_OFF; // the last member
    var problems = Pom.problems(POM);
    if (!problems.isEmpty()) {
        IO.println("pom.xml:");
        problems.forEach(line -> IO.println("  " + line));
        return WRONG;
    }
    Repository repository;
    try {
        repository = online ? Network.set(System.getenv(), AUTHORITIES) : Repository.central();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException error) {
        IO.println("the settings of the network cannot be used: " + error.getMessage());
        return UNREACHABLE;
    }
    try {
        return install(new Resolver(repository, FETCHED, online), online);
    } catch (RepositoryException error) {
        Resolver.reasons(error).forEach(IO::println);
        return online && !repository.answers() ? UNREACHABLE : WRONG;
    } catch (BoundedInterpolator.TooMuch error) {
        IO.println("pom.xml: " + error.getMessage());
        return WRONG;
    } catch (StackOverflowError | OutOfMemoryError error) {
        IO.println("pom.xml: what it says is too deep or too long to be worked out");
        return WRONG;
    }
}

int install(Resolver resolver, boolean online) throws RepositoryException, IOException {
    var installed = Installed.libraries(TARGET);
    var wanted = resolver.read(POM);
    var missing = wanted.dependencies().stream().map(Dependency::getArtifact).filter(each -> !installed.satisfies(each)).toList();
    if (missing.isEmpty()) return NOTHING_TO_INSTALL;
    if (!online) {
        IO.println("This challenge allows only what is installed already, which does not satisfy:");
        missing.forEach(each -> IO.println("  " + each.getGroupId() + ":" + each.getArtifactId() + " " + each.getVersion()));
        IO.println("Installed: " + installed);
        return WRONG;
    }
    // all of them, apart from the image's own, so that one consistent set is found
    var jars = resolver.fetch(wanted);
    try (var old = Files.list(TARGET)) {
        for (var each : old.toList()) Files.delete(each);
    }
    // fetched into memory first: that bounds what reaches the disk
    for (var jar : jars) Files.copy(jar.getFile().toPath(), TARGET.resolve(jar.getGroupId() + "." + jar.getFile().getName()));
    return INSTALLED;
}
