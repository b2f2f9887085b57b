package io.fiducia.promptable.adapt.train;

import io.fiducia.core.ContouredCase;
import io.fiducia.promptable.adapt.layer.LowRank;
import io.fiducia.promptable.slice.ModelIdentity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings of a training, as texts by name, for its checkpoint and its card. A training that goes on may
 * change nothing but its length.
 */
final class AdaptSettings {
  private AdaptSettings() {}

  static Map<String, String> of(AdaptTraining training, AdaptSlices slices, ModelIdentity base) {
    Map<String, String> out = new LinkedHashMap<>();
    out.put("seed", Long.toString(training.length().seed()));
    out.put("model", base.family());
    out.put("base weights", training.start() instanceof AdaptTraining.Start.Random random
        ? "random, " + random.shape()
        : base.weights());
    out.put("method", training.start().choice().method().word());
    LowRank rank = training.start().choice().lowRank();
    out.put("low rank", rank.toString());
    out.put("prompt encoder trains",
        Boolean.toString(training.start().choice().promptEncoder()));
    out.put("goal", training.goal().toString());
    out.put("dataset", training.data().stream().map(AdaptSettings::text)
        .collect(Collectors.joining("; ")));
    out.put("structures", String.join(", ", slices.structures()));
    out.put("slices", training.data().stream().map(AdaptData::choice).distinct().toList() + ", "
        + slices.training().size());
    out.put("batch", Integer.toString(training.length().batch()));
    out.put("rate", String.format(Locale.ROOT, "%.6g %s, warm-up %.3f",
        training.length().rate().highest(), training.length().rate().decay(),
        training.length().rate().warmUp()));
    out.put("averaging", Double.toString(training.length().averaging()));
    out.put("pictures changed", Boolean.toString(training.length().changed()));
    return out;
  }

  private static String text(AdaptData data) {
    List<String> ids = data.cases().stream().map(ContouredCase::id).sorted().toList();
    return data.name() + " (" + data.modality() + ", " + ids.size() + " cases, "
        + Integer.toHexString(ids.hashCode()) + ")";
  }
}
