// The words of the pages: Fluent, one file a language. To add a language, add its file and its line here.

import { FluentBundle, FluentResource } from "../vendor/fluent/index.js";

export const LANGUAGES = [
  { tag: "en", name: "English", dir: "ltr" },
  { tag: "es", name: "Español", dir: "ltr" },
  { tag: "ar", name: "العربية", dir: "rtl" },
];

let bundle = null;
let used = LANGUAGES[0];

/** The language in use: `tag`, `name`, `dir`. */
export const language = () => used;

/** Loads the words of the language somebody chose, else of the first one the browser asks for that there is. */
export async function speak(chosen) {
  const asked = [chosen, ...navigator.languages].filter(Boolean).map((tag) => tag.split("-")[0]);
  const tag = asked.find((tag) => LANGUAGES.some((known) => known.tag === tag)) ?? "en";
  used = LANGUAGES.find((known) => known.tag === tag);
  const file = await fetch(`/static/portal/messages/${tag}.ftl`);
  const made = new FluentBundle(tag, { useIsolating: tag === "ar" });
  made.addResource(new FluentResource(await file.text()));
  bundle = made;
  document.documentElement.lang = tag;
  document.documentElement.dir = used.dir;
}

/** Whether there is a text. */
export const has = (id) => bundle?.hasMessage(id) ?? false;

/** A text; its id where there is none. */
export function t(id, args) {
  const message = bundle?.getMessage(id);
  return message?.value ? bundle.formatPattern(message.value, args) : id;
}

/** What an error says: the server's words, or ours when it could not be asked. */
export const told = (error) => error.message || t(error.code === "unreachable" ? "error-unreachable" : "error-unknown");
