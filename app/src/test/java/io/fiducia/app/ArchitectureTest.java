package io.fiducia.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fiducia.app.cli.FiduciaCommand;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The house's rules (docs/architecture.md) over the compiled classes of all modules. */
class ArchitectureTest {
  private static JavaClasses house;

  @BeforeAll
  static void read() {
    house = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .importPackages("io.fiducia");
  }

  /** Each room with the other rooms that it must not see; | separates. */
  @ParameterizedTest
  @CsvSource({
    "io.fiducia.metrics.., core|torch|nnunet|app",
    "io.fiducia.core.., metrics|torch|nnunet|app",
    "io.fiducia.torch.., base|geometry|volume|nifti|resample|morphology|metrics|core|nnunet|app",
    "io.fiducia.nnunet.., app",
    "io.fiducia.base.., geometry|volume|nifti|resample|morphology|metrics|core|torch|nnunet|app",
    "io.fiducia.geometry.., volume|nifti|resample|morphology|metrics|core|torch|nnunet|app",
    "io.fiducia.volume.., metrics|core|torch|nnunet|app",
    "io.fiducia.nifti.., metrics|core|torch|nnunet|app",
    "io.fiducia.resample.., metrics|core|torch|nnunet|app",
    "io.fiducia.morphology.., metrics|core|torch|nnunet|app"})
  void roomsSeeOnlyWhatStandsAboveThem(String room, String hidden) {
    String[] packages = Stream.of(hidden.split("\\|"))
        .map(name -> "io.fiducia." + name + "..")
        .toArray(String[]::new);
    noClasses().that().resideInAPackage(room).should().dependOnClassesThat()
        .resideInAnyPackage(packages).allowEmptyShould(true).check(house);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.fiducia.(**)").should().beFreeOfCycles().check(house);
  }

  @Test
  void onlyTheTorchRoomTouchesLibtorch() {
    noClasses().that(resideOutsideOfPackages("io.fiducia.torch..")).should()
        .dependOnClassesThat(resideInAPackage("org.bytedeco..")).check(house);
  }

  @Test
  void onlyTheAppWritesToTheStreamsOrEndsTheProgram() {
    noClasses().that(resideOutsideOfPackages("io.fiducia.app..")).should()
        .accessField(System.class, "out").orShould().accessField(System.class, "err")
        .orShould().callMethod(System.class, "exit", int.class)
        .check(house);
  }

  @Test
  void noStateIsStaticAndMutable() {
    noFields().that(isOurs()).should().beStatic().andShould().notBeFinal()
        .as("static fields must be final").check(house);
  }

  @Test
  void randomnessComesFromASeed() {
    noClasses().should().dependOnClassesThat().areAssignableTo(Random.class)
        .orShould().dependOnClassesThat().areAssignableTo(ThreadLocalRandom.class)
        .orShould().callMethod(Math.class, "random")
        .check(house);
  }

  @Test
  void eachCommandExtendsTheCommonOne() {
    classes().that().resideInAPackage("io.fiducia.app.commands..").and()
        .haveSimpleNameEndingWith("Command").should().beAssignableTo(FiduciaCommand.class)
        .check(house);
  }

  private static DescribedPredicate<JavaField> isOurs() {
    // The compiler writes static fields of its own, for example into a switch over an enum.
    return DescribedPredicate.describe(
        "that are written in the source",
        field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC));
  }
}
