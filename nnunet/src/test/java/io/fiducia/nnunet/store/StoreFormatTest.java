package io.fiducia.nnunet.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.base.Cancellation;
import io.fiducia.nnunet.preprocess.Fixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What earlier versions stored stays readable: header.json was written before records were nested. */
class StoreFormatTest {
  @Test
  void aHeaderOfAnEarlierVersionIsRead() throws Exception {
    byte[] text = Files.readAllBytes(
        Path.of(StoreFormatTest.class.getResource("header.json").toURI()));
    assertThat(StoreHeader.of(text).text()).isEqualTo(text);
  }

  @Test
  void aStoredCaseHasTheHeaderOfEarlierVersions() throws Exception {
    StoreHeader header = StoreHeader.of(Fixture.preprocessor("3d_fullres")
        .runTraining(Fixture.dataset().training().get(0), new Cancellation()), "inputs");
    assertThat(new String(header.text(), StandardCharsets.UTF_8)).isEqualTo(
        Files.readString(Path.of(StoreFormatTest.class.getResource("header.json").toURI())));
  }
}
