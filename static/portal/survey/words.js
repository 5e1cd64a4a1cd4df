// Words of a survey document that people read: languages, types, places of differences.

import { language, t } from "../messages.js";

/** A language by its own tag, in the language of the pages. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([language().tag], { type: "language" }).of(tag);
  } catch {
    return tag;
  }
}

const RIGHT_TO_LEFT = ["ar", "he", "fa", "ur", "ps", "yi"];

/** The direction a language is written in. */
export const directionOf = (tag) => (RIGHT_TO_LEFT.includes(tag.split("-")[0]) ? "rtl" : "ltr");

export const TYPES = ["rating", "nps", "yes_no", "choice", "free_text", "voice_comment"];
export const typeName = (type) => t(`type-${type.replace("_", "-")}`);

/** A question as lists name it: its text in a language, else its key. */
export function titleOf(question, languages) {
  const own = language().tag;
  const text = [own, ...languages].map((tag) => question.text?.[tag]).find((text) => text?.trim());
  return text ?? question.key;
}

const PLACES = {
  name: "place-name",
  languages: "place-languages",
  intro: "place-intro",
  thanks: "place-thanks",
  no_input: "place-no-input",
  no_match: "place-no-match",
  voice: "place-voice",
  text: "place-text",
  type: "place-type",
  scale: "place-scale",
  metric: "place-metric",
  low_label: "place-low-label",
  high_label: "place-high-label",
  rtl_scales: "place-rtl-scales",
  choices: "place-choices",
  label: "place-label",
  required: "place-required",
  retries: "place-retries",
  no_input_ms: "place-no-input-ms",
  branches: "place-branches",
  otherwise: "place-otherwise",
  invitation: "invitation",
  way: "place-way",
  after_hang_up: "after-hang-up",
  after_contact: "after-contact",
  consent: "place-consent",
  expires_hours: "place-expires-hours",
  reminder: "place-reminder",
  after_hours: "place-after-hours",
  max_parts: "place-max-parts",
  transliterate: "transliterate",
  hours: "place-hours",
  sampling: "place-sampling",
  schedule: "place-schedule",
  retention_days: "place-retention",
  recording_retention_days: "place-recording-retention",
  order: "place-order",
  prompts: "place-prompts",
};

/** Where two documents differ, in words: `Question csat, text (Spanish)`. */
export function placeName(path) {
  const words = [];
  let rest = path;
  if (rest[0] === "questions" && rest.length > 1) {
    if (rest[1] !== "order") words.push(t("place-question", { key: rest[1] }));
    rest = rest[1] === "order" ? ["order"] : rest.slice(2);
  }
  for (let no = 0; no < rest.length; no += 1) {
    const part = rest[no];
    if (part === "choices" && rest[no + 1] && rest[no + 1] !== "order") {
      words.push(t("place-choice", { key: rest[no + 1] }));
      no += 1;
    } else if (PLACES[part]) words.push(t(PLACES[part]));
    else if (no > 0 && ["text", "label", "low_label", "high_label", "intro", "thanks", "no_input", "no_match"].includes(rest[no - 1])) {
      words.push(languageName(part));
    } else words.push(part);
  }
  return words.join(" · ");
}

/** A value of a document as people read it. */
export function valueName(value) {
  if (value === null || value === undefined) return t("nothing");
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value.join(", ");
  if (value.text) return Object.values(value.text).join(" / ");
  if (value.label) return Object.values(value.label).join(" / ");
  if (typeof value === "object" && Object.values(value).every((part) => typeof part === "string")) {
    return Object.values(value).join(" / ");
  }
  return JSON.stringify(value);
}
