// Scores as it is customary: percentages whole, NPS with its sign, means with two places.

import { number, percent } from "./format.js";
import { t } from "./messages.js";

export function shownScore(measure, value) {
  if (measure === "csat" || measure === "yes") return percent(value, 100);
  if (measure === "nps") return `\u200e${value > 0 ? "+" : ""}${number(value)}`;
  return number(value, 2);
}

/** How a score is beside the one before, in words. */
export function trend(score, before) {
  if (before === null || before === undefined) return t("no-trend");
  const means = ["ces", "mean"].includes(score.measure);
  const by = score.value - before;
  const step = means ? 0.05 : 0.5;
  const text = number(Math.abs(by), means ? 2 : 1);
  if (Math.abs(by) < step) return `→ ${t("trend-same")}`;
  return by > 0 ? `▲ ${t("trend-up", { by: text })}` : `▼ ${t("trend-down", { by: text })}`;
}
