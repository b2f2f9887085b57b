package io.fiducia.nnunet.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.geometry.Geometry;
import io.fiducia.geometry.Mat3;
import io.fiducia.geometry.Size;
import io.fiducia.geometry.Vec3;
import io.fiducia.nifti.NiftiReader;
import io.fiducia.nnunet.cases.CaseExport;
import io.fiducia.nnunet.cases.CaseImages;
import io.fiducia.nnunet.cases.CaseProperties;
import io.fiducia.nnunet.cases.CaseReader;
import io.fiducia.nnunet.cases.ClassLocations;
import io.fiducia.nnunet.cases.Grids;
import io.fiducia.nnunet.cases.PreprocessedCase;
import io.fiducia.nnunet.plan.IntensityProperties;
import io.fiducia.nnunet.plan.Plans;
import io.fiducia.nnunet.store.NpzStore;
import io.fiducia.volume.FloatVolume;
import io.fiducia.volume.LabelVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

public class PreprocessorTest {
  private static final IntensityProperties CT = new IntensityProperties(100, 40,
      new IntensityProperties.Order(0, 20, 0, 200, 0));

  /** Numbers from nnunetv2 2.8.1 itself (make_fixtures.py). */
  @ParameterizedTest
  @ValueSource(strings = {"3d_fullres", "2d"})
  void equalsNnunet(String configuration) {
    PreprocessedCase ours = Fixture.preprocessor(configuration)
        .runTraining(Fixture.dataset().training().get(0), new Cancellation());
    NpzStore store = new NpzStore(Fixture.path("expected").resolve(configuration));
    NpzStore.Arrays theirs = store.read("case");

    assertThat(ours.shape()).isEqualTo(theirs.shape());
    for (int c = 0; c < 2; c++) {
      assertThat(ours.data()[c]).containsExactly(theirs.data()[c], within(2e-6f));
    }
    assertThat(ours.seg()).isEqualTo(theirs.seg());
    assertSame(ours.properties().classLocations(), store.classLocations("case"));
    assertThat(ours.properties().bounds()).isNotEqualTo(List.of());
  }

  public static void assertSame(ClassLocations ours, ClassLocations theirs) {
    assertThat(ours.classes()).hasSameSizeAs(theirs.classes());
    for (int k = 0; k < ours.classes().size(); k++) {
      ClassLocations.Entry a = ours.classes().get(k);
      ClassLocations.Entry b = theirs.classes().get(k);
      assertThat(a.labels()).isEqualTo(b.labels());
      assertThat(a.region()).isEqualTo(b.region());
      assertThat(a.zyx()).isEqualTo(b.zyx());
    }
  }

  @Test
  void inferenceNeedsNoLabelsAndLeavesItsInputAlone() {
    CaseImages images = new CaseReader("SimpleITKIO")
        .readImages(Fixture.dataset().training().get(0));
    float[] before = images.channels()[0].clone();

    PreprocessedCase c = Fixture.preprocessor("3d_fullres").run(images);

    assertThat(images.channels()[0]).isEqualTo(before);
    assertThat(c.properties().classLocations().classes()).isEmpty();
    assertThat(c.data()[0]).isEqualTo(Fixture.preprocessor("3d_fullres")
        .runTraining(Fixture.dataset().training().get(0), new Cancellation()).data()[0]);
  }

  /** Oracle nnunet.json, preprocess.crop: a block with a hole and one labelled corner cut off. */
  @Test
  void cropFillsHolesAndMarksOutside() {
    int[] shape = {8, 8, 8};
    float[] image = new float[512];
    short[] labels = new short[512];
    for (int z = 1; z < 7; z++) {
      for (int y = 2; y < 7; y++) {
        for (int x = 3; x < 6; x++) {
          image[(z * 8 + y) * 8 + x] = 5;
        }
      }
    }
    image[(4 * 8 + 4) * 8 + 4] = 0;
    image[(8 + 2) * 8 + 3] = 0;
    labels[(3 * 8 + 4) * 8 + 4] = 1;

    NonzeroCrop crop = NonzeroCrop.of(new float[][]{image}, shape, labels);

    assertThat(crop.bounds()).isDeepEqualTo(new int[][]{{1, 7}, {2, 7}, {3, 6}});
    assertThat(crop.seg()[0]).isEqualTo((short) -1);
    assertThat(count(crop.seg(), -1)).isEqualTo(1);
    assertThat(count(crop.seg(), 0)).isEqualTo(88);
    assertThat(count(crop.seg(), 1)).isEqualTo(1);
    assertThat(labels[(8 + 2) * 8 + 3]).isZero();
  }

  @Test
  void cropOfAnEmptyImageIsTheWholeImageOutside() {
    NonzeroCrop crop = NonzeroCrop.of(new float[][]{new float[24]}, new int[]{2, 3, 4});
    assertThat(crop.shape()).containsExactly(2, 3, 4);
    assertThat(count(crop.seg(), -1)).isEqualTo(24);
  }

  private static long count(short[] seg, int label) {
    long n = 0;
    for (short s : seg) {
      n += s == label ? 1 : 0;
    }
    return n;
  }

  /** Oracle nnunet.json, preprocess.class_loc. */
  @Test
  void classLocationsAreNumpys() {
    short[] seg = new short[512];
    for (int i = 0; i < 512; i++) {
      int low = Math.min(i / 64, Math.min(i / 8 % 8, i % 8));
      int high = Math.max(i / 64, Math.max(i / 8 % 8, i % 8));
      seg[i] = (short) (low >= 4 && high <= 5 ? 2 : low >= 2 ? 1 : 0);
    }
    ClassLocations found = ClassLocations.sample(
        seg, new int[]{8, 8, 8}, List.of(List.of(1), List.of(2), List.of(1, 2), List.of(3)),
        List.of(false, false, true, false));

    assertThat(found.classes()).extracting(ClassLocations.Entry::count)
        .containsExactly(208, 8, 216, 0);
    assertThat(found.classes().get(0).zyx()).startsWith(2, 2, 7, 3, 7, 2, 2, 3, 2)
        .endsWith(3, 3, 7);
    assertThat(found.classes().get(1).zyx()).startsWith(5, 4, 5, 4, 4, 4, 5, 5, 5)
        .endsWith(5, 4, 4);
    assertThat(found.classes().get(2).zyx()).startsWith(6, 7, 2, 3, 2, 6, 7, 6, 3)
        .endsWith(2, 2, 5);
  }

  @Test
  void locationsOfRegionsAreNumberedAndAnnotatedOnesAreMinusOne() {
    ClassLocations locations = new ClassLocations(List.of(
        new ClassLocations.Entry(List.of(1, 2), true, new int[]{1, 1, 1}),
        new ClassLocations.Entry(List.of(2), false, new int[]{2, 2, 2}),
        new ClassLocations.Entry(List.of(-1, 0, 1, 2), true, new int[]{3, 3, 3})));
    assertThat(locations.byNumber().keySet()).containsExactly(1, 2, -1);
    assertThat(new ClassLocations(List.of(
        new ClassLocations.Entry(List.of(5), false, new int[3]),
        new ClassLocations.Entry(List.of(-1, 0, 5), true, new int[3]))).byNumber().keySet())
        .containsExactly(5, -1);
  }

  /** Z-score: oracle nnunet.json, preprocess.zscore, of 0 to 23. Others: their formulas. */
  @Test
  void normalizes() {
    float[] ramp = new float[24];
    for (int i = 0; i < 24; i++) {
      ramp[i] = i;
    }
    Normalizer.of("ZScoreNormalization", false, CT).apply(ramp, new short[24]);
    assertThat(ramp[0]).isCloseTo(-1.6613247394561768f, within(1e-6f));
    assertThat(ramp[2]).isCloseTo(-1.3723986148834229f, within(1e-6f));

    assertThat(normalized("ZScoreNormalization", true, new short[]{-1, 0, 1}, 7, 1, 3))
        .containsExactly(7, -1, 1);
    assertThat(normalized("CTNormalization", false, new short[3], -500, 120, 900))
        .containsExactly(-2, 0.5f, 2.5f);
    assertThat(normalized("NoNormalization", false, new short[3], -5, 1, 9))
        .containsExactly(-5, 1, 9);
    assertThat(normalized("RescaleTo01Normalization", false, new short[3], -5, 0, 15))
        .containsExactly(0, 0.25f, 1);
    assertThat(normalized("RGBTo01Normalization", false, new short[3], 0, 51, 255))
        .containsExactly(0, 0.2f, 1);
    assertThatThrownBy(() -> normalized("RGBTo01Normalization", false, new short[1], 256))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("found 256");
    assertThatThrownBy(() -> Normalizer.of("Other", false, CT))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("ZScoreNormalization");
  }

  private static float[] normalized(String scheme, boolean mask, short[] seg, float... data) {
    Normalizer.of(scheme, mask, CT).apply(data, seg);
    return data;
  }

  @Test
  void refusesImagesThatDoNotFit() {
    Geometry grid = Geometry.of(new Size(4, 3, 2), new Vec3(1, 1, 2));
    FloatVolume image = new FloatVolume(grid, new float[24]);
    Geometry other = Geometry.of(new Size(4, 3, 2), new Vec3(1, 1, 2.5));
    assertThatThrownBy(() -> images("SimpleITKIO", image, new LabelVolume(other, new short[24])))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("spacing")
        .hasMessageContaining("image.nii").hasMessageContaining("label.nii")
        .hasMessageContaining("2.5");
    Geometry smaller = Geometry.of(new Size(4, 3, 1), new Vec3(1, 1, 2));
    assertThatThrownBy(() -> images("SimpleITKIO", image, new LabelVolume(smaller, new short[12])))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("size");
    Geometry moved = new Geometry(grid.size(), grid.spacingMm(), new Vec3(5, 0, 0), Mat3.IDENTITY);
    assertThat(images("SimpleITKIO", image, new LabelVolume(moved, new short[24])).warnings())
        .singleElement().asString().contains("origin");
    assertThatThrownBy(() -> images("SomeOtherIO", image, new LabelVolume(grid, new short[24])))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("NibabelIO");
    float[] holed = new float[24];
    holed[3] = Float.NaN;
    holed[9] = Float.NEGATIVE_INFINITY;
    assertThatThrownBy(
        () -> images("NibabelIO", new FloatVolume(grid, holed),
            new LabelVolume(grid, new short[24])))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("found 2 of 24");
  }

  private static CaseImages images(String reader, FloatVolume image, LabelVolume label) {
    return CaseImages.of(
        "case", reader, List.of(new CaseImages.Named<>("image.nii", image)),
        Optional.of(new CaseImages.Named<>("label.nii", label)));
  }

  @Test
  void refusesLabelsThatAreNotDeclared() {
    CaseImages read = new CaseReader("SimpleITKIO").read(Fixture.dataset().training().get(0));
    read.labels().orElseThrow()[0] = 9;
    assertThatThrownBy(() -> Fixture.preprocessor("2d").run(read))
        .isInstanceOf(FiduciaException.class).hasMessageContaining("found 9")
        .hasMessageContaining("case.nii.gz");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "SimpleITKIO", "NibabelIO", "NibabelIOWithReorient", "SimpleITKIOWithReorient"})
  void goesBackToTheFile(String reader) {
    var raw = Fixture.dataset().training().get(0);
    LabelVolume original = NiftiReader.read(raw.label().orElseThrow()).toLabelVolume();
    CaseImages read = new CaseReader(reader).read(raw);
    int[] axes = {2, 0, 1};
    int[] shape = Grids.permute(read.shape(), axes);
    short[] labels = Grids.transpose(read.labels().orElseThrow(), read.shape(), axes);
    float[][] image = {Grids.transpose(read.channels()[0], read.shape(), axes)};
    NonzeroCrop crop = NonzeroCrop.of(image, shape, labels);
    List<List<Integer>> bounds = new ArrayList<>();
    for (int[] b : crop.bounds()) {
      bounds.add(Grids.listOf(b));
    }
    CaseProperties p = new CaseProperties(read.grid(), Grids.listOf(axes),
        new CaseProperties.Crop(Grids.listOf(shape), bounds, Grids.listOf(crop.shape())),
        List.of(1.0, 1.0, 1.0), ClassLocations.none());
    short[] inside = crop.seg();
    for (int i = 0; i < inside.length; i++) {
      inside[i] = (short) Math.max(0, inside[i]);
    }

    LabelVolume back = CaseExport.toFile(inside, p);

    assertThat(back.geometry()).isEqualTo(original.geometry());
    assertThat(back.data()).isEqualTo(original.data());
  }

  /** Another name and another patch size prepare the same case; whatever touches a voxel does not. */
  @Test
  void modelsMayShareACaseIfNothingThatTouchesAVoxelDiffers() {
    Plans plans = Fixture.plans();
    Preprocessor one = Fixture.preprocessor("3d_fullres");
    assertThat(one.sameAs(changed(plans, p -> p.put("dataset_name", "Dataset292_Other")))).isTrue();
    assertThat(one.sameAs(changed(plans,
        p -> ((ArrayNode) p.at("/configurations/3d_fullres/patch_size")).set(0, 16)))).isTrue();
    assertThat(one.sameAs(Fixture.preprocessor("2d"))).isFalse();
    assertThat(one.sameAs(changed(plans,
        p -> ((ArrayNode) p.at("/configurations/3d_fullres/spacing")).set(0, 2.25)))).isFalse();
    assertThat(one.sameAs(changed(plans,
        p -> p.put("image_reader_writer", "NibabelIOWithReorient")))).isFalse();
    assertThat(one.sameAs(changed(plans, p -> ((ObjectNode) p
        .at("/foreground_intensity_properties_per_channel/0")).put("mean", 1.25)))).isFalse();
    assertThat(one.sameAs(changed(plans, p -> ((ArrayNode) p
        .at("/configurations/3d_fullres/normalization_schemes")).set(0, "NoNormalization"))))
        .isFalse();
    assertThat(one.sameAs(changed(plans, p -> ((ObjectNode) p
        .at("/configurations/3d_fullres/resampling_fn_data_kwargs")).put("order", 1)))).isFalse();
  }

  private static Preprocessor changed(Plans plans, Consumer<ObjectNode> change) {
    ObjectNode tree = plans.tree();
    change.accept(tree);
    Plans other = Plans.of(tree);
    return new Preprocessor(other, other.configuration("3d_fullres"), Fixture.dataset().json());
  }

  /** nnU-Net's CT rule by hand: (-500 - 100) / 40, if -500 is not clipped. */
  @Test
  void anIntensityIsNormalizedOnlyWhereItStaysDistinguishable() {
    assertThat(ct(-900, 200).normalized(-500)).hasValue(-15);
    assertThat(ct(-900, 200).normalized(-900)).isEmpty();
    assertThat(ct(-500, 200).normalized(-500)).isEmpty();
    assertThat(ct(-400, 200).normalized(-500)).isEmpty();
    assertThat(ct(-900, -600).normalized(-500)).isEmpty();
    assertThat(changed(Fixture.plans(), p -> ((ArrayNode) p
        .at("/configurations/3d_fullres/normalization_schemes")).set(0, "ZScoreNormalization"))
        .normalized(-500)).isEmpty();
  }

  private static Preprocessor ct(double low, double high) {
    return changed(Fixture.plans(), p -> {
      ((ArrayNode) p.at("/configurations/3d_fullres/normalization_schemes")).set(0,
          "CTNormalization");
      ObjectNode channel = (ObjectNode) p.at("/foreground_intensity_properties_per_channel/0");
      channel.put("mean", 100.0).put("std", 40.0).put("percentile_00_5", low)
          .put("percentile_99_5", high);
    });
  }
}
