// My account: language and theme, password, and where else one is signed in.

import { post, put, remove } from "../api.js";
import { Badge } from "../components/badge.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { SecondFactor } from "../components/second_factor.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { html, useState } from "../html.js";
import { LANGUAGES, language, t, told } from "../messages.js";
import { THEMES, choose, theme } from "../theme.js";
import { useData } from "../use_data.js";

export function Page({ me, title, changeLanguage }) {
  return html`<${Head} title=${title} />
    <section class="card">
      <h2>${t("you")}</h2>
      <dl class="facts">
        <dt>${t("user-name")}</dt><dd>${me.name}</dd>
        <dt>${t("display-name")}</dt><dd>${me.display_name}</dd>
        <dt>${t("role")}</dt><dd>${t(`role-${me.role}`)} <span class="soft">${t(`role-${me.role}-text`)}</span></dd>
      </dl>
      ${me.single_sign_on && html`<p class="soft">${t("signs-in-by-provider-text")}</p>`}
      <${Looks} me=${me} changeLanguage=${changeLanguage} />
    </section>
    ${me.password && html`<${Password} /><${SecondFactor} me=${me} />`}
    <${Sessions} />`;
}

function Looks({ me, changeLanguage }) {
  const [error, setError] = useState(null);
  const [drawn, setDrawn] = useState(theme());
  const speakIn = async (event) => {
    const tag = event.target.value;
    try {
      await put("/api/v1/me/language", { language: tag });
      me.language = tag;
      await changeLanguage(tag);
    } catch (failed) {
      setError(failed);
    }
  };
  const drawIn = (event) => {
    choose(event.target.value);
    setDrawn(event.target.value);
  };
  return html`<div class="cards">
    ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
    <div class="field"><label for="language">${t("language")}</label>
      <select id="language" onChange=${speakIn}>
        ${LANGUAGES.map((known) => html`<option value=${known.tag} lang=${known.tag} selected=${known.tag === language().tag}>${known.name}</option>`)}
      </select></div>
    <div class="field"><label for="theme">${t("theme")}</label>
      <select id="theme" onChange=${drawIn}>
        ${THEMES.map((name) => html`<option value=${name} selected=${name === drawn}>${t(`theme-${name}`)}</option>`)}
      </select></div>
  </div>`;
}

function Password() {
  const empty = { current: "", fresh: "", repeat: "" };
  const [draft, setDraft] = useState(empty);
  const [state, setState] = useState({ busy: false, error: null, done: false });
  const change = (key) => (event) => setDraft({ ...draft, [key]: event.target.value });
  const save = async (event) => {
    event.preventDefault();
    if (draft.fresh !== draft.repeat) {
      setState({ busy: false, error: new Error(t("passwords-differ")), done: false });
      return;
    }
    setState({ busy: true, error: null, done: false });
    try {
      await post("/api/v1/me/password", { current: draft.current, new: draft.fresh });
      setDraft(empty);
      setState({ busy: false, error: null, done: true });
    } catch (error) {
      setState({ busy: false, error, done: false });
    }
  };
  const field = (key, label, complete, hint) => html`<div class="field"><label for=${`password-${key}`}>${label}</label>
    <input id=${`password-${key}`} type="password" autocomplete=${complete} required value=${draft[key]} onInput=${change(key)}
      aria-describedby=${hint ? "password-rule" : undefined} />
    ${hint && html`<p class="hint" id="password-rule">${hint}</p>`}</div>`;
  return html`<section class="card"><h2>${t("change-password")}</h2>
    <form onSubmit=${save}>
      ${state.error && html`<p class="message-error" role="alert">${told(state.error)}</p>`}
      ${state.done && html`<p class="message-info" role="status">${t("password-changed")}</p>`}
      <div class="cards">
        ${field("current", t("current-password"), "current-password")}
        ${field("fresh", t("new-password"), "new-password", t("password-rule"))}
        ${field("repeat", t("repeat-password"), "new-password")}
      </div>
      <button class="button button-primary" type="submit" disabled=${state.busy}>${t("change-password")}</button>
    </form></section>`;
}

function Sessions() {
  const state = useData("/api/v1/me/sessions");
  const [error, setError] = useState(null);
  const end = (id) => async () => {
    try {
      await remove(`/api/v1/me/sessions/${id}`);
      setError(null);
    } catch (failed) {
      setError(failed);
    }
    state.reload();
  };
  const columns = [
    { key: "agent", label: t("browser") },
    { key: "address", label: t("address") },
    { key: "since", label: t("since") },
    { key: "used", label: t("last-used") },
    { key: "end", label: t("actions") },
  ];
  const row = (session) => ({
    key: session.id,
    agent: browser(session.agent),
    address: session.address,
    since: html`<${Time} at=${session.created_at} />`,
    used: html`<${Time} at=${session.used_at} />`,
    end: session.current
      ? html`<${Badge} kind="good">${t("this-session")}<//>`
      : html`<button class="button button-quiet" type="button" onClick=${end(session.id)}>${t("end-session")}</button>`,
  });
  return html`<section class="card"><h2>${t("sessions")}</h2>
    <p class="soft">${t("sessions-text")}</p>
    ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
    <${Loaded} state=${state}>${(data) => html`<${Table} caption=${t("sessions")} columns=${columns} rows=${data.sessions.map(row)} />`}<//>
  </section>`;
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];
const SYSTEMS = ["Windows", "Android", "iPhone", "iPad", "Mac OS", "Linux"];

/** A browser by what it calls itself, as people know it; else its own words. */
function browser(agent) {
  const name = BROWSERS.find(([mark]) => agent.includes(mark))?.[1];
  const system = SYSTEMS.find((system) => agent.includes(system));
  return name ? [name, system].filter(Boolean).join(" · ") : agent || t("unknown-browser");
}
