package io.fiducia.report.browser;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one page, driven over the DevTools protocol. Everything that the page
 * complains about or asks for is kept.
 */
public final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome",
      "google-chrome-stable");

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = Collections.synchronizedList(new ArrayList<>());

  /** The browser on this machine, if there is one. */
  public static Optional<Path> find() {
    return Stream
        .of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable).findFirst();
  }

  /** Starts it; a new empty folder keeps its profile. */
  public static Browser start(Path program, Path profile) throws Exception {
    return new Browser(program, profile);
  }

  private Browser(Path program, Path profile) throws Exception {
    process = new ProcessBuilder(program.toString(), "--headless", "--no-sandbox", "--disable-gpu",
        "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
        "--user-data-dir=" + profile, "about:blank").redirectErrorStream(true)
        .redirectOutput(profile.resolve("browser.log").toFile()).start();
    Path port = profile.resolve("DevToolsActivePort");
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.exists(port) || Files.readAllLines(port).isEmpty()) {
      if (System.nanoTime() > until || !process.isAlive()) {
        process.destroyForcibly();
        throw new IOException("no browser came up: "
            + Files.readString(profile.resolve("browser.log")));
      }
      Thread.sleep(50);
    }
    String list = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
        + Files.readAllLines(port).get(0) + "/json/list")).build(),
        HttpResponse.BodyHandlers.ofString()).body();
    JsonNode page = JsonMapper.shared().readTree(list).valueStream()
        .filter(t -> t.path("type").asString().equals("page")).findFirst().orElseThrow();
    socket = http.newWebSocketBuilder().buildAsync(
        URI.create(page.path("webSocketDebuggerUrl").asString()), new Receiver())
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    for (String domain : new String[]{"Page", "Runtime", "Log", "Network"}) {
      call(domain + ".enable", Map.of());
    }
  }

  /** Collects whole messages. */
  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean whole) {
      text.append(data);
      if (whole) {
        JsonNode message = JsonMapper.shared().readTree(text.toString());
        text.setLength(0);
        if (message.has("id")) {
          answers.get(message.path("id").asInt()).complete(message);
        } else {
          events.add(message);
        }
      }
      from.request(1);
      return null;
    }
  }

  /** Calls a method of the DevTools protocol and returns its result. */
  public JsonNode call(String method, Map<String, Object> parameters) throws Exception {
    int id = last.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    socket.sendText(JsonMapper.shared().writeValueAsString(
        Map.of("id", id, "method", method, "params", parameters)), true)
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    JsonNode message = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message.has("error")) {
      throw new IOException(method + ": " + message.path("error"));
    }
    return message.path("result");
  }

  /** Opens a file and waits until it is loaded. */
  public void open(Path file) throws Exception {
    events.clear();
    call("Page.navigate", Map.of("url", file.toUri().toString()));
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (events("Page.loadEventFired").isEmpty()) {
      if (System.nanoTime() > until) {
        throw new IOException("the page does not load");
      }
      Thread.sleep(20);
    }
  }

  /** The value of a JavaScript expression, as the page's own console would have it. */
  public JsonNode evaluate(String expression) throws Exception {
    JsonNode result = call("Runtime.evaluate",
        Map.of("expression", expression, "returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(result.path("exceptionDetails").toString());
    }
    return result.path("result").path("value");
  }

  /** Presses a key such as ArrowRight on what has the focus. */
  public void press(String key, int code) throws Exception {
    for (String type : new String[]{"keyDown", "keyUp"}) {
      call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key,
          "windowsVirtualKeyCode", code));
    }
  }

  /** Errors, warnings and violations since the page was opened. */
  public List<String> complaints() {
    return Stream.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        .flatMap(m -> events(m).stream()).map(JsonNode::toString).toList();
  }

  /** What the page asked for since it was opened, itself and data in its own text left out. */
  public List<String> requests(Path file) {
    return events("Network.requestWillBeSent").stream()
        .map(e -> e.path("params").path("request").path("url").asString())
        .filter(url -> !url.startsWith("data:") && !url.equals(file.toUri().toString())).toList();
  }

  /** The page printed, as a PDF. */
  public byte[] pdf() throws Exception {
    return Base64.getDecoder().decode(
        call("Page.printToPDF", Map.of("printBackground", true)).path("data").asString());
  }

  private List<JsonNode> events(String method) {
    synchronized (events) {
      return events.stream().filter(e -> e.path("method").asString().equals(method)).toList();
    }
  }

  @Override
  public void close() throws Exception {
    socket.abort();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
