// Users: who may sign in, as what, and the links by which passwords are set.

import { post, put } from "../api.js";
import { Badge } from "../components/badge.js";
import { Dialog } from "../components/dialog.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { moment } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { useData } from "../use_data.js";

const ROLES = ["viewer", "supervisor", "manager", "admin"];
const KIND = { active: "good", invited: "warn", locked: "bad" };

export function Page({ me, title }) {
  const state = useData("/api/v1/users");
  const [asked, setAsked] = useState(null);
  const close = () => setAsked(null);
  const ask = (what, user) => () => setAsked({ what, user });
  return html`<${Head} title=${title}>
      <button class="button button-primary" type="button" onClick=${ask("add")}>${t("add-user")}</button>
    <//>
    <${Loaded} state=${state}>${(data) => html`<${List} users=${data.users} me=${me} ask=${ask} />`}<//>
    ${asked && html`<${Question} key=${`${asked.what} ${asked.user?.name}`} ...${asked} close=${close} reload=${state.reload} />`}`;
}

function List({ users, me, ask }) {
  const columns = [
    { key: "name", label: t("user-name") },
    { key: "called", label: t("display-name") },
    { key: "role", label: t("role") },
    { key: "state", label: t("state") },
    { key: "signed", label: t("last-signed-in") },
    { key: "actions", label: t("actions") },
  ];
  const button = (what, user) =>
    html`<button class="button button-quiet" type="button" aria-label=${`${t(what)}: ${user.name}`} onClick=${ask(what, user)}>${t(what)}</button>`;
  const actions = (user) => {
    if (user.name === me.name) return html`<a href="/account">${t("account")}</a>`;
    const locked = user.state === "locked";
    return html`<div class="actions">
      ${!locked && button("change-role", user)}
      ${!locked && user.role === "supervisor" && button("change-teams", user)}
      ${!locked && button("new-link", user)}
      ${!locked && user.second_factor && button("remove-second-factor", user)}
      ${user.single_sign_on_since && button("forget-single-sign-on", user)}
      ${button(locked ? "unlock" : "lock", user)}
    </div>`;
  };
  const rows = users.map((user) => ({
    key: user.name,
    name: user.name,
    called: user.display_name,
    role: html`${t(`role-${user.role}`)}${user.role === "supervisor" && html`<br /><span class="soft">${user.teams.length > 0 ? user.teams.join(", ") : t("no-teams")}</span>`}`,
    state: html`<${Badge} kind=${KIND[user.state]}>${t(`user-${user.state}`)}<//>${user.single_sign_on_since && html`<br /><span class="soft">${t("signs-in-by-provider")}</span>`}`,
    signed: user.signed_in_at ? html`<${Time} at=${user.signed_in_at} />` : t("never"),
    actions: actions(user),
  }));
  return html`<section class="card"><${Table} caption=${t("users")} columns=${columns} rows=${rows} /></section>`;
}

/** What is asked before something is done, and what came of it. */
function Question({ what, user, close, reload }) {
  const [draft, setDraft] = useState({ name: "", display_name: "", role: user?.role ?? "viewer", teams: (user?.teams ?? []).join("\n") });
  const [state, setState] = useState({ busy: false, error: null, link: null });
  const change = (key) => (event) => setDraft({ ...draft, [key]: event.target.value });
  const path = `/api/v1/users/${encodeURIComponent(user?.name ?? "")}`;
  const work = {
    add: () => post("/api/v1/users", draft),
    "new-link": () => post(`${path}/reset`),
    "change-role": () => put(`${path}/role`, { role: draft.role }),
    "change-teams": () => put(`${path}/teams`, { teams: draft.teams.split("\n").map((team) => team.trim()).filter(Boolean) }),
    "remove-second-factor": () => post(`${path}/remove-second-factor`),
    "forget-single-sign-on": () => post(`${path}/forget-single-sign-on`),
    lock: () => post(`${path}/lock`),
    unlock: () => post(`${path}/unlock`),
  };
  const done = async () => {
    setState({ busy: true, error: null, link: null });
    try {
      const made = await work[what]();
      reload();
      if (made?.link) setState({ busy: false, error: null, link: made });
      else close();
    } catch (error) {
      setState({ busy: false, error, link: null });
    }
  };
  if (state.link) {
    return html`<${Dialog} key="link" title=${t("link-made")} onClose=${close} onDone=${close}><${Link} made=${state.link} name=${user?.name ?? draft.name} /><//>`;
  }
  return html`<${Dialog} key="ask" title=${t(what === "add" ? "add-user" : what)} action=${t(what === "add" ? "add-user" : what)} danger=${what === "lock"}
      busy=${state.busy} error=${state.error} onDone=${done} onClose=${close}>
    ${what === "add" && html`<${Fields} draft=${draft} change=${change} />`}
    ${what === "change-teams" && html`<${TeamsField} draft=${draft} change=${change} />`}
    ${what === "change-role" && html`<p>${user.name}</p><${RoleField} draft=${draft} change=${change} />`}
    ${["new-link", "remove-second-factor", "forget-single-sign-on", "lock", "unlock"].includes(what) && html`<p>${t(`${what}-text`, { name: user.name })}</p>`}
  <//>`;
}

function Fields({ draft, change }) {
  return html`<div class="field"><label for="new-name">${t("user-name")}</label>
      <input id="new-name" value=${draft.name} onInput=${change("name")} autocapitalize="none" autocomplete="off" spellcheck="false" required aria-describedby="name-rule" />
      <p class="hint" id="name-rule">${t("name-rule")}</p></div>
    <div class="field"><label for="new-called">${t("display-name")}</label>
      <input id="new-called" value=${draft.display_name} onInput=${change("display_name")} autocomplete="off" /></div>
    <${RoleField} draft=${draft} change=${change} />`;
}

function TeamsField({ draft, change }) {
  const facets = useData("/api/v1/facets");
  const known = (facets.data?.teams ?? []).map((team) => team.key);
  return html`<div class="field"><label for="teams">${t("teams")}</label>
    <textarea id="teams" rows="5" value=${draft.teams} aria-describedby="teams-rule" onInput=${change("teams")}></textarea>
    <p class="hint" id="teams-rule">${t("teams-rule")} ${known.length > 0 && t("teams-known", { teams: known.join(", ") })}</p></div>`;
}

function RoleField({ draft, change }) {
  return html`<div class="field"><label for="new-role">${t("role")}</label>
    <select id="new-role" value=${draft.role} onChange=${change("role")} aria-describedby="role-rule">
      ${ROLES.map((role) => html`<option value=${role} selected=${role === draft.role}>${t(`role-${role}`)}</option>`)}
    </select>
    <p class="hint" id="role-rule">${t(`role-${draft.role}-text`)}</p></div>`;
}

function Link({ made, name }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(made.link).then(() => setCopied(true), () => {});
  };
  return html`<p>${t("link-text", { name, until: moment(made.expires_at) })}</p>
    <p class="link-box" id="link">${made.link}</p>
    <p role="status">${copied ? t("copied") : ""}</p>
    ${navigator.clipboard && html`<button class="button" type="button" onClick=${copy}>${t("copy")}</button>`}`;
}
