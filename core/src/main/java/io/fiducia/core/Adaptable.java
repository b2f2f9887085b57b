package io.fiducia.core;

import io.fiducia.base.Cancellation;
import io.fiducia.base.Progress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A system that can learn from a clinic's contoured cases. An instance stands for the system before
 * it has seen them: its pretrained weights, if any, and its device are given when it is created.
 *
 * <p>The form was checked against two kinds of systems. nnU-Net's run of a fold: the cases are
 * written into a data set below {@link Request#folder}, planned (or the plan of the pretrained model
 * is kept), preprocessed and trained by the recipe until the budget is spent; a second call with the
 * same folder resumes. UniverSeg, which learns in context: to adapt is to choose a support set among
 * the cases and to read it; there is no recipe, and of the budget nothing is used.
 */
public interface Adaptable {
  /**
   * What to learn from and how.
   *
   * @param cases at least one, each id once; the system itself keeps some for validation if it needs
   *     them
   * @param recipe what of the pretrained weights is kept and trained; empty for training from scratch
   *     and for systems that train nothing
   * @param budget how long it may take at most; reading and preparing the cases is not counted
   * @param seed the same seed gives the same result where the budget is a number of iterations
   * @param folder where the system keeps prepared cases, checkpoints and the finished model; scratch
   *     files with patients' data lie nowhere else
   */
  record Request(List<ContouredCase> cases, Optional<TransferRecipe> recipe,
      TrainingBudget budget, long seed, Path folder) {
    /**
     * Checks the cases.
     *
     * @throws IllegalArgumentException if there is none, or two have one id
     */
    public Request {
      cases = List.copyOf(cases);
      if (cases.isEmpty()) {
        throw new IllegalArgumentException("no case to learn from");
      }
      Set<String> ids = new HashSet<>();
      for (ContouredCase c : cases) {
        if (!ids.add(c.id())) {
          throw new IllegalArgumentException("two cases named " + c.id());
        }
      }
    }
  }

  /**
   * The system after it has learned, for the caller to close. Reports progress, and resumes in the
   * same folder after a request to stop.
   *
   * @throws io.fiducia.base.FiduciaException USAGE for a recipe that the system cannot follow,
   *     BAD_INPUT for cases that do not fit it, OUT_OF_RESOURCES, CANCELLED on request
   */
  Segmenter adapt(Request request, Progress progress, Cancellation cancellation);
}
