// Parts of a page, of which one is shown. Which one stands in the address; they are links, so that Back and a new tab work.

import { html } from "../html.js";
import { query } from "../router.js";

/** `tabs`: `{key, label, badge}`; the first is shown where the address names none. */
export function Tabs({ label, tabs }) {
  const shown = currentTab(tabs.map((tab) => tab.key));
  const to = (key) => {
    const next = new URLSearchParams(query.value);
    if (key === tabs[0].key) next.delete("tab");
    else next.set("tab", key);
    const text = next.toString();
    return location.pathname + (text ? `?${text}` : "");
  };
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map((tab) => html`<a key=${tab.key} href=${to(tab.key)} aria-current=${tab.key === shown ? "true" : undefined}>${tab.label}${tab.badge}</a>`)}
  </nav>`;
}

/** The tab that is shown. */
export function currentTab(keys) {
  const named = query.value.get("tab");
  return keys.includes(named) ? named : keys[0];
}
