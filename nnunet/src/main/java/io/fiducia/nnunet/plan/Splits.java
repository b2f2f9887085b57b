package io.fiducia.nnunet.plan;

import io.fiducia.base.AtomicFiles;
import io.fiducia.base.FiduciaException;
import io.fiducia.base.FileNames;
import io.fiducia.nnunet.numpy.NumpyRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * Which cases train and which validate: nnU-Net's splits_final.json.
 *
 * @param folds the folds of the file
 */
public record Splits(List<Fold> folds) {
  private static final int FOLDS = 5;
  private static final long SEED = 12345;

  /** Case names of one fold. */
  public record Fold(List<String> train, List<String> val) {
    public Fold {
      train = List.copyOf(train);
      val = List.copyOf(val);
    }
  }

  public Splits {
    folds = List.copyOf(folds);
  }

  /**
   * nnU-Net's own split, by case name: scikit-learn's {@code KFold(5, shuffle=True,
   * random_state=12345)}. With fewer than five cases, where nnU-Net stops with an error, there are as
   * many folds as cases; with one case there is none, and only the fold {@code all} can be trained.
   */
  public static Splits create(Collection<String> cases) {
    List<String> names = List.copyOf(new TreeSet<>(cases));
    int n = names.size();
    int count = n < 2 ? 0 : Math.min(FOLDS, n);
    int[] order = new NumpyRandom(SEED).permutation(n);
    List<Fold> folds = new ArrayList<>();
    int start = 0;
    for (int f = 0; f < count; f++) {
      int size = n / count + (f < n % count ? 1 : 0);
      boolean[] held = new boolean[n];
      for (int i = start; i < start + size; i++) {
        held[order[i]] = true;
      }
      start += size;
      folds.add(new Fold(IntStream.range(0, n).filter(i -> !held[i]).mapToObj(names::get).toList(),
          IntStream.range(0, n).filter(i -> held[i]).mapToObj(names::get).toList()));
    }
    return new Splits(folds);
  }

  /** Reads splits_final.json. @throws FiduciaException BAD_INPUT if it is not a list of folds */
  public static Splits read(Path file) {
    try {
      JsonNode tree = JsonMapper.shared().readTree(Files.readString(file));
      List<Fold> folds = new ArrayList<>();
      for (JsonNode fold : tree) {
        if (!fold.path("train").isArray() || !fold.path("val").isArray()) {
          throw notUsable(file, "fold " + folds.size() + " lacks a list \"train\" or \"val\"");
        }
        String where = file + ", fold " + folds.size();
        folds.add(new Fold(names(where, fold.get("train")), names(where, fold.get("val"))));
      }
      if (!tree.isArray()) {
        throw notUsable(file, "expected a list of folds");
      }
      return new Splits(folds);
    } catch (IOException | JacksonException e) {
      throw FiduciaException.badInput("the splits cannot be read", file, e.getMessage(),
          "correct the file, or remove it to have it created again", e);
    }
  }

  private static FiduciaException notUsable(Object where, String why) {
    return FiduciaException.badInput("the splits are not usable", where, why,
        "expected [{\"train\": [\"case\", ...], \"val\": [...]}, ...]; remove the file to have it "
            + "created again");
  }

  private static List<String> names(String where, JsonNode node) {
    List<String> names = new ArrayList<>();
    for (JsonNode v : node) {
      String name = v.asStringOpt().orElseThrow(
          () -> notUsable(where, "expected names of cases, found " + v.getNodeType()));
      names.add(FileNames.check(name, where));
    }
    return names;
  }

  /** Reads the file if it is there, else makes nnU-Net's split and writes it there. */
  public static Splits readOrCreate(Path file, Collection<String> cases) {
    if (Files.exists(file)) {
      return read(file);
    }
    Splits splits = create(cases);
    splits.write(file);
    return splits;
  }

  /** Writes splits_final.json whole or not at all. */
  public void write(Path file) {
    ArrayNode tree = JsonMapper.shared().createArrayNode();
    for (Fold fold : folds) {
      var node = tree.addObject();
      fold.train().forEach(node.putArray("train")::add);
      fold.val().forEach(node.putArray("val")::add);
    }
    AtomicFiles.writeString(file,
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(tree) + "\n");
  }

  /**
   * The cases of a fold as nnU-Net chooses them: {@code all} trains and validates on every case, and
   * a number beyond the file's folds gives a random 80:20 split seeded by that number.
   *
   * @param fold a number from 0, or {@code all}
   * @param cases the cases that are there
   * @throws FiduciaException USAGE if the fold is neither, BAD_INPUT if it names cases that are not
   *     there or would have no training case
   */
  public Fold fold(String fold, Collection<String> cases) {
    List<String> names = List.copyOf(new TreeSet<>(cases));
    if (fold.equals("all")) {
      return new Fold(names, names);
    }
    if (!fold.matches("\\d{1,6}")) {
      throw FiduciaException.usage("no such fold", "expected a number or all, found " + fold, "");
    }
    int number = Integer.parseInt(fold);
    Fold chosen = number < folds.size() ? folds.get(number) : random(number, names);
    for (List<String> part : List.of(chosen.train(), chosen.val())) {
      List<String> absent = part.stream().filter(c -> !names.contains(c)).toList();
      if (!absent.isEmpty()) {
        String first = absent.get(0);
        String like = names.stream().filter(n -> FileNames.key(n).equals(FileNames.key(first)))
            .map(n -> " (there is " + n + ", which differs in case or Unicode form)")
            .findFirst().orElse("");
        throw FiduciaException.badInput("the splits name cases that are not there",
            "fold " + fold, absent.size() + " cases, " + first + " first" + like,
            "preprocess these cases, or remove splits_final.json to have it created again");
      }
    }
    if (chosen.train().isEmpty()) {
      throw FiduciaException.badInput("the fold has no training case", "fold " + fold,
          "the dataset has " + names.size() + " cases", "train the fold all, or add cases");
    }
    return chosen;
  }

  private static Fold random(int number, List<String> names) {
    int n = names.size();
    int[] train = new NumpyRandom(SEED + number).choiceWithoutReplacement(n, (int) (n * 0.8));
    TreeSet<Integer> rest = new TreeSet<>(IntStream.range(0, n).boxed().toList());
    List<String> chosen = new ArrayList<>();
    for (int i : train) {
      rest.remove(i);
      chosen.add(names.get(i));
    }
    return new Fold(chosen, rest.stream().map(names::get).toList());
  }
}
