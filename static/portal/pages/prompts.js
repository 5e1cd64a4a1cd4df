// Prompts: everything that surveys say to callers, and the audio for it.

import { Head } from "../components/head.js";
import { PromptTable } from "../components/prompt_table.js";
import { html } from "../html.js";

export function Page({ me, title }) {
  return html`<${Head} title=${title} /><${PromptTable} mayEdit=${me.rights.includes("edit_surveys")} />`;
}
