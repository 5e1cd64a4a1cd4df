// Report files: what the server wrote into its folder, to be fetched by whoever may see all teams.

import { get } from "../api.js";
import { Empty } from "../components/empty.js";
import { Head } from "../components/head.js";
import { Loaded } from "../components/loaded.js";
import { Table } from "../components/table.js";
import { Tabs, currentTab } from "../components/tabs.js";
import { day, size } from "../format.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { useData } from "../use_data.js";

const KINDS = ["day", "week", "month"];

export function Page({ title }) {
  const kind = currentTab(KINDS);
  const state = useData(`/api/v1/report-files?period=${kind}`);
  return html`<${Head} title=${title} />
    <p class="soft">${t("report-files-text")}</p>
    <${Loaded} state=${state}>${(data) => html`<${Folder} data=${data} kind=${kind} />`}<//>`;
}

function Folder({ data, kind }) {
  if (!data.on) return html`<${Empty} title=${t("report-files-off")}>${t("report-files-off-next", { node: data.node })}<//>`;
  const tabs = KINDS.map((key) => ({ key, label: t(`report-file-${key}`) }));
  return html`<${Tabs} label=${t("report-file-kinds")} tabs=${tabs} />
    ${data.is_unreadable && html`<div class="message-warn" role="status"><p>${t("report-files-unreadable", { node: data.node })}</p>
      ${data.problem && html`<p><bdi dir="ltr" lang="en">${data.problem}</bdi></p>`}</div>`}
    ${data.writer && data.writer !== data.node && html`<p class="soft">${t("report-files-elsewhere", { node: data.node, writer: data.writer })}</p>`}
    ${!data.is_unreadable && data.periods.length === 0
      ? html`<${Empty} title=${t("report-files-none")}>${t("report-files-none-next")}<//>`
      : html`<${Periods} key=${kind} first=${data} kind=${kind} />`}`;
}

function Periods({ first, kind }) {
  const [more, setMore] = useState({ periods: [], next: first.next, error: null });
  const load = async () => {
    try {
      const page = await get(`/api/v1/report-files?period=${kind}&before=${more.next}`);
      setMore({ periods: [...more.periods, ...page.periods], next: page.next, error: null });
    } catch (error) {
      setMore({ ...more, error });
    }
  };
  const columns = [
    { key: "period", label: t("report-file-period") },
    { key: "files", label: t("report-file-files") },
  ];
  const rows = [...first.periods, ...more.periods].map(({ from, until, files }) => ({
    key: from,
    period: from === until ? day(from) : t("report-file-days", { from: day(from), until: day(until) }),
    files: html`<${Files} files=${files} />`,
  }));
  if (rows.length === 0) return null;
  return html`<section class="card"><h2 class="visually-hidden">${t(`report-file-${kind}`)}</h2>
    <${Table} caption=${t(`report-file-${kind}`)} columns=${columns} rows=${rows} />
    ${more.error && html`<p class="message-error" role="alert">${told(more.error)}</p>`}
    ${more.next && html`<p><button class="button" type="button" onClick=${load}>${t("load-more")}</button></p>`}
  </section>`;
}

/** What the files are by, each with a link for each of its forms. */
function Files({ files }) {
  const all = [...new Set(files.map((file) => file.by))];
  return html`<ul class="file-list">${all.map((by) => html`<li key=${by}>${t(`by-${by}`)}
    ${files.filter((file) => file.by === by).map((file) => html` <${File} key=${file.name} file=${file} />`)}</li>`)}</ul>`;
}

function File({ file: { name, by, form, bytes } }) {
  const label = form.toUpperCase();
  return html`<a href=${`/api/v1/report-files/${name}`} download aria-label=${`${label}, ${t(`by-${by}`)}`} title=${`${name}, ${size(bytes)}`}>${label}</a>`;
}
