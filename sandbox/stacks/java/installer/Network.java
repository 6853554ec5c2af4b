import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The operator's settings, which come as variables and a file of certificates: the JDK by itself reads neither. */
final class Network {
    private Network() {}

    /**
     * Makes every connection of this process go by the operator's settings; returns the repository to ask.
     *
     * `authorities`: certificates that are trusted instead of the JDK's own, if the file is there. Throws if these or the
     * variables cannot be used.
     */
    static Repository set(Map<String, String> environment, Path authorities) throws IOException, GeneralSecurityException {
        if (Files.exists(authorities)) trust(authorities);
        var mirror = value(environment, "maven_mirror_url").map(URI::create);
        var doors = new ArrayList<>(mirror.stream().toList());
        for (var scheme : List.of("http", "https")) {
            var proxy = value(environment, scheme + "_proxy", "all_proxy");
            if (proxy.isPresent()) doors.add(goBy(scheme, proxy.get()));
        }
        value(environment, "no_proxy").ifPresent(hosts -> System.setProperty("http.nonProxyHosts", patterns(hosts)));
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", ""); // else no password reaches a proxy
        Authenticator.setDefault(new Passwords(doors));
        return mirror.map(Repository::new).orElseGet(Repository::central);
    }

    /** Returns the first of some variables that says something, in lower or upper case. */
    private static Optional<String> value(Map<String, String> environment, String... names) {
        return Arrays.stream(names).flatMap(name -> Stream.of(name, name.toUpperCase()))
            .map(name -> environment.getOrDefault(name, "")).filter(value -> !value.isBlank()).findFirst();
    }

    private static void trust(Path file) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var content = Files.newInputStream(file)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(content))
                store.setCertificateEntry(String.valueOf(store.size()), certificate);
        }
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
    }

    private static URI goBy(String scheme, String value) {
        var proxy = URI.create(value.contains("://") ? value : "http://" + value);
        if (proxy.getHost() == null) throw new IllegalArgumentException("the proxy for " + scheme + " has no host");
        System.setProperty(scheme + ".proxyHost", proxy.getHost());
        System.setProperty(scheme + ".proxyPort", String.valueOf(proxy.getPort() < 0 ? 80 : proxy.getPort()));
        return proxy;
    }

    /** Returns the hosts of a NO_PROXY as the JDK spells them: it wants a star for subdomains, which others take as meant. */
    private static String patterns(String hosts) {
        return String.join("|", Arrays.stream(hosts.split("[,\\s]+")).map(host -> host.replaceFirst("^\\*?\\.", ""))
            .flatMap(host -> Stream.of(host, "*." + host)).toList());
    }

    /** Names and passwords as they stand in the addresses of the repository and of proxies. */
    private static final class Passwords extends Authenticator {
        private final List<URI> doors;

        Passwords(List<URI> doors) {
            this.doors = doors;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return doors.stream().filter(each -> each.getUserInfo() != null && getRequestingHost().equals(each.getHost()))
                .map(each -> each.getUserInfo().split(":", 2)).filter(parts -> parts.length == 2)
                .map(parts -> new PasswordAuthentication(parts[0], parts[1].toCharArray())).findFirst().orElse(null);
        }
    }
}
