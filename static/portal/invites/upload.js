// A list of customers: looked through first, with what is wrong line by line, then invited piece by piece.

import { get, post } from "../api.js";
import { Dialog } from "../components/dialog.js";
import { Check, Field, Select } from "../components/field.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../messages.js";

const PIECE = 50;
const SHOWN = 20;

export function Upload({ close }) {
  const [services, setServices] = useState([]);
  const [service, setService] = useState("");
  const [consent, setConsent] = useState(false);
  const [list, setList] = useState(null);
  const [state, setState] = useState({ busy: false, error: null, sent: null });
  useEffect(() => {
    get("/api/v1/services").then(
      (data) => {
        const active = data.services.filter((one) => one.survey).map((one) => one.name);
        setServices(active);
        setService(active[0] ?? "");
      },
      (error) => setState((before) => ({ ...before, error })),
    );
  }, []);
  const take = async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    setState({ busy: true, error: null, sent: null });
    try {
      const checked = await post("/api/v1/invite-list/check", { csv: await file.text() });
      setList({ ...checked, id: `${file.name}-${file.lastModified}-${file.size}`.slice(-60) });
      setState({ busy: false, error: null, sent: null });
    } catch (error) {
      setList(null);
      setState({ busy: false, error, sent: null });
    }
  };
  const send = async () => {
    const rows = list.rows.filter((row) => !row.problem);
    const sent = { invited: 0, refused: {}, done: 0, all: rows.length };
    setState({ busy: true, error: null, sent });
    try {
      for (let from = 0; from < rows.length; from += PIECE) {
        const piece = rows.slice(from, from + PIECE);
        const reply = await post("/api/v1/invite-list/send", { list: list.id, service, consent, rows: piece });
        sent.invited += reply.invited;
        sent.done += piece.length;
        for (const [why, count] of Object.entries(reply.refused)) sent.refused[why] = (sent.refused[why] ?? 0) + count;
        setState({ busy: true, error: null, sent: { ...sent } });
      }
      setState({ busy: false, error: null, sent: { ...sent, isOver: true } });
    } catch (error) {
      setState({ busy: false, error, sent: { ...sent } });
    }
  };
  if (state.sent?.isOver) {
    return html`<${Dialog} key="over" title=${t("invite-list")} onDone=${close} onClose=${close}><${Outcome} sent=${state.sent} /><//>`;
  }
  const ready = list && list.good > 0 && service !== "";
  return html`<${Dialog} key="ask" title=${t("invite-list")} action=${ready ? t("invite-so-many", { n: list.good }) : t("invite")} busy=${state.busy || !ready} error=${state.error} onDone=${send} onClose=${close}>
    <p>${t("invite-list-text")}</p>
    ${services.length === 0 ? html`<p class="message-warn">${t("no-service-to-invite")}</p>` : html`<${Select} id="list-service" label=${t("service")} value=${service} options=${services.map((name) => [name, name])} onChange=${setService} />`}
    <${Field} id="list-file" label=${t("list-file")} hint=${t("list-file-hint")}>${(props) => html`<input ...${props} type="file" accept=".csv,text/csv,text/plain" onChange=${take} />`}<//>
    <${Check} id="list-consent" label=${t("list-consent")} hint=${t("list-consent-hint")} checked=${consent} onChange=${setConsent} />
    ${list && html`<${Preview} list=${list} />`}
    ${state.sent && html`<p role="status">${t("list-progress", { done: state.sent.done, all: state.sent.all })}</p>`}
  <//>`;
}

function Preview({ list }) {
  const bad = list.rows.filter((row) => row.problem);
  return html`<p role="status">${t("list-checked", { good: list.good, bad: list.bad })}</p>
    ${bad.length > 0 && html`<ul class="problems">${bad.slice(0, SHOWN).map((row) => html`<li key=${row.line}>${t("line-number", { line: row.line })} <bdi>${row.number}</bdi>: ${row.problem}</li>`)}</ul>`}
    ${bad.length > SHOWN && html`<p class="soft">${t("and-more", { n: bad.length - SHOWN })}</p>`}`;
}

function Outcome({ sent }) {
  return html`<p>${t("list-invited", { n: sent.invited, all: sent.all })}</p>
    ${Object.entries(sent.refused).map(([why, count]) => html`<p class="soft" key=${why}>${t(`result-${why.replaceAll("_", "-")}`)}: ${count}</p>`)}`;
}
