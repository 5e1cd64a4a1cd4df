// Begins: who is signed in, in which language, and which page.

import { get, trust } from "./api.js";
import { Shell } from "./components/shell.js";
import { html, render, signal } from "./html.js";
import { speak, told } from "./messages.js";
import { PAGES } from "./pages.js";
import { takeLinks } from "./router.js";
import { useTheme } from "./theme.js";

/** Counts up when the language changes, so that everything is drawn anew. */
const spoken = signal(0);

async function changeLanguage(tag) {
  await speak(tag);
  spoken.value += 1;
}

async function start() {
  const root = document.getElementById("app");
  useTheme();
  try {
    const me = await get("/api/v1/me");
    trust(me.csrf);
    await speak(me.language);
    takeLinks(PAGES);
    const App = () => html`<${Shell} key=${spoken.value} pages=${PAGES} me=${me} changeLanguage=${changeLanguage} />`;
    render(html`<${App} />`, root);
  } catch (error) {
    if (error.status === 401) return;
    await speak(null).catch(() => {});
    render(html`<main class="main"><p class="message-error" role="alert">${told(error)}</p></main>`, root);
  }
}

start();
