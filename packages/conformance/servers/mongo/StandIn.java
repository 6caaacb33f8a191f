import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** Arguments: a port of loopback, and a file that keeps the data, or nothing to keep them in memory. */
class StandIn {
  public static void main(String[] arguments) {
    MongoBackend backend = arguments.length > 1 ? new H2Backend(arguments[1]) : new MemoryBackend();
    MongoServer server = new MongoServer(backend.version(new Seven()));
    server.bind("127.0.0.1", Integer.parseInt(arguments[0]));
    // what was acknowledged in the last second is in the file only once it is closed
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    System.out.println("listens");
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
