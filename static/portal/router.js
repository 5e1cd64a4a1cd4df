// Which page is shown: the address is the truth, links are links, Back works.

import { signal } from "./html.js";

/** The path of the page that is shown. */
export const path = signal(location.pathname);

/** Goes to a page of the portal. */
export function go(to) {
  history.pushState(null, "", to);
  arrive();
}

function arrive() {
  path.value = location.pathname;
  scrollTo(0, 0);
}

/** Takes clicks on links to pages of the portal over; all others, and those for a new tab, are the browser's. */
export function takeLinks(pages) {
  addEventListener("popstate", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
    if (!(link.pathname in pages)) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}

/** Names the page and gives its heading the focus, so that whoever cannot see it is told where they are. */
export function announce(title) {
  document.title = `${title} · aftercall`;
  document.querySelector("h1")?.focus();
}
