// The routes that messages go by: how each is, and a message to try it.

import { post } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Input } from "../components/field.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { tell } from "../components/tell.js";
import { Time } from "../components/time.js";
import { number } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { useData } from "../use_data.js";

const KIND = { up: "good", waiting: "warn", down: "bad" };

export function Routes() {
  const state = useData("/api/v1/sms-routes", 5000);
  const [tried, setTried] = useState(null);
  return html`<p class="soft">${t("routes-text")}</p>
    <${Loaded} state=${state}>${(data) =>
      data.routes.length === 0
        ? html`<${Empty} title=${t("no-routes")}>${t("no-routes-next")}<//>`
        : html`<section class="card"><${RouteTable} routes=${data.routes} act=${setTried} /></section>`}<//>
    ${tried && html`<${Try} name=${tried} close=${() => setTried(null)} />`}`;
}

/** The routes as a table; `act(name)` tries one, where that is wanted. */
export function RouteTable({ routes, act }) {
  const columns = [
    { key: "name", label: t("route") },
    { key: "state", label: t("state") },
    { key: "node", label: t("sending-node") },
    { key: "taken", label: t("messages-taken"), isNumber: true },
    { key: "refused", label: t("messages-refused"), isNumber: true },
    { key: "unknown", label: t("messages-unknown"), isNumber: true },
  ];
  if (act) columns.push({ key: "actions", label: t("actions") });
  const rows = routes.map((route) => ({
    key: route.name,
    name: route.kind ? `${route.name} (${route.kind.toUpperCase()})` : route.name,
    state: html`<${Badge} kind=${KIND[route.state]}>${t(`route-${route.state}`)}<//>
      ${route.detail && html`<p class="soft">${route.detail}</p>`}
      ${route.changed_at && route.state !== "unused" && html`<p class="soft">${t("since")} <${Time} at=${route.changed_at} /></p>`}`,
    node: route.node ?? "–",
    taken: figure(route.taken),
    refused: figure(route.refused),
    unknown: figure(route.unknown),
    actions: act && html`<button type="button" class="button button-quiet" aria-label=${`${t("try-route")}: ${route.name}`} onClick=${() => act(route.name)}>${t("try-route")}</button>`,
  }));
  return html`<${Table} caption=${t("tab-routes")} columns=${columns} rows=${rows} />`;
}

const figure = (value) => (value === undefined ? "–" : number(value));

function Try({ name, close }) {
  const [to, setTo] = useState("");
  const [text, setText] = useState(t("try-route-words"));
  const [state, setState] = useState({ busy: false, error: null });
  const done = async () => {
    setState({ busy: true, error: null });
    try {
      await post(`/api/v1/sms-routes/${encodeURIComponent(name)}/test`, { number: to, text });
      tell(t("try-route-told"));
      close();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return html`<${Dialog} title=${`${t("try-route")}: ${name}`} action=${t("try-route")} busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    <p>${t("try-route-text")}</p>
    <${Input} id="try-number" label=${t("try-number")} hint=${t("number-hint")} value=${to} onInput=${setTo} required />
    <${Input} id="try-words" label=${t("message-words")} value=${text} onInput=${setText} required maxlength="300" />
  <//>`;
}
