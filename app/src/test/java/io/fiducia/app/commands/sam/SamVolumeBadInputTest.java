package io.fiducia.app.commands.sam;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiducia.app.CommandLineFixture;
import io.fiducia.nifti.NiftiWriter;
import io.fiducia.volume.FloatVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is refused when a volume is segmented. */
class SamVolumeBadInputTest extends SamVolumeFixture {
  @Test
  void optionsThatDoNotFitAreNamed() throws IOException {
    String file = prompts(object("a", INITIAL));
    assertRefused(2, segment("--volume"), "--box, --point or --prompts");
    assertRefused(2, segment("--prompts", file, "--slice", "3"), "--prompts replaces");
    assertRefused(2, segment("--prompts", file, "--plane", "axiall"), "no such plane");
    assertRefused(2, segment("--three-planes", "--box", "10", "6", "30", "25"), "X0 Y0 Z0");
    assertRefused(2, segment("--three-planes", "--plane", "axial", "--prompts", file),
        "leave out --plane");
    assertRefused(2, segment("--box", "10", "6", "30", "25", "3"), "4 values, or 6");
    assertRefused(2, segment("--volume", "--box", "10", "6", "30", "25"), "which slice", "0 to 6");
    assertRefused(2, segment("--prompts", file, "--first", "4", "--last", "2"), "no range");
    assertRefused(3, segment("--prompts", file, "--last", "7"), "no such slice", "0 to 6");
    assertRefused(3, segment("--prompts", file, "--three-planes"), "one box", "initial mask");
  }

  @Test
  void promptsThatMakeNoSenseAreNamed() throws IOException {
    String[] slice = {"--volume", "--slice", "3"};
    assertRefused(3, segment(with(slice, "--box", "10", "6", "45", "25")), "out of the picture");
    assertRefused(3, segment(with(slice, "--box", "10", "6", "10", "25")), "no area");
    assertRefused(3, segment(with(slice, "--box", "30", "6", "10", "25")), "swapped");
    assertRefused(3, segment(with(slice, "--point", "3", "6", "1", "--point", "3", "6", "0")),
        "contradict");
    assertRefused(3, segment("--volume", "--slice", "7", "--point", "3", "6", "1"),
        "no such slice");
    assertRefused(3, segment("--box", "10", "6", "4", "30", "25", "2"), "swapped");
    assertRefused(3, segment("--box", "10", "6", "4", "30", "25", "9"), "out of the picture");
    assertRefused(3, segment("--three-planes", "--box", "10", "6", "4", "30", "25", "4"),
        "no area");
    assertRefused(3, segment("--prompts", prompts(object("a", "{\"undo\": true}"))),
        "nothing to undo");
    assertRefused(3, segment("--prompts", prompts(object("a", BOX + ", {\"undo\": true}"))),
        "no prompt");
    assertRefused(3, segment("--prompts", prompts(object("a", "{\"point\": [40, 0, 0]}"))),
        "within 40x30x7");
    assertRefused(3, segment("--prompts", prompts(object("a",
        "{\"point\": [4, 4, 3]}, {\"point\": [4, 4, 3], \"positive\": false}"))), "contradict");
    assertRefused(3, segment("--prompts", prompts(object("a", "{\"scribble\": \"other.nii.gz\"}"))),
        "another grid", "other.nii.gz");
    assertRefused(3, segment("--prompts", prompts("{\"nme\": \"a\", \"steps\": []}")),
        "unknown key", "did you mean name?");
    assertRefused(3, segment("--prompts", prompts(object("../a", BOX))),
        "cannot be part of a path");
    assertRefused(3, segment("--prompts",
        prompts(object("a", BOX) + "," + object("a_interpolation", BOX))), "one file");
    assertRefused(3, segment("--prompts", prompts(object("labels", BOX))), "one file");
    Files.writeString(folder.resolve("prompts.json"), "no JSON");
    assertRefused(3, segment("--prompts", folder.resolve("prompts.json").toString()),
        "cannot be read", "valid JSON");
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
  }

  @Test
  void imagesThatShowNothingAreNamed() throws IOException {
    String[] prompt = {"--volume", "--slice", "3", "--box", "10", "6", "30", "25"};
    FloatVolume flat = new FloatVolume(GRID, new float[GRID.size().voxels()]);
    NiftiWriter.writeFloats(image, flat);
    assertRefused(3, segment(prompt), "shows nothing", "scan.nii.gz");
    FloatVolume broken = volume(GRID);
    broken.data()[100] = Float.NaN;
    NiftiWriter.writeFloats(image, broken);
    assertRefused(3, segment(prompt), "NaN");
    FloatVolume blank = volume(GRID);
    Arrays.fill(blank.data(), 3 * 1200, 4 * 1200, 60);
    NiftiWriter.writeFloats(image, blank);
    assertRefused(3, segment(prompt), "slice 3");
  }

  @Test
  void placesThatCannotBeWrittenAreNamed() throws IOException {
    String file = prompts(object("a", INITIAL));
    Files.writeString(folder.resolve("out"), "a file");
    assertThat(segment("--prompts", file).err()).contains("the output is not a folder");
    Files.delete(folder.resolve("out"));
    assertRefused(3, segment("--prompts", file, "--cache", image.toString()),
        "the cache is not a folder");
    Files.createDirectories(out(""));
    Files.writeString(out("a.png"), "mine");
    CommandLineFixture result = segment("--prompts", file);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err()).contains("exists already", "a.png");
    assertThat(out("a.png")).hasContent("mine");
  }

  @Test
  void aModelWithoutItsWeightsSaysWhereTheyComeFrom() {
    CommandLineFixture result = CommandLineFixture.run("sam", "segment", "--model", "medsam",
        "--image", image.toString(), "--slice", "3", "--box", "10", "6", "30", "25", "-o",
        out("").toString());
    assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
    assertThat(result.err()).contains("weights of MedSAM are not given", "medsam_vit_b.pth",
        "docs/sam.md");
  }
}
