// Prompts: what is said, whether there is audio for it, and the ways to get some: a file, the microphone, or the text itself.

import { post, remove, upload } from "../api.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { directionOf, languageName } from "../survey/words.js";
import { useData } from "../use_data.js";
import { Badge } from "./badge.js";
import { Empty } from "./empty.js";
import { Loaded } from "./loaded.js";
import { Recorder } from "./recorder.js";
import { tell } from "./tell.js";

/** Those of a survey, or all. */
export function PromptTable({ survey, mayEdit, voice, changed }) {
  const state = useData("/api/v1/prompts");
  const reload = () => {
    state.reload();
    changed?.();
  };
  if (voice === "none") return html`<${Empty} title=${t("no-prompts-needed")}>${t("voice-none-text")}<//>`;
  return html`<${Loaded} state=${state}>${(data) => {
    const prompts = survey ? data.prompts.filter((prompt) => prompt.survey === survey) : data.prompts;
    if (prompts.length === 0) return html`<${Empty} title=${t("no-prompts")}>${t(survey ? "no-prompts-of-survey" : "no-prompts-next")}<//>`;
    const missing = prompts.filter((prompt) => !prompt.stored && prompt.required).length;
    return html`<p class="soft">${t("prompts-text")}</p>
      ${missing > 0 && html`<p class="message-warn">${t("prompts-missing", { count: missing })}</p>`}
      <section class="card" aria-label=${t("prompts")}><ul class="log">${prompts.map((prompt) => html`<${Prompt} key=${`${prompt.survey} ${prompt.language} ${prompt.name}`} prompt=${prompt} mayEdit=${mayEdit} reload=${reload} />`)}</ul></section>`;
  }}<//>`;
}

function Prompt({ prompt, mayEdit, reload }) {
  const [state, setState] = useState({ busy: false, error: null });
  const [recording, setRecording] = useState(false);
  const path = `/api/v1/prompts/${encodeURIComponent(prompt.language)}/${encodeURIComponent(prompt.name)}`;
  const act = async (work, said) => {
    setState({ busy: true, error: null });
    try {
      await work();
      tell(said);
      reload();
      setState({ busy: false, error: null });
      setRecording(false);
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const send = (file, name) => {
    const form = new FormData();
    form.append("file", file, name);
    return act(() => upload(path, form), t("prompt-stored", { name: prompt.name }));
  };
  const drop = () => act(() => remove(path), t("prompt-removed", { name: prompt.name }));
  const speak = () => act(() => post(`${path}/speech`, { text: prompt.text }), t("prompt-stored", { name: prompt.name }));
  const label = (word) => `${t(word)}: ${prompt.name}, ${languageName(prompt.language)}`;
  const kind = prompt.stored ? "good" : prompt.required ? "bad" : "";
  return html`<li>
    <div class="page-head">
      <span><code>${prompt.name}</code> <span class="soft">${languageName(prompt.language)}${prompt.survey ? ` · ${prompt.survey}` : ""}</span></span>
      <${Badge} kind=${kind}>${t(prompt.stored ? (prompt.survey ? "prompt-there" : "prompt-unused") : prompt.required ? "prompt-missing" : "prompt-spoken")}<//>
    </div>
    ${prompt.text && html`<p lang=${prompt.language} dir=${directionOf(prompt.language)}>${prompt.text}</p>`}
    ${prompt.stored && html`<p><audio controls preload="none" src=${prompt.stored.audio} aria-label=${label("listen")}></audio>
      <span class="soft">${(prompt.stored.duration_ms / 1000).toFixed(1)} s · ${prompt.stored.source}</span></p>`}
    ${state.error && html`<p class="problems" role="alert">${told(state.error)}</p>`}
    ${mayEdit && html`<div class="actions">
      <label class="button"><input class="visually-hidden" type="file" accept="audio/*,.wav,.mp3,.ogg,.flac,.aiff" aria-label=${label("upload-file")} disabled=${state.busy}
        onChange=${(event) => event.target.files[0] && send(event.target.files[0], event.target.files[0].name)} />${t("upload-file")}</label>
      ${navigator.mediaDevices && html`<button type="button" class="button" disabled=${state.busy} aria-label=${label("record")} onClick=${() => setRecording(!recording)}>${t("record")}</button>`}
      ${prompt.text && html`<button type="button" class="button" disabled=${state.busy} aria-label=${label("from-text")} onClick=${speak}>${t("from-text")}</button>`}
      ${prompt.stored && html`<button type="button" class="button button-quiet" disabled=${state.busy} aria-label=${label("remove-prompt")} onClick=${drop}>${t("remove-prompt")}</button>`}
    </div>`}
    ${recording && html`<${Recorder} text=${prompt.text} keep=${(wav) => send(wav, "recorded in the browser.wav")} />`}
  </li>`;
}
