// Which nodes ask by what was chosen last: for who pauses a survey and wants to know when it has reached everywhere.

import { html, useEffect, useRef } from "../html.js";
import { t } from "../messages.js";
import { useData } from "../use_data.js";
import { Badge } from "./badge.js";

/** Between two looks, in milliseconds: as a rule, and while a node has not heard of a change yet. */
const EVERY = 10_000;
const EVERY_WHILE_WAITING = 500;

/** `since`: changes when something was chosen, so that it is looked at once. */
export function InEffect({ since }) {
  const { data, refresh } = useData("/api/v1/services/nodes", EVERY);
  const nodes = data?.nodes ?? [];
  const waits = nodes.some((node) => node.here && !node.follows);
  const known = useRef(since);
  useEffect(() => {
    // It was asked for just now.
    if (known.current !== since) refresh();
    known.current = since;
  }, [since]);
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => document.hidden || refresh(), EVERY_WHILE_WAITING);
    return () => clearInterval(timer);
  }, [waits]);
  if (nodes.length === 0) return null;
  return html`<p class="in-effect" role="status"><span class="soft">${t("in-effect-at")}</span> ${nodes.map(told)}</p>`;
}

function told({ name, here, follows }) {
  if (!here) return html`<${Badge}>${t("node-away", { node: name })}<//>`;
  if (follows) return html`<${Badge} kind="good">${t("node-follows", { node: name })}<//>`;
  return html`<${Badge} kind="warn">${t("node-follows-not-yet", { node: name })}<//>`;
}
