package io.fiducia.promptable.sam.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.promptable.sam.ReferenceFile;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Scaled pictures against those that Pillow, scikit-image and OpenCV gave ({@link ReferenceFile} says how they
 * were made).
 */
class ResizeTest {
  @Test
  void scalesAsPillowToTheLastBit() {
    assertThat(compare("pillow")).isEqualTo(4);
  }

  @Test
  void scalesAsOpenCvByArea() {
    assertThat(compare("area")).isGreaterThanOrEqualTo(8);
  }

  @Test
  void scalesAsScikitImage() {
    assertThat(compare("skimage")).isGreaterThanOrEqualTo(5);
  }

  @Test
  void keepsTheZerosAroundABrightPictureAsScikitImageDoes() {
    assertThat(compare("skimage-bright")).isEqualTo(1);
  }

  /** Compares all pictures of a method and returns how many there were. */
  private static int compare(String method) {
    int count = 0;
    for (JsonNode one : ReferenceFile.read().path("resizes")) {
      if (!one.path("method").asString().equals(method)) {
        continue;
      }
      int height = one.path("from").path(0).asInt();
      int width = one.path("from").path(1).asInt();
      int newHeight = one.path("to").path(0).asInt();
      int newWidth = one.path("to").path(1).asInt();
      float[] grey = ReferenceFile.picture(width, height);
      if (method.equals("skimage-bright")) {
        for (int i = 0; i < grey.length; i++) {
          grey[i] = Math.max(60, grey[i]);
        }
      }
      int[] whole = new int[grey.length];
      Arrays.setAll(whole, i -> (int) grey[i]);
      double[] found = switch (method) {
        case "pillow" -> Arrays
            .stream(AntialiasedResize.apply(whole, width, height, newWidth, newHeight))
            .asDoubleStream().toArray();
        case "area" -> Arrays.stream(AreaResize.apply(whole, width, height, newWidth, newHeight))
            .asDoubleStream().toArray();
        default -> CubicResize.apply(grey, width, height, newWidth, newHeight);
      };
      double tolerance = method.startsWith("skimage") ? 2e-6 : 0;
      JsonNode values = one.path("values");
      assertThat(found).hasSize(values.size());
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as(method + " to " + newWidth + "x" + newHeight + " at " + i)
            .isCloseTo(values.path(i).asDouble(), within(tolerance));
      }
      count++;
    }
    return count;
  }
}
