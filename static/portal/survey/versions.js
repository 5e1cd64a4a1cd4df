// What was published: held against each other or the draft, and taken back as the draft.

import { get } from "../api.js";
import { Empty } from "../components/empty.js";
import { Loaded } from "../components/loaded.js";
import { Select } from "../components/field.js";
import { Time } from "../components/time.js";
import { tell } from "../components/tell.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { useData } from "../use_data.js";
import { Differences } from "./differences.js";

export function Versions({ draft, versions, readOnly }) {
  const [error, setError] = useState(null);
  const newest = versions[0]?.number;
  const [from, setFrom] = useState(versions[1]?.number ? String(versions[1].number) : String(newest ?? ""));
  const [to, setTo] = useState(versions[1]?.number ? String(newest) : "draft");
  if (versions.length === 0) return html`<${Empty} title=${t("no-versions")}>${t("no-versions-next")}<//>`;
  const restore = async (number) => {
    try {
      const version = await get(`/api/v1/surveys/${encodeURIComponent(draft.key)}/versions/${number}`);
      draft.replace(version.document);
      await draft.save();
      tell(t("version-restored", { number }));
    } catch (failed) {
      setError(failed);
    }
  };
  const name = (which) => (which === "draft" ? t("the-draft") : t("version-no", { number: which }));
  const all = [["draft", t("the-draft")], ...versions.map((version) => [String(version.number), name(version.number)])];
  const path = from && to ? `/api/v1/surveys/${encodeURIComponent(draft.key)}/changes?from=${from}&to=${to}` : null;
  return html`<section class="card" aria-labelledby="versions-title">
      <h2 id="versions-title">${t("versions")}</h2>
      ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
      <ul class="log">${versions.map((version) => html`<li key=${version.number} class="page-head">
        <span>${name(version.number)} <span class="soft">· <${Time} at=${version.published_at} exact /></span></span>
        ${!readOnly && html`<button type="button" class="button" onClick=${() => restore(version.number)}>${t("restore")}</button>`}
      </li>`)}</ul>
    </section>
    <section class="card" aria-labelledby="compare-title">
      <h2 id="compare-title">${t("compare")}</h2>
      <div class="columns">
        <${Select} id="compare-from" label=${t("compare-from")} value=${from} options=${all} onChange=${setFrom} />
        <${Select} id="compare-to" label=${t("compare-to")} value=${to} options=${all} onChange=${setTo} />
      </div>
      <${Compared} key=${`${path} ${draft.revision.value}`} path=${path} before=${name(from)} after=${name(to)} />
    </section>`;
}

function Compared({ path, before, after }) {
  const state = useData(path);
  return html`<${Loaded} state=${state}>${(data) => html`<${Differences} changes=${data.changes} before=${before} after=${after} />`}<//>`;
}
