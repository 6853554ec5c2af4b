// Tells whether this image has what a submission's pom.xml asks for. Nothing is fetched: the libraries are Debian's.
//
// Maven itself is not run, so plugins and profiles do not count, nor what has the scope `test`. Standard input: a tar with
// pom.xml, and last an empty file `complete`.
//
// Exit status: 10 nothing to install; 20 the learner must change pom.xml; 40 the tar did not arrive whole.

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

final Path INPUT = Path.of("/tmp/input");
/** Debian's libraries where Maven would look for them, GROUP/ARTIFACT/VERSION, and those on the class path. */
final Path INSTALLED = Path.of("/usr/share/maven-repo"), CLASS_PATH = Path.of("/opt/jars");
/** What stands beside the real versions there, for packages of Debian itself. */
final Set<String> NO_VERSIONS = Set.of("debian", "2.x");
final int NOTHING_TO_INSTALL = 10, WRONG = 20, CUT_OFF = 40;

record Library(String group, String artifact, String version) {}

void main() throws Exception {
    System.exit(check());
}

int check() throws Exception {
    Files.createDirectory(INPUT);
    var tar = new ProcessBuilder("tar", "--extract", "--no-same-owner", "--file=-", "--directory=" + INPUT).inheritIO().start();
    if (tar.waitFor() != 0 || !Files.exists(INPUT.resolve("complete"))) return CUT_OFF;
    Element project;
    try {
        var factory = DocumentBuilderFactory.newInstance();
        // a document type could name files and addresses
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        project = factory.newDocumentBuilder().parse(INPUT.resolve("pom.xml").toFile()).getDocumentElement();
    } catch (SAXException error) {
        IO.println("pom.xml cannot be read: " + error.getMessage());
        return WRONG;
    }
    var installed = installed();
    var problems = wanted(project).map(library -> problem(library, installed)).filter(line -> !line.isEmpty()).toList();
    if (problems.isEmpty()) return NOTHING_TO_INSTALL;
    IO.println("Libraries are not fetched; this image does not have what pom.xml asks for:");
    problems.forEach(line -> IO.println("  " + line));
    IO.println("Installed: " + installed.keySet().stream()
        .map(name -> name + " " + String.join(", ", installed.get(name))).collect(Collectors.joining(", ")));
    return WRONG;
}

/** GROUP:ARTIFACT -> versions, of every library on the class path. */
SortedMap<String, SortedSet<String>> installed() throws IOException {
    var found = new TreeMap<String, SortedSet<String>>();
    try (var jars = Files.list(CLASS_PATH); var files = Files.walk(INSTALLED)) {
        var usable = new HashSet<Path>();
        for (var jar : jars.toList()) usable.add(jar.toRealPath());
        for (var file : files.filter(each -> each.toString().endsWith(".jar")).toList()) {
            var folder = INSTALLED.relativize(file.getParent());
            var version = folder.getFileName().toString();
            if (NO_VERSIONS.contains(version) || !usable.contains(file.toRealPath())) continue;
            var artifact = folder.getParent();
            var name = artifact.getParent().toString().replace('/', '.') + ":" + artifact.getFileName();
            found.computeIfAbsent(name, _ -> new TreeSet<>()).add(version);
        }
    }
    return found;
}

Stream<Library> wanted(Element project) {
    var properties = new HashMap<String, String>();
    children(project, "properties").flatMap(list -> children(list, "*"))
        .forEach(each -> properties.put("${" + each.getTagName() + "}", each.getTextContent().strip()));
    return children(project, "dependencies").flatMap(list -> children(list, "dependency"))
        .filter(each -> !text(each, "scope").equals("test"))
        .map(each -> {
            var version = text(each, "version");
            return new Library(text(each, "groupId"), text(each, "artifactId"), properties.getOrDefault(version, version));
        });
}

/** What is wrong with a library that is wanted; empty if it is there. Without a version any will do. */
String problem(Library library, Map<String, SortedSet<String>> installed) {
    var name = library.group + ":" + library.artifact;
    var versions = installed.get(name);
    if (versions == null) return name + ": is not installed";
    if (library.version.isEmpty() || versions.contains(library.version)) return "";
    return name + " " + library.version + ": installed is " + String.join(", ", versions);
}

Stream<Element> children(Element parent, String name) {
    var nodes = parent.getChildNodes();
    return IntStream.range(0, nodes.getLength()).mapToObj(nodes::item)
        .filter(Element.class::isInstance).map(Element.class::cast)
        .filter(each -> name.equals("*") || each.getTagName().equals(name));
}

String text(Element parent, String name) {
    return children(parent, name).findFirst().map(each -> each.getTextContent().strip()).orElse("");
}
