// Which page is shown: the address is the truth, links are links, Back works.

import { signal } from "./html.js";

/** The path of the page that is shown. */
export const path = signal(location.pathname);

/** The filters and tabs of the page that is shown, as `URLSearchParams`. */
export const query = signal(new URLSearchParams(location.search));

/** The entry of a path among pages, and what stands in its places (`:key`); `null` where there is none. */
export function find(pages, at) {
  const parts = at.split("/");
  for (const [pattern, entry] of Object.entries(pages)) {
    const wanted = pattern.split("/");
    if (wanted.length !== parts.length) continue;
    const params = {};
    const fits = wanted.every((part, no) => {
      if (!part.startsWith(":")) return part === parts[no];
      params[part.slice(1)] = decodeURIComponent(parts[no]);
      return parts[no] !== "";
    });
    if (fits) return { pattern, entry, params };
  }
  return null;
}

/** Goes to a page of the portal. */
export function go(to) {
  history.pushState(null, "", to);
  arrive();
  scrollTo(0, 0);
}

/** Changes filters of the page that is shown; what is empty is left out. `quietly`: Back does not undo it. */
export function setQuery(changes, quietly) {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "" || value === null || value === undefined) next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  const to = location.pathname + (text ? `?${text}` : "");
  if (quietly) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  arrive();
}

function arrive() {
  path.value = location.pathname;
  query.value = new URLSearchParams(location.search);
}

/** Takes clicks on links to pages of the portal over; all others, and those for a new tab, are the browser's. */
export function takeLinks(pages) {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || !find(pages, link.pathname)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** Names the page and gives its heading the focus, so that whoever cannot see it is told where they are. */
export function announce(title) {
  document.title = `${title} · aftercall`;
  document.querySelector("h1")?.focus();
}
