// Settings: what this node was started with, what each is for, and where it was set.

import { Badge } from "../components/badge.js";
import { Check } from "../components/field.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { html } from "../html.js";
import { t } from "../messages.js";
import { query, setQuery } from "../router.js";
import { useData } from "../use_data.js";

export function Page({ title }) {
  const state = useData("/api/v1/settings");
  const onlySet = query.value.get("set") === "true";
  return html`<${Head} title=${title} />
    <p class="soft">${t("settings-text")}</p>
    <${Check} id="only-set" label=${t("only-set")} checked=${onlySet} onChange=${(on) => setQuery({ set: on ? "true" : "" }, true)} />
    <${Loaded} state=${state}>${(data) => html`<${Sections} data=${data} onlySet=${onlySet} />`}<//>`;
}

function Sections({ data, onlySet }) {
  const shown = data.settings.filter((setting) => !onlySet || setting.origin);
  const names = [...new Set(shown.map((setting) => setting.key.split(".")[0]))];
  if (shown.length === 0) return html`<p class="card">${t("nothing-set", { node: data.node })}</p>`;
  return names.map((name) => html`<section class="card" key=${name} aria-labelledby=${`section-${name}`}>
    <h2 id=${`section-${name}`}><code>${name}</code></h2>
    <ul class="log">${shown.filter((setting) => setting.key.startsWith(`${name}.`)).map((setting) => html`<li key=${setting.key}>
      <p><code>${setting.key}</code> = <strong><bdi dir="ltr">${setting.value === "" ? "–" : setting.value}</bdi></strong> ${setting.origin && html`<${Badge} kind="good">${t("set-in", { origin: setting.origin })}<//>`}</p>
      <p class="soft" lang="en" dir="ltr">${setting.doc}</p>
    </li>`)}</ul>
  </section>`);
}
