// API keys: who of the machines may do what.

import { post, remove } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Check, Input } from "../components/field.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { tell } from "../components/tell.js";
import { Time } from "../components/time.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { useData } from "../use_data.js";

export function Page({ title }) {
  const state = useData("/api/v1/keys");
  const [asked, setAsked] = useState(null);
  return html`<${Head} title=${title}>
      <button class="button button-primary" type="button" onClick=${() => setAsked({ what: "add" })}>${t("add-key")}</button>
    <//>
    <p class="soft">${t("keys-text")}</p>
    <${Loaded} state=${state}>${(data) => html`<${List} keys=${data.keys} revoke=${(key) => setAsked({ what: "revoke", key })} />`}<//>
    ${asked?.what === "add" && html`<${AddKey} scopes=${state.data?.scopes ?? []} close=${() => setAsked(null)} reload=${state.reload} />`}
    ${asked?.what === "revoke" && html`<${Revoke} name=${asked.key.name} close=${() => setAsked(null)} reload=${state.reload} />`}`;
}

function List({ keys, revoke }) {
  if (keys.length === 0) return html`<${Empty} title=${t("no-keys")}>${t("no-keys-next")}<//>`;
  const columns = [
    { key: "name", label: t("key-name") },
    { key: "scopes", label: t("key-for") },
    { key: "created", label: t("created") },
    { key: "used", label: t("last-used") },
    { key: "state", label: t("state") },
    { key: "actions", label: t("actions") },
  ];
  const rows = keys.map((key) => ({
    key: `${key.name} ${key.created_at}`,
    name: key.name,
    scopes: key.scopes.map((scope) => t(`scope-${scope}`)).join(", "),
    created: html`<${Time} at=${key.created_at} />`,
    used: key.last_used_at ? html`<${Time} at=${key.last_used_at} />` : t("never"),
    state: html`<${Badge} kind=${key.revoked_at ? "" : "good"}>${t(key.revoked_at ? "key-revoked" : "key-valid")}<//>`,
    actions: key.revoked_at ? "" : html`<button type="button" class="button button-quiet" aria-label=${`${t("revoke")}: ${key.name}`} onClick=${() => revoke(key)}>${t("revoke")}</button>`,
  }));
  return html`<section class="card"><${Table} caption=${t("keys")} columns=${columns} rows=${rows} /></section>`;
}

function AddKey({ scopes, close, reload }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState(["ivr"]);
  const [state, setState] = useState({ busy: false, error: null, made: null });
  const done = async () => {
    setState({ busy: true, error: null, made: null });
    try {
      const made = await post("/api/v1/keys", { name, scopes: chosen });
      reload();
      setState({ busy: false, error: null, made });
    } catch (error) {
      setState({ busy: false, error, made: null });
    }
  };
  if (state.made) {
    return html`<${Dialog} key="made" title=${t("key-made")} onClose=${close} onDone=${close}>
      <p>${t("key-made-text", { name: state.made.name })}</p><p class="link-box">${state.made.secret}</p><//>`;
  }
  const tick = (scope) => (on) => setChosen(on ? [...chosen, scope] : chosen.filter((other) => other !== scope));
  return html`<${Dialog} key="ask" title=${t("add-key")} action=${t("add-key")} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    <${Input} id="key-name" label=${t("key-name")} hint=${t("key-name-hint")} value=${name} onInput=${setName} required />
    <fieldset class="texts"><legend>${t("key-for")}</legend>
      ${scopes.map((scope) => html`<${Check} key=${scope} id=${`scope-${scope}`} label=${t(`scope-${scope}`)} hint=${t(`scope-${scope}-text`)} checked=${chosen.includes(scope)} onChange=${tick(scope)} />`)}
    </fieldset>
  <//>`;
}

function Revoke({ name, close, reload }) {
  const [state, setState] = useState({ busy: false, error: null });
  const done = async () => {
    setState({ busy: true, error: null });
    try {
      await remove(`/api/v1/keys/${encodeURIComponent(name)}`);
      tell(t("key-revoked-told", { name }));
      reload();
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return html`<${Dialog} title=${t("revoke")} action=${t("revoke")} danger busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    <p>${t("revoke-text", { name })}</p><//>`;
}
