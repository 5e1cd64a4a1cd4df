// The frame of all pages: brand, pages, who is signed in, and the page itself.

import { post } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { t, told } from "../messages.js";
import { announce, path } from "../router.js";

export function Shell({ pages, me, changeLanguage }) {
  const [open, setOpen] = useState(false);
  const [error, setError] = useState(null);
  const here = path.value;
  const page = pages[here];
  const may = (entry) => entry.right === null || me.rights.includes(entry.right);
  const title = page ? t(page.title) : t("nothing-here");
  useEffect(() => {
    setOpen(false);
    announce(title);
  }, [here, title]);

  const signOut = async () => {
    try {
      await post("/api/v1/me/sign-out");
      location.assign("/sign-in");
    } catch (failed) {
      setError(failed);
    }
  };
  const link = ([to, entry]) =>
    html`<li><a href=${to} aria-current=${to === here ? "page" : undefined}>${t(entry.title)}</a></li>`;

  return html`<div class="frame">
    <a class="button skip" href="#main">${t("skip")}</a>
    <header class="top">
      <a class="brand" href="/"><img src="/static/portal/icon.svg" alt="" />aftercall</a>
      <span class="who">${me.display_name} · ${t(`role-${me.role}`)}</span>
      <button class="button button-quiet menu-button" type="button" aria-expanded=${open} aria-controls="pages"
        onClick=${() => setOpen(!open)}>${t("menu")}</button>
      <button class="button button-quiet" type="button" onClick=${signOut}>${t("sign-out")}</button>
    </header>
    <nav id="pages" class=${open ? "side open" : "side"} aria-label=${t("pages")}>
      <ul>${Object.entries(pages).filter(([, entry]) => may(entry)).map(link)}</ul>
    </nav>
    <main id="main" class="main" tabindex="-1">
      ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
      <div class="page">
        ${page && may(page) && html`<${page.page} me=${me} title=${title} changeLanguage=${changeLanguage} />`}
        ${page && !may(page) && html`<${Notice} title=${title} text=${t("no-right")} />`}
        ${!page && html`<${Notice} title=${title} text=${t("nothing-here-text")} />`}
      </div>
    </main>
  </div>`;
}

function Notice({ title, text }) {
  return html`<div><h1 tabindex="-1">${title}</h1></div>
    <p>${text}</p>
    <p><a class="button" href="/">${t("to-overview")}</a></p>`;
}
