package io.fiducia.anatomy.weights;

import io.fiducia.anatomy.task.Tool;
import io.fiducia.base.AtomicFiles;
import io.fiducia.base.Cancellation;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.Progress;
import io.fiducia.nnunet.select.ModelArchive;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Unpacks a downloaded zip file of weights to where its tool looks for it. The file is not trusted
 * ({@link ModelArchive}); what it holds must be the network of a known task, complete and with the
 * labels of that task. All is unpacked and checked in a hidden folder beside its place first, so that
 * an import that fails, or is cancelled, leaves everything as it was.
 *
 * @param set the set of weights, of a tool that has several: CADS's {@code reference}, {@code
 *     research} or {@code open}; empty for the only or the usual one
 * @param overwrite whether weights that are there are replaced
 */
public record WeightsImport(Tool tool, WeightsFolder weights, Optional<String> set,
    boolean overwrite) {

  /** One model of the zip, and where it goes. */
  private record Move(Path from, Path to) {}

  /**
   * Imports a zip file and returns the model folders that came.
   *
   * @throws FiduciaException BAD_INPUT for a file that is damaged, hostile, holds no model, or holds
   *     one that no task of the tool uses, and if the weights are there already; OUT_OF_RESOURCES if
   *     the disk is full; CANCELLED
   */
  public List<Path> read(Path zip, Progress progress, Cancellation cancellation) {
    Map<String, List<TaskNetwork>> networks = new LinkedHashMap<>();
    for (String model : ModelArchive.models(zip)) {
      networks.computeIfAbsent(model.substring(0, model.indexOf('/')), d -> networks(zip, d));
    }
    networks.forEach(this::checkAbsent);
    Path root = weights.root().toAbsolutePath();
    Path waiting = root.resolve(".import-" + Long.toHexString(System.nanoTime()));
    List<Path> created = new ArrayList<>();
    try {
      create(waiting, created);
      ModelArchive.read(zip, waiting, true, progress, cancellation);
      List<Move> moves = new ArrayList<>();
      networks.forEach((dataset, all) -> moves.add(checked(zip, waiting.resolve(dataset), all)));
      place(moves, created);
      remove(waiting);
      return moves.stream().map(Move::to).toList();
    } catch (IOException e) {
      discard(waiting, created, e);
      throw AtomicFiles.cannotWrite(root, e);
    } catch (RuntimeException | Error e) {
      discard(waiting, created, e);
      throw e;
    }
  }

  /** Creates a folder; those that were not there are added to the list, the innermost first. */
  private static void create(Path folder, List<Path> created) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path f = folder; f != null && !Files.exists(f); f = f.getParent()) {
      missing.add(f);
    }
    Files.createDirectories(folder);
    created.addAll(0, missing);
  }

  /** Deletes what a failed import has left: unpacked files, and folders that are empty again. */
  private static void discard(Path waiting, List<Path> created, Throwable error) {
    try {
      remove(waiting);
      for (Path folder : created) {
        Files.deleteIfExists(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      // Somebody else has put something into it.
    } catch (IOException e) {
      error.addSuppressed(e);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** The networks of a dataset, of the set that was chosen. */
  private List<TaskNetwork> networks(Path zip, String dataset) {
    int number = Integer.parseInt(dataset.substring("Dataset".length(), "Dataset".length() + 3));
    List<TaskNetwork> all = KnownNetworks.all().of(tool, number);
    if (all.isEmpty()) {
      Optional<TaskNetwork> other = Stream.of(Tool.values()).filter(t -> t != tool)
          .flatMap(t -> KnownNetworks.all().of(t, number).stream()).findFirst();
      throw FiduciaException.badInput(
          "no task of " + tool.displayName() + " uses dataset " + number, zip,
          "found " + dataset + "; known numbers near it are " + KnownNetworks.all()
              .near(tool, number).stream().map(String::valueOf).collect(Collectors.joining(", ")),
          other.map(o -> "it belongs to " + o.title() + ": import it for that tool")
              .orElse(
                  "install it with 'fiducia nnunet import-model' if it is a model of your own"));
    }
    // The models by region exist once, whatever set is chosen for the others.
    String chosen = set.filter(s -> all.stream().anyMatch(n -> n.set().equals(s)))
        .orElse(all.get(0).set());
    return all.stream().filter(n -> n.set().equals(chosen)).toList();
  }

  private void checkAbsent(String dataset, List<TaskNetwork> networks) {
    for (TaskNetwork network : networks) {
      Optional<Path> found = weights.find(network.model());
      Path target = target(dataset, network).resolve(network.model().modelName());
      if (!overwrite && (found.isPresent() || Files.exists(target))) {
        throw thereAlready(found.orElse(target));
      }
    }
  }

  private static FiduciaException thereAlready(Path folder) {
    return FiduciaException.badInput("the weights are there already", folder,
        "existing weights are not overwritten", "keep them, or ask for them to be replaced");
  }

  /** The model of an unpacked dataset's folder that some network of a task needs. */
  private Move checked(Path zip, Path dataset, List<TaskNetwork> networks) {
    List<WeightsStatus> all = new ArrayList<>();
    for (TaskNetwork network : networks) {
      WeightsStatus status = WeightsSearch.inDataset(dataset, network);
      if (status instanceof WeightsStatus.Found found) {
        return new Move(found.folder(), target(dataset.getFileName().toString(), network)
            .resolve(found.folder().getFileName().toString()));
      }
      all.add(status);
    }
    String why = all.stream().filter(WeightsStatus.Wrong.class::isInstance)
        .map(s -> ((WeightsStatus.Wrong) s).problem()).findFirst().orElseThrow();
    throw FiduciaException.badInput("the zip file does not hold the weights of "
        + networks.get(0).title(), zip + ", " + dataset.getFileName(), why,
        "fetch the file that the task needs: " + WeightsOrigin.of(networks.get(0)).how());
  }

  /**
   * The folder for a dataset: under the name that the tool looks for; where that is not known, under
   * the name of the folder that is there already, else that in the zip.
   */
  private Path target(String dataset, TaskNetwork network) {
    String folder = network.model().folder();
    if (!folder.endsWith("*")) {
      return weights.root().resolve(folder);
    }
    return weights.find(network.model()).map(Path::getParent)
        .orElseGet(() -> weights.root().resolve(network.set()).resolve(dataset));
  }

  /** Moves the models to their places, all or none. Those that are replaced wait beside their place. */
  private void place(List<Move> moves, List<Path> created) throws IOException {
    List<Move> done = new ArrayList<>();
    List<Path> replaced = new ArrayList<>();
    try {
      for (Move move : moves) {
        create(move.to().getParent(), created);
        if (Files.exists(move.to())) {
          if (!overwrite) {
            throw thereAlready(move.to());
          }
          Path old = move.to().resolveSibling(".replaced-" + Long.toHexString(System.nanoTime()));
          move(new Move(move.to(), old), done);
          replaced.add(old);
        }
        move(move, done);
      }
    } catch (IOException | RuntimeException e) {
      for (Move back : done.reversed()) {
        Files.move(back.to(), back.from(), StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
    for (Path old : replaced) {
      remove(old);
    }
  }

  private static void move(Move move, List<Move> done) throws IOException {
    Files.move(move.from(), move.to(), StandardCopyOption.ATOMIC_MOVE);
    done.add(move);
  }
}
