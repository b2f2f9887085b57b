package io.fiducia.app.commands.nnunet;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.FiduciaCommand;
import io.fiducia.nnunet.select.ModelArchive;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fiducia nnunet import-model}: installs models from a zip file. */
@Command(name = "import-model", description = {
  "Installs trained models from a zip file of nnU-Net or of export-model.",
  "Nothing is written outside nnUNet_results, and nothing is written from a damaged or hostile file.",
  "Observe the licence of the data that the model was trained on."}, footer = {"", "Example:",
    "  fiducia nnunet import-model hippocampus.zip"})
public final class NnunetImportModelCommand extends FiduciaCommand {
  @Parameters(index = "0", paramLabel = "ZIP", description = "the zip file")
  private Path zip;

  @Option(names = "--overwrite", description = "replace existing files")
  private boolean overwrite;

  @Mixin
  private NnunetFolders folders;

  @Override
  protected int run(Context context) {
    List<Path> models = ModelArchive.read(zip, folders.results(context), overwrite,
        context.progress(), context.cancellation());
    if (context.json()) {
      context.console().json(Map.of("models", models.stream().map(Path::toString).toList()));
    } else {
      models.forEach(m -> context.console().result(m.toString()));
    }
    return 0;
  }
}
