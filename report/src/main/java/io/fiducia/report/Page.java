package io.fiducia.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The frame of every page: one self-contained file. Its content security policy forbids every
 * request and every script but the page's own, so that a name with markup in it could do nothing
 * even if it slipped through the escaping.
 */
final class Page {
  private Page() {}

  /**
   * A whole HTML document.
   *
   * @param title plain text; heading of the page too
   * @param synthetic whether the images are synthetic, which the page then says
   * @param body HTML that stands below the heading
   */
  static String of(String title, boolean synthetic, String body) {
    return of(title, synthetic, "", body);
  }

  /**
   * A whole HTML document with a second style sheet.
   *
   * @param styles the sheet's resource name; empty for none
   */
  static String of(String title, boolean synthetic, String styles, String body) {
    String script = resource("report.js");
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:;"
        + " style-src 'unsafe-inline'; script-src 'sha256-" + sha256(script)
        + "'; base-uri 'none'; form-action 'none'\">"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        // Without this a browser asks the server for /favicon.ico.
        + "<link rel=\"icon\" href=\"data:,\"><title>" + Html.escape(title) + "</title>\n<style>"
        + resource("report.css") + (styles.isEmpty() ? "" : resource(styles))
        + "</style></head>\n<body><main><header><h1>" + Html.escape(title)
        + "</h1><p class=\"notice\"><b>Research software, not a medical device.</b> "
        + (synthetic
            ? "<b>Synthetic data:</b> the images are computed, not of patients, and the scores say"
                + " nothing about patients. "
            : "")
        + "Every contour needs a person’s review before any use.</p></header>\n" + body
        + "</main>\n<script>" + script + "</script></body></html>\n";
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder().encodeToString(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
