package io.fiducia.app;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.fiducia.app.cli.FiduciaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program's rules (docs/architecture.md) over the compiled classes of all modules. */
class ArchitectureTest {
  private static final Path ROOT = Path.of(System.getProperty("fiducia.root"));

  private static JavaClasses program;

  @BeforeAll
  static void read() {
    program = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        // What one module's tests lend to those of others.
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages("io.fiducia");
  }

  /**
   * The modules in the order of the reactor, each with all its packages and the modules that it may
   * use; it may also use what those may use.
   */
  private enum Module {
    BASE("base"),
    IMAGE("geometry volume nifti raster resample morphology", BASE),
    TORCH("torch torch.nn torch.optim torch.checkpoint", BASE),
    CORE("core core.prompt", IMAGE),
    PHANTOM("phantom phantom.image phantom.cohort", CORE),
    METRICS("metrics metrics.stats metrics.surface metrics.compat", CORE),
    LEARN("learn.augment learn.window learn.train learn.transfer learn.picture", CORE, TORCH),
    NNUNET("nnunet.dataset nnunet.cases nnunet.preprocess nnunet.store nnunet.plan nnunet.numpy"
        + " nnunet.network nnunet.train nnunet.infer nnunet.select nnunet.run", LEARN, METRICS),
    ANATOMY("anatomy.task anatomy.weights anatomy.post anatomy.statistics anatomy.output"
        + " anatomy.engine anatomy.total anatomy.cads anatomy.source", NNUNET),
    UNIVERSEG("universeg.network universeg.slice universeg.support universeg.segment"
        + " universeg.train universeg.score", LEARN, METRICS),
    PROMPTABLE(
        "promptable.slice promptable.sam promptable.sam.network promptable.sam.picture"
            + " promptable.sam.weights promptable.cache promptable.volume promptable.session promptable.user promptable.score promptable.segment"
            + " promptable.adapt promptable.adapt.layer promptable.adapt.train"
            + " promptable.everything promptable.automatic",
        NNUNET),
    REPORT("report", METRICS),
    APP("app app.cli app.commands app.commands.anatomy app.commands.nnunet app.commands.sam app.commands.universeg app.demo",
        BASE, IMAGE,
        TORCH, CORE, PHANTOM,
        METRICS, LEARN, NNUNET, ANATOMY, UNIVERSEG, PROMPTABLE, REPORT);

    private final List<String> packages;
    private final List<Module> named;

    Module(String packages, Module... named) {
      this.packages = Arrays.stream(packages.split(" ")).map(p -> "io.fiducia." + p).toList();
      this.named = List.of(named);
    }

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** All modules whose classes this one may see, itself among them. */
    Set<Module> visible() {
      Set<Module> all = EnumSet.of(this);
      named.forEach(m -> all.addAll(m.visible()));
      return all;
    }

    List<String> visiblePackages() {
      return visible().stream().flatMap(m -> m.packages.stream()).toList();
    }
  }

  // Packages

  @ParameterizedTest
  @EnumSource
  void eachModuleHasThePackagesThatAreNamed(Module module) throws IOException {
    Path sources = ROOT.resolve(module.folder()).resolve("src/main/java");
    try (Stream<Path> all = Files.walk(sources)) {
      Set<String> found = all.filter(ArchitectureTest::isClass)
          .map(f -> sources.relativize(f.getParent()).toString().replace('/', '.')
              .replace('\\', '.'))
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(found).containsExactlyInAnyOrderElementsOf(module.packages);
    }
  }

  private static boolean isClass(Path file) {
    return file.toString().endsWith(".java") && !file.endsWith("package-info.java");
  }

  @Test
  void everyCompiledPackageIsNamedOnce() {
    assertThat(mismatches(packagesOf(Module.values()))).isEmpty();
  }

  @Test
  void aMisspeltAMissingAndADoublePackageAreNoticed() {
    List<String> all = packagesOf(Module.values());
    String[] misspelt = all.stream().map(p -> p.equals("io.fiducia.nifti") ? "io.fiducia.nfiti" : p)
        .toArray(String[]::new);
    assertThat(mismatches(List.of(misspelt))).containsExactly(
        "no class is in io.fiducia.nfiti", "no module names io.fiducia.nifti");
    assertThat(mismatches(Stream.concat(all.stream(), Stream.of("io.fiducia.core")).toList()))
        .containsExactly("two modules name io.fiducia.core");
  }

  private static List<String> packagesOf(Module... modules) {
    return Arrays.stream(modules).flatMap(m -> m.packages.stream()).toList();
  }

  private static List<String> mismatches(List<String> named) {
    Set<String> found = program.stream().map(JavaClass::getPackageName)
        .collect(Collectors.toCollection(TreeSet::new));
    Set<String> once = new TreeSet<>();
    Stream<String> twice = named.stream().filter(p -> !once.add(p))
        .map(p -> "two modules name " + p).toList().stream();
    return Stream.of(
        twice,
        once.stream().filter(p -> !found.contains(p)).map(p -> "no class is in " + p),
        found.stream().filter(p -> !once.contains(p)).map(p -> "no module names " + p))
        .flatMap(s -> s).toList();
  }

  // Direction

  @ParameterizedTest
  @EnumSource
  void aModuleUsesOnlyWhatItMay(Module module) {
    direction(module.packages, module.visiblePackages()).check(program);
  }

  @Test
  void theDirectionRuleFailsForAPackageThatDoesNotExist() {
    List<String> all = packagesOf(Module.values());
    assertThatThrownBy(
        () -> direction(List.of("io.fiducia.troch"), all).check(program))
        .isInstanceOf(AssertionError.class).hasMessageContaining("failed to check any classes");
  }

  @Test
  void theDirectionRuleFailsForAModuleThatIsLeftOut() {
    List<String> withoutBase = packagesOf(Module.IMAGE);
    assertThatThrownBy(() -> direction(Module.IMAGE.packages, withoutBase).check(program))
        .isInstanceOf(AssertionError.class).hasMessageContaining("io.fiducia.base.");
  }

  private static ArchRule direction(Collection<String> own, Collection<String> visible) {
    DescribedPredicate<JavaClass> allowed = resideInAnyPackage(visible.toArray(String[]::new))
        .or(resideOutsideOfPackages("io.fiducia.."));
    return classes().that().resideInAnyPackage(own.toArray(String[]::new))
        .should().onlyDependOnClassesThat(allowed.as("are in " + visible));
  }

  /** The compiler enforces what a POM leaves out, as long as the POM names no more than the table. */
  @ParameterizedTest
  @EnumSource
  void thePomLetsAModuleSeeWhatItMayUse(Module module) throws IOException {
    Set<Module> seen = EnumSet.of(module);
    declared(module).forEach(m -> seen.addAll(m.visible()));
    assertThat(seen).isEqualTo(module.visible());
  }

  /** The modules of this program that a POM names for its main code. */
  private static Set<Module> declared(Module module) throws IOException {
    String pom = Files.readString(ROOT.resolve(module.folder()).resolve("pom.xml"))
        .replaceAll("(?s)<!--.*?-->|<parent>.*?</parent>", "");
    return Pattern.compile("(?s)<dependency>(.*?)</dependency>").matcher(pom).results()
        .map(m -> m.group(1))
        .filter(d -> d.contains("<groupId>io.fiducia</groupId>")
            && !d.contains("<scope>test</scope>"))
        .map(d -> d.replaceAll("(?s).*<artifactId>fiducia-(\\w+)</artifactId>.*", "$1"))
        .map(name -> Module.valueOf(name.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }

  @Test
  void theReactorNamesTheModulesInTheirOrder() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    String modules = pom.substring(pom.indexOf("<modules>"), pom.indexOf("</modules>"));
    assertThat(Pattern.compile("<module>(.*?)</module>").matcher(modules).results()
        .map(m -> m.group(1)))
        .containsExactlyElementsOf(Arrays.stream(Module.values()).map(Module::folder).toList());
    for (Module module : Module.values()) {
      assertThat(module.named).as(module + " stands below what it uses")
          .allMatch(m -> m.ordinal() < module.ordinal());
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.fiducia.(**)").should().beFreeOfCycles().check(program);
  }

  // Names

  @Test
  void noTwoClassesHaveOneSimpleName() {
    Set<String> once = new TreeSet<>();
    Set<String> twice = program.stream().filter(c -> !c.isNestedClass())
        .map(JavaClass::getSimpleName)
        .filter(name -> !name.equals("package-info") && !once.add(name))
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(twice).as("give one of the two classes another name").isEmpty();
  }

  // What only some may do

  @Test
  void onlyTheTorchModuleTouchesLibtorch() {
    noClasses().that(resideOutsideOfPackages(in(Module.TORCH))).should()
        .dependOnClassesThat(resideInAPackage("org.bytedeco..")).check(program);
  }

  @Test
  void onlyTheAppWritesToTheStreamsOrEndsTheProgram() {
    noClasses().that(resideOutsideOfPackages(in(Module.APP))).should()
        .accessField(System.class, "out").orShould().accessField(System.class, "err")
        .orShould().callMethod(System.class, "exit", int.class)
        .check(program);
  }

  private static String[] in(Module module) {
    return module.packages.toArray(String[]::new);
  }

  @Test
  void noStateIsStaticAndMutable() {
    noFields().that(isOurs()).should().beStatic().andShould().notBeFinal()
        .as("static fields must be final").check(program);
  }

  @Test
  void randomnessComesFromASeed() {
    noClasses().should().dependOnClassesThat().areAssignableTo(Random.class)
        .orShould().dependOnClassesThat().areAssignableTo(ThreadLocalRandom.class)
        .orShould().callMethod(Math.class, "random")
        .check(program);
  }

  @Test
  void eachCommandExtendsTheCommonOne() {
    classes().that().resideInAPackage("io.fiducia.app.commands..").and()
        .haveSimpleNameEndingWith("Command").should().beAssignableTo(FiduciaCommand.class)
        .check(program);
  }

  private static DescribedPredicate<JavaField> isOurs() {
    // The compiler writes static fields of its own, for example into a switch over an enum.
    return DescribedPredicate.describe(
        "that are written in the source",
        field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC));
  }
}
