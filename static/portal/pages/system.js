// System: how everything is now, for whoever is called at night. The server sends it again and again; when nothing comes, it says so.

import { Badge } from "../components/badge.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { ago, number, size, span } from "../format.js";
import { html } from "../html.js";
import { RouteTable } from "../invites/routes.js";
import { has, t } from "../messages.js";
import { systemMessages } from "../system_messages.js";
import { useEvents } from "../use_events.js";

const KIND = { ok: "good", degraded: "warn", down: "bad" };

export function Page({ title }) {
  const state = useEvents("/api/v1/system/events", "/api/v1/system");
  const stale = state.error && state.at ? html`<p class="message-warn" role="status">${t("picture-of", { ago: ago(new Date(state.at).toISOString()) })}</p>` : null;
  return html`<${Head} title=${title} />${stale}
    <${Loaded} state=${state}>${(data) => html`<${Picture} data=${data} />`}<//>`;
}

function Picture({ data }) {
  const { health, cluster } = data;
  return html`
    <section class="card" aria-labelledby="health">
      <h2 id="health">${t("node-is", { node: data.node })} <${Badge} kind=${KIND[health.status]}>${t(`health-${health.status}`)}<//></h2>
      <p>${t(`health-${health.status}-text`)}</p>
      <${Messages} data=${data} />
      <${Node} health=${health} />
    </section>
    ${cluster && html`<${Nodes} cluster=${cluster} />`}
    ${cluster && html`<${Leases} cluster=${cluster} />`}
    <${Gateways} routes=${data.gateways} />
    <${Children} health=${health} />
    <${Recent} node=${data.node} lines=${data.recent} />`;
}

/** What somebody should look after. */
function Messages({ data }) {
  return html`<div class="messages">${systemMessages(data).map(({ kind, text }) => html`<p class=${`message-${kind}`} key=${text}>${text}</p>`)}</div>`;
}

function Node({ health }) {
  const { database, spool, vip } = health;
  return html`<dl class="facts">
    <dt>${t("version")}</dt><dd>${health.version}</dd>
    <dt>${t("up-for")}</dt><dd>${span(health.uptime_s)}</dd>
    <dt>${t("database")}</dt><dd>${database?.ok ? t("database-ok", { ms: database.took_ms }) : t("database-bad")}</dd>
    <dt>${t("spool")}</dt><dd>${spool ? spooled(spool) : t("no-spool")}</dd>
    <dt>${t("virtual-ip")}</dt><dd>${vip ? `${word("vip", vip.standing)} (${vip.addresses.join(", ")})` : t("no-vip")}</dd>
  </dl>`;
}

const spooled = (spool) =>
  spool.entries === 0 ? t("spool-empty") : t("spool-holds", { entries: spool.entries, size: size(spool.bytes) });

/** A word of the server's in the language of the page; itself where it is not known. */
function word(kind, text) {
  const id = `${kind}-${String(text).replaceAll("_", "-")}`;
  return has(id) ? t(id) : text;
}

/** The routes of text messages, where there are some. */
function Gateways({ routes }) {
  if (!routes || routes.length === 0) return null;
  return html`<section class="card" aria-labelledby="gateways"><h2 id="gateways">${t("gateways")}</h2><${RouteTable} routes=${routes} /></section>`;
}

function Nodes({ cluster }) {
  const columns = [
    { key: "name", label: t("node") },
    { key: "version", label: t("version") },
    { key: "seen", label: t("seen") },
    { key: "up", label: t("up-since") },
    { key: "vip", label: t("virtual-ip") },
    { key: "spool", label: t("spool") },
    { key: "clock", label: t("clock"), isNumber: true },
    { key: "cpu", label: t("cpu"), isNumber: true },
    { key: "memory", label: t("memory"), isNumber: true },
    { key: "disk", label: t("disk-free"), isNumber: true },
  ];
  const rows = cluster.nodes.map((node) => {
    const { machine } = node;
    const here = node.here;
    return {
      key: node.id,
      name: html`${node.name} ${here ? "" : html`<${Badge} kind="bad">${t("gone")}<//>`}`,
      version: node.version,
      seen: t("ago", { span: span(node.seen_ago_ms / 1000) }),
      up: here ? html`<${Time} at=${node.started_at} />` : "–",
      vip: node.vip ? html`<${Badge} kind=${node.vip === "holds" ? "good" : node.vip === "standby" ? "" : "warn"}>${word("vip", node.vip)}<//>` : "–",
      spool: here && node.spool ? spooled(node.spool) : "–",
      clock: here && node.clock_offset_ms !== null ? `${node.clock_offset_ms > 0 ? "+" : ""}${number(node.clock_offset_ms)} ms` : "–",
      cpu: here && machine.cpu_percent !== null ? `${number(machine.cpu_percent)} %` : "–",
      memory: here && machine.memory_bytes ? t("of", { part: size(machine.memory_bytes), whole: size(machine.memory_total_bytes) }) : "–",
      disk: here && machine.disk_total_bytes ? t("of", { part: size(machine.disk_free_bytes), whole: size(machine.disk_total_bytes) }) : "–",
    };
  });
  return html`<section class="card"><h2>${t("nodes")}</h2><${Table} caption=${t("nodes")} columns=${columns} rows=${rows} /></section>`;
}

function Leases({ cluster }) {
  const columns = [
    { key: "role", label: t("lease") },
    { key: "holder", label: t("held-by") },
    { key: "since", label: t("since") },
    { key: "left", label: t("ends-in") },
    { key: "epoch", label: t("epoch"), isNumber: true },
  ];
  const rows = cluster.leases.map((lease) => ({
    key: lease.role,
    role: word("lease", lease.role),
    holder: lease.holder ?? t("nobody"),
    since: lease.holder ? html`<${Time} at=${lease.acquired_at} />` : "–",
    left: lease.holder ? span(lease.left_ms / 1000) : "–",
    epoch: number(lease.epoch),
  }));
  return html`<section class="card"><h2>${t("leases")}</h2><${Table} caption=${t("leases")} columns=${columns} rows=${rows} /></section>`;
}

function Children({ health }) {
  const columns = [
    { key: "name", label: t("child") },
    { key: "state", label: t("state") },
    { key: "restarts", label: t("restarts"), isNumber: true },
    { key: "up", label: t("up-for") },
    { key: "cause", label: t("last-cause") },
  ];
  const rows = health.children.map((child) => ({
    key: child.name,
    name: child.name,
    state: html`<${Badge} kind=${child.state === "running" ? "good" : "warn"}>${word("state", child.state)}<//>`,
    restarts: number(child.restarts),
    up: child.uptime_ms ? span(child.uptime_ms / 1000) : "–",
    cause: child.last_exit ? html`${child.last_exit.text} (<${Time} at=${child.last_exit.at} />)` : "–",
  }));
  return html`<section class="card"><h2>${t("children-of", { node: health.node })}</h2>
    <${Table} caption=${t("children-of", { node: health.node })} columns=${columns} rows=${rows} /></section>`;
}

/** The last warnings and errors of this node, in the words of its log. */
function Recent({ node, lines }) {
  const columns = [
    { key: "at", label: t("when") },
    { key: "level", label: t("level") },
    { key: "text", label: t("log-line") },
  ];
  const rows = lines.map((line, no) => ({
    key: lines.length - no,
    at: html`<${Time} at=${line.at} />`,
    level: html`<${Badge} kind=${line.error ? "bad" : "warn"}>${t(line.error ? "level-error" : "level-warning")}<//>`,
    text: html`<bdi dir="ltr" class="log-line">${line.text}</bdi>`,
  }));
  return html`<section class="card"><h2>${t("recent-of", { node })}</h2>
    <p class="soft">${t(lines.length === 0 ? "recent-none" : "recent-text")}</p>
    ${lines.length > 0 && html`<${Table} caption=${t("recent-of", { node })} columns=${columns} rows=${rows} />`}</section>`;
}
