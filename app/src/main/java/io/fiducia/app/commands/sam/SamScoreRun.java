package io.fiducia.app.commands.sam;

import io.fiducia.app.cli.Context;
import io.fiducia.app.cli.Version;
import io.fiducia.app.commands.DatasetModality;
import io.fiducia.base.FiduciaException;
import io.fiducia.core.ContouredCase;
import io.fiducia.core.Modality;
import io.fiducia.core.StructureVocabulary;
import io.fiducia.nnunet.cases.RawContouredCase;
import io.fiducia.nnunet.dataset.RawDataset;
import io.fiducia.promptable.cache.EmbeddingCache;
import io.fiducia.promptable.score.HumanScribbles;
import io.fiducia.promptable.score.KeptScores;
import io.fiducia.promptable.score.PromptScore;
import io.fiducia.promptable.score.PromptScoring;
import io.fiducia.promptable.score.SliceRule;
import io.fiducia.promptable.score.SliceWiseSystem;
import io.fiducia.promptable.session.PromptSession.Multimask;
import io.fiducia.promptable.slice.SliceModel;
import io.fiducia.promptable.user.InteractionSeconds;
import io.fiducia.promptable.user.InteractiveSystem;
import io.fiducia.promptable.user.UserSettings;
import io.fiducia.promptable.volume.PropagationSettings;
import io.fiducia.promptable.volume.StructureWindows;
import io.fiducia.universeg.score.ChosenStructures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scores a model of slices beside simple rules, on a dataset with a simulated user or on the scribbles of people.
 *
 * @param model what is scored
 * @param carry which prompts for the next slice are made from a slice's mask
 * @param output folder of the results; finished scores are kept in it
 */
record SamScoreRun(SliceModel model, PropagationSettings.Carry carry, SamScoreOptions options,
    Path output, Context context) {
  /** The name of the model in tables. */
  static final String SYSTEM = "sam";
  /** How far a box lies from the structure in images with people's scribbles. */
  private static final int BOX_MARGIN = 1;
  /** Of the embeddings on disk: structures with the same window share the slices of an image. */
  private static final long CACHE_BYTES = 4L << 30;

  PromptScoring.Result run() {
    EmbeddingCache embeddings = new EmbeddingCache(output.resolve("embeddings"), CACHE_BYTES,
        context.progress());
    PromptScoring.Result result = options.scribbles().isPresent()
        ? people(HumanScribbles.read(options.scribbles().get()), embeddings)
        : dataset(RawDataset.open(options.dataset().orElseThrow()), embeddings);
    embeddings.clear();
    return result;
  }

  private PromptScoring.Result dataset(RawDataset dataset, EmbeddingCache embeddings) {
    List<ContouredCase> cases = RawContouredCase.test(dataset);
    if (cases.isEmpty()) {
      cases = RawContouredCase.training(dataset);
      context.console().note("no test case has a label map: the training cases are scored");
    }
    List<String> structures = ChosenStructures.named(options.structures(),
        dataset.json().labelSet().structures().names());
    Modality modality = options.modality().orElseGet(() -> DatasetModality.of(dataset));
    return PromptScoring.run(new PromptScoring.Request(
        cases.stream().limit(options.cases()).toList(), structures, systems(modality, embeddings),
        options.user(context.seed()), InteractionSeconds.usual(), options.interactions(),
        options.toleranceMm(), KeptScores.in(output.resolve("cells"), Version.text())),
        context.progress(), context.cancellation());
  }

  private List<InteractiveSystem> systems(Modality modality, EmbeddingCache embeddings) {
    SliceWiseSystem.Windows windows = options.window().map(SliceWiseSystem.Windows::fixed)
        .orElseGet(() -> SliceWiseSystem.Windows
            .ofStructures(new StructureWindows(StructureVocabulary.load()), modality));
    return List.of(
        new SliceWiseSystem(SYSTEM, model, Optional.of(embeddings),
            new SliceWiseSystem.Settings(options.plane(),
                PropagationSettings.usual().withCarry(carry), Multimask.SINGLE_CLICK),
            windows, context.cancellation()),
        SliceRule.otsuInBox(options.plane()), SliceRule.nearestScribble(options.plane()));
  }

  /** Boxes around the structures, or each person's scribbles as case NAME_personN. */
  private PromptScoring.Result people(HumanScribbles all, EmbeddingCache embeddings) {
    HumanScribbles images = new HumanScribbles(
        all.images().stream().limit(options.cases()).toList());
    InteractionSeconds seconds = InteractionSeconds.usual();
    List<PromptScore> scores = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<InteractiveSystem> systems = systems(options.modality().orElse(Modality.MR),
        embeddings);
    context.progress().started("Score", systems.size(), "systems");
    try {
      for (InteractiveSystem system : systems) {
        context.cancellation().check("scoring");
        scores.addAll(options.kind() == UserSettings.Kind.BOX
            ? images.scoreBoxes(system, BOX_MARGIN, seconds, options.toleranceMm())
            : images.scoreScribbles(system, seconds, options.toleranceMm()));
        context.progress().advanced("Score", systems.indexOf(system) + 1L, system.name());
      }
    } catch (FiduciaException e) {
      if (e.kind() != FiduciaException.Kind.BAD_INPUT || scores.isEmpty()) {
        throw e;
      }
      problems.add(e.what() + ": " + e.why());
    } finally {
      context.progress().finished("Score");
    }
    return new PromptScoring.Result(scores, problems);
  }
}
