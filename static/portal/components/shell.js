// The frame of all pages: brand, pages, who is signed in, what needs a person, and the page itself.

import { post } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { t, told } from "../messages.js";
import { GROUPS } from "../pages.js";
import { announce, find, path } from "../router.js";
import { Attention } from "./attention.js";
import { Told } from "./tell.js";

export function Shell({ pages, me, changeLanguage }) {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState(null);
  const here = path.value;
  const found = find(pages, here);
  const may = (entry) => entry.right === null || me.rights.includes(entry.right);
  const title = found ? t(found.entry.title) : t("nothing-here");
  useEffect(() => setOpen(false), [here]);

  const signOut = async () => {
    try {
      await post("/api/v1/me/sign-out");
      location.assign("/sign-in");
    } catch (failed) {
      setError(failed);
    }
  };

  return html`<div class="frame">
    <a class="button skip" href="#main">${t("skip")}</a>
    <header class="top">
      <a class="brand" href="/"><img src="/static/portal/icon.svg" alt="" />aftercall</a>
      <span class="who">${me.display_name} · ${t(`role-${me.role}`)}</span>
      <button class="button button-quiet menu-button" type="button" aria-expanded=${open} aria-controls="pages"
        onClick=${() => setOpen(!open)}>${t("menu")}</button>
      <button class="button button-quiet" type="button" onClick=${signOut}>${t("sign-out")}</button>
    </header>
    <${Menu} pages=${pages} may=${may} here=${here} open=${open} />
    <main id="main" class="main" tabindex="-1">
      <${Told} />
      ${me.rights.includes("see_system") && html`<${Attention} here=${here} />`}
      ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
      <div class="page">
        ${found && may(found.entry) && html`<${Page} key=${here} found=${found} me=${me} title=${title} changeLanguage=${changeLanguage} />`}
        ${found && !may(found.entry) && html`<${Notice} title=${title} text=${t("no-right")} />`}
        ${!found && html`<${Notice} title=${title} text=${t("nothing-here-text")} />`}
      </div>
    </main>
  </div>`;
}

function Menu({ pages, may, here, open }) {
  const inGroup = (group) => Object.entries(pages).filter(([, entry]) => entry.group === group && may(entry));
  // A page that has no line of its own is below another that has one.
  const isListed = GROUPS.some((group) => inGroup(group).some(([to]) => to === here));
  const isHere = (to) => to === here || (!isListed && to !== "/" && here.startsWith(`${to}/`));
  const link = ([to, entry]) =>
    html`<li><a href=${to} aria-current=${isHere(to) ? "page" : undefined}>${t(entry.title)}</a></li>`;
  return html`<nav id="pages" class=${open ? "side open" : "side"} aria-label=${t("pages")}>
    ${GROUPS.map((group) => {
      const entries = inGroup(group);
      return entries.length > 0 && html`<div class="side-group" key=${group}>
        <p class="side-title" id=${`menu-${group}`}>${t(`menu-${group}`)}</p>
        <ul aria-labelledby=${`menu-${group}`}>${entries.map(link)}</ul>
      </div>`;
    })}
  </nav>`;
}

/** A page, once its script is there. */
function Page({ found, me, title, changeLanguage }) {
  const [state, setState] = useState({ shows: null, error: null });
  const load = () =>
    found.entry.load().then(
      (script) => setState({ shows: script.Page, error: null }),
      () => setState({ shows: null, error: { code: "unreachable" } }),
    );
  useEffect(() => {
    load();
  }, []);
  useEffect(() => announce(title), [state.shows]);
  if (state.shows) return html`<${state.shows} me=${me} title=${title} params=${found.params} changeLanguage=${changeLanguage} />`;
  if (!state.error) return html`<div><h1 tabindex="-1">${title}</h1><p class="loading" role="status">${t("loading")}</p></div>`;
  return html`<div><h1 tabindex="-1">${title}</h1></div>
    <div class="message-error" role="alert"><p>${told(state.error)}</p>
      <p><button class="button" type="button" onClick=${load}>${t("try-again")}</button></p></div>`;
}

function Notice({ title, text }) {
  useEffect(() => announce(title), [title]);
  return html`<div><h1 tabindex="-1">${title}</h1></div>
    <p>${text}</p>
    <p><a class="button" href="/">${t("to-overview")}</a></p>`;
}
