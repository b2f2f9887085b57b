package io.fiducia.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiducia.report.browser.Browser;
import io.fiducia.testing.SyntheticDataset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a reader has it: in a browser, with a keyboard, on paper. */
class ReportPageTest {
  /** What a viewer shows: number of visible slices, and what its caption says. */
  private static final String FIRST = "document.querySelector('.viewer')";
  private static final String VISIBLE = "[...document.querySelectorAll('.viewer')].map(v =>"
      + " [...v.querySelectorAll('.slice')].filter(s => getComputedStyle(s).display !== 'none')"
      + ".length).join()";
  private static final String CONTROLS = "[...document.querySelectorAll('.control')].filter(c =>"
      + " getComputedStyle(c).display !== 'none').length";

  @TempDir
  private static Path folder;

  private static Optional<Browser> browser = Optional.empty();
  private static Path page;

  @BeforeAll
  static void open() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue(program.isPresent(), "no Chromium on the path: the page is not tried in a browser");
    Path raw = SyntheticDataset.write(folder.resolve("raw"), 3);
    page = folder.resolve("report.html");
    ReportWriter.write(ReportFixture.data(raw, 3, Map.of("ball_0", SyntheticDataset.image(raw, 0),
        "ball_1", SyntheticDataset.image(raw, 1), "ball_2", SyntheticDataset.image(raw, 2))), page);
    browser = Optional.of(Browser.start(program.get(),
        Files.createDirectory(folder.resolve("profile"))));
  }

  @AfterAll
  static void close() throws Exception {
    if (browser.isPresent()) {
      browser.get().close();
    }
  }

  @Test
  void opensWithoutComplaintAndAsksForNothing() throws Exception {
    Browser b = opened();
    assertThat(b.complaints()).isEmpty();
    assertThat(b.requests(page)).isEmpty();
    assertThat(b.evaluate("document.querySelectorAll('.viewer').length").asInt()).isEqualTo(9);
    assertThat(b.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean())
        .isTrue();
  }

  /** The fixture's names hold elements and handlers; none may become part of the document. */
  @Test
  void namesWithMarkupStayText() throws Exception {
    Browser b = opened();
    assertThat(b.evaluate("document.querySelectorAll('b[x], u, img, script').length").asInt())
        .isEqualTo(1);
    assertThat(b.evaluate("document.body.innerText.includes('<b x=1>&\"x\"')").asBoolean())
        .isTrue();
    assertThat(b.evaluate("document.title").asString()).isEqualTo("Test <img src=x>");
  }

  @Test
  void nothingInjectedCouldRun() throws Exception {
    Browser b = opened();
    b.evaluate("document.body.insertAdjacentHTML('beforeend',"
        + " '<img src=\"data:,\" onerror=\"window.ran = 1\"><a id=a onclick=\"window.ran = 1\">a</a>')");
    b.evaluate("document.getElementById('a').click()");
    assertThat(b.evaluate("window.ran === undefined").asBoolean()).isTrue();
  }

  @Test
  void theKeyboardMovesThroughTheSlices() throws Exception {
    Browser b = opened();
    String before = b.evaluate(FIRST + ".querySelector('output').textContent").asString();
    b.evaluate(FIRST + ".querySelector('input').focus()");
    b.press("ArrowRight", 39);
    String after = b.evaluate(FIRST + ".querySelector('output').textContent").asString();
    assertThat(before).startsWith("z ").endsWith(" mm");
    // Slices are 1.5 mm apart.
    assertThat(millimetres(after) - millimetres(before)).isEqualTo(1.5);
    assertThat(b.evaluate(VISIBLE).asString()).isEqualTo("1,1,1,1,1,1,1,1,1");
    assertThat(b.evaluate(FIRST + ".querySelector('input').getAttribute('aria-valuetext')")
        .asString()).isEqualTo(after);
    b.press("Home", 36);
    assertThat(b.evaluate(FIRST + ".querySelector('.slice').classList.contains('on')").asBoolean())
        .isTrue();
  }

  private static double millimetres(String where) {
    return Double.parseDouble(where.replace("z ", "").replace(" mm", "").replace('−', '-'));
  }

  @Test
  void contoursCanBeSwitchedOff() throws Exception {
    Browser b = opened();
    String drawn = "[...document.querySelectorAll('.viewer path')].filter(p =>"
        + " getComputedStyle(p).display !== 'none').map(p => p.getAttribute('class').split(' ')[0]"
        + " + p.dataset.s)";
    assertThat(b.evaluate("[...new Set(" + drawn + ")].sort().join()").asString())
        .isEqualTo("pred0,ref0");
    b.evaluate("document.querySelector('[data-shows=\".pred\"]').click()");
    assertThat(b.evaluate("[...new Set(" + drawn + ")].join()").asString()).isEqualTo("ref0");
    b.evaluate("document.querySelector('[data-shows=\"[data-s=\\'0\\']\"]').click()");
    assertThat(b.evaluate(drawn + ".length").asInt()).isZero();
  }

  @Test
  void withoutScriptsOneSliceOfEachPlaneShows() throws Exception {
    Browser b = browser.orElseThrow();
    b.call("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    try {
      b.open(page);
      assertThat(b.evaluate(VISIBLE).asString()).isEqualTo("1,1,1,1,1,1,1,1,1");
      assertThat(b.evaluate(CONTROLS).asInt()).isZero();
    } finally {
      b.call("Emulation.setScriptExecutionDisabled", Map.of("value", false));
    }
  }

  @Test
  void printsWithoutControls() throws Exception {
    Browser b = opened();
    assertThat(b.evaluate(CONTROLS).asInt()).isPositive();
    b.call("Emulation.setEmulatedMedia", Map.of("media", "print"));
    try {
      assertThat(b.evaluate(CONTROLS).asInt()).isZero();
      assertThat(b.evaluate(VISIBLE).asString()).isEqualTo("1,1,1,1,1,1,1,1,1");
    } finally {
      b.call("Emulation.setEmulatedMedia", Map.of("media", ""));
    }
    assertThat(new String(b.pdf(), 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
  }

  @Test
  void fitsANarrowScreen() throws Exception {
    Browser b = opened();
    b.call("Emulation.setDeviceMetricsOverride", Map.of("width", 380, "height", 800,
        "deviceScaleFactor", 1, "mobile", true));
    try {
      assertThat(b.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(380);
    } finally {
      b.call("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  /** WCAG 2: names for pictures and controls, scopes for table headers, contrast of at least 4.5. */
  @Test
  void canBeReadWithoutSeeingItAndWithWeakEyes() throws Exception {
    Browser b = opened();
    assertThat(b.evaluate("[...document.querySelectorAll('svg[role=img]')].filter(s =>"
        + " !s.getAttribute('aria-label')).length").asInt()).isZero();
    assertThat(b.evaluate("[...document.querySelectorAll('input')].filter(i =>"
        + " !i.labels.length && !i.getAttribute('aria-label')).length").asInt()).isZero();
    assertThat(b.evaluate("document.querySelectorAll('th:not([scope])').length").asInt()).isZero();
    assertThat(b.evaluate("document.documentElement.lang").asString()).isEqualTo("en");
    String tooFaint = """
        (() => {
          const parts = c => c.match(/[\\d.]+/g).map(Number);
          const light = c => parts(c).slice(0, 3).map(v => v / 255).map(v => v <= 0.03928
            ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = e => {
            for (; e; e = e.parentElement) {
              const c = getComputedStyle(e).backgroundColor;
              if (!/, 0\\)$/.test(c)) return c;
            }
            return 'rgb(255, 255, 255)';
          };
          const bad = [];
          for (const e of document.querySelectorAll('main *:not(.plane *)')) {
            const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
            if (!own || e.tagName === 'title' || getComputedStyle(e).display === 'none') continue;
            const style = getComputedStyle(e);
            const a = light(e instanceof SVGElement ? style.fill : style.color);
            const b = light(behind(e));
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) bad.push(e.tagName + ' ' + contrast.toFixed(2) + ' ' + e.textContent);
          }
          return bad.join('\\n');
        })()""";
    assertThat(b.evaluate(tooFaint).asString()).isEmpty();
  }

  private static Browser opened() throws Exception {
    Browser b = browser.orElseThrow();
    b.open(page);
    return b;
  }
}
