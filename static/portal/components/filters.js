// Filters of a page: they stand in its address, so that a link shows the same to somebody else, and can be saved under a name.

import { post, remove } from "../api.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { query, setQuery } from "../router.js";
import { useData } from "../use_data.js";
import { Input, Select } from "./field.js";
import { tell } from "./tell.js";

const STATES = ["offered", "in_progress", "complete", "partial", "declined", "expired"];
const CHANNELS = ["voice", "sms", "chat", "web"];

/** The filters that a page has, by their names in the address. */
export function Filters({ page, names, more }) {
  const facets = useData("/api/v1/facets");
  const value = (name) => query.value.get(name) ?? "";
  const set = (name) => (text) => setQuery({ [name]: text, after: "" });
  const any = (list) => [["", t("any")], ...(list ?? []).map(({ key, name }) => [key, name ? `${name} (${key})` : key])];
  const selects = {
    survey: () => any(facets.data?.surveys.map(({ key, name }) => ({ key, name: name === key ? null : name }))),
    service: () => any(facets.data?.services.map(({ key }) => ({ key }))),
    agent: () => any(facets.data?.agents),
    queue: () => any(facets.data?.queues),
    team: () => any(facets.data?.teams),
    language: () => any(facets.data?.languages),
    state: () => [["", t("any")], ...STATES.map((state) => [state, t(`state-${state}`)])],
    channel: () => [["", t("any")], ...CHANNELS.map((channel) => [channel, t(`channel-${channel}`)])],
    comment: () => [["", t("any")], ["true", t("with-comment")]],
  };
  const field = (name) => {
    const id = `filter-${name}`;
    const label = t(`filter-${name.replace("_", "-")}`);
    if (selects[name]) {
      const options = selects[name]();
      // What a link names stays chosen, also when it is no choice of the last months.
      const known = options.some(([key]) => key === value(name)) ? options : [...options, [value(name), value(name)]];
      return html`<${Select} key=${name} id=${id} label=${label} value=${value(name)} options=${known} onChange=${set(name)} />`;
    }
    const type = name === "from" || name === "until" ? "date" : "text";
    return html`<${Late} key=${`${name} ${value(name)}`} id=${id} label=${label} type=${type} value=${value(name)} set=${set(name)}
      hint=${name === "score" ? t("filter-score-hint") : undefined} />`;
  };
  const clear = Object.fromEntries([...names, ...(more ?? [])].map((name) => [name, ""]));
  const isSet = [...names, ...(more ?? [])].some((name) => value(name));
  const inside = (more ?? []).filter((name) => value(name)).length;
  // On a phone they would fill the first screen.
  const [wide] = useState(() => matchMedia("(width >= 48rem)").matches);
  return html`<details class="card filters" open=${wide || isSet}>
    <summary>${t("filters")}</summary>
    <div class="filter-grid">${names.map(field)}</div>
    ${more && html`<details open=${inside > 0}><summary>${t("more-filters")}</summary><div class="filter-grid">${more.map(field)}</div></details>`}
    <div class="actions">
      ${isSet && html`<button type="button" class="button button-quiet" onClick=${() => setQuery({ ...clear, after: "" })}>${t("clear-filters")}</button>`}
      <${SavedViews} page=${page} names=${[...names, ...(more ?? [])]} isSet=${isSet} clear=${clear} />
    </div>
  </details>`;
}

/** A field that takes effect when it is left or Enter is pressed, not with every letter. */
function Late({ id, label, type, value, set, hint }) {
  const [text, setText] = useState(value);
  const done = () => text !== value && set(text);
  return html`<div class="field"><label for=${id}>${label}</label>
    <input id=${id} type=${type} value=${text} autocomplete="off" aria-describedby=${hint ? `${id}-hint` : undefined} onInput=${(event) => setText(event.target.value)}
      onChange=${done} onKeyDown=${(event) => event.key === "Enter" && done()} />
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}</div>`;
}

function SavedViews({ page, names, isSet, clear }) {
  const state = useData("/api/v1/views");
  const [name, setName] = useState(null);
  const [error, setError] = useState(null);
  const own = (state.data?.views ?? []).filter((view) => view.page === page);
  const act = async (work, said) => {
    try {
      await work();
      setError(null);
      setName(null);
      tell(said);
      state.reload();
    } catch (failed) {
      setError(failed);
    }
  };
  const filters = () => {
    const kept = new URLSearchParams();
    for (const each of names) if (query.value.get(each)) kept.set(each, query.value.get(each));
    return kept.toString();
  };
  const open = (id) => {
    const view = own.find((each) => each.id === id);
    if (view) setQuery({ ...clear, ...Object.fromEntries(new URLSearchParams(view.query)), after: "" });
  };
  const shown = own.find((view) => view.query === filters());
  return html`${own.length > 0 && html`<${Select} id="saved-view" label=${t("saved-views")} isHidden value=${shown?.id ?? ""}
      options=${[["", t("saved-views")], ...own.map((view) => [view.id, view.name])]} onChange=${open} />`}
    ${shown && html`<button type="button" class="button button-quiet" onClick=${() => act(() => remove(`/api/v1/views/${shown.id}`), t("view-deleted", { name: shown.name }))}>${t("delete-view", { name: shown.name })}</button>`}
    ${isSet && !shown && name === null && html`<button type="button" class="button button-quiet" onClick=${() => setName("")}>${t("save-view")}</button>`}
    ${name !== null && html`<form class="inline" onSubmit=${(event) => { event.preventDefault(); act(() => post("/api/v1/views", { page, name, query: filters() }), t("view-saved", { name })); }}>
      <${Input} id="view-name" label=${t("view-name")} value=${name} onInput=${setName} required maxlength="100" />
      <button type="submit" class="button">${t("save")}</button>
      <button type="button" class="button button-quiet" onClick=${() => setName(null)}>${t("cancel")}</button>
    </form>`}
    ${error && html`<p class="problems" role="alert">${told(error)}</p>`}`;
}
