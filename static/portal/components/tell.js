// A word that something was done, said once to everybody and gone after a while.

import { html, signal, useEffect } from "../html.js";

const said = signal(null);

/** Says it. */
export function tell(text) {
  said.value = { text, at: Date.now() };
}

export function Told() {
  const now = said.value;
  useEffect(() => {
    if (!now) return undefined;
    const timer = setTimeout(() => (said.value = null), 6000);
    return () => clearTimeout(timer);
  }, [now]);
  return html`<p class=${now ? "told" : "told told-none"} role="status">${now?.text}</p>`;
}
