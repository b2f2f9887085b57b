package io.fiducia.promptable.score;

import java.util.Map;

/**
 * How good a system is after some interactions.
 *
 * @param system its name
 * @param caseId pseudonym of the case
 * @param structure its name
 * @param interactions how many there were
 * @param seconds that a person takes for them, as estimated
 * @param values metrics by name
 */
public record PromptScore(String system, String caseId, String structure, int interactions,
    double seconds, Map<String, Double> values) {}
