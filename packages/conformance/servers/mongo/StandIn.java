import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * Arguments: a port of loopback, and a file that keeps the data, or nothing to keep them in memory.
 * -Dtls: a file of PEM with an EC key and its certificate, to demand TLS.
 */
class StandIn {
  public static void main(String[] arguments) throws Exception {
    MongoBackend backend = arguments.length > 1 ? new H2Backend(arguments[1]) : new MemoryBackend();
    MongoServer server = new MongoServer(backend.version(new Seven()));
    String tls = System.getProperty("tls");
    if (tls != null) demandTls(server, Files.readString(Path.of(tls)));
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    // what was acknowledged in the last second is in the file only once it is closed
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    System.out.println("listens");
  }

  private static void demandTls(MongoServer server, String pem) throws Exception {
    String key = pem.replaceAll("(?s).*BEGIN PRIVATE KEY-----|-----END PRIVATE KEY.*", "");
    var spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key));
    var certificate = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"));
    var read = CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate.getBytes()));
    server.enableSsl(KeyFactory.getInstance("EC").generatePrivate(spec), null, (X509Certificate) read);
  }

  /** Drivers refuse the wire version that the server gives by itself. */
  record Seven() implements MongoVersion {
    public List<Integer> getVersionArray() {
      return List.of(7, 0, 0);
    }

    public int getWireVersion() {
      return 17;
    }
  }
}
