// Reports by mail: what is sent to whom, what became of the last one, and how that is changed.

import { post, put, remove } from "../api.js";
import { day, moment } from "../format.js";
import { html, useState } from "../html.js";
import { has, t } from "../messages.js";
import { useData } from "../use_data.js";
import { Badge } from "./badge.js";
import { Dialog } from "./dialog.js";
import { Field, Select } from "./field.js";
import { Loaded } from "./loaded.js";
import { tell } from "./tell.js";

const RHYTHMS = ["day", "week", "month"];
const FILES = ["csv", "xlsx"];
const KIND = { sent: "good", sending: "", waiting: "warn", failed: "bad", skipped: "warn", unknown: "warn" };
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));
const clock = (hour) => `${String(hour).padStart(2, "0")}:00`;

/** `wanted`: what the page shows, for a new one. `breakdowns`: all there are. */
export function ReportMails({ wanted, breakdowns, close }) {
  const state = useData("/api/v1/report-mails");
  const facets = useData("/api/v1/facets");
  const [view, setView] = useState({ what: "list" });
  const back = () => setView({ what: "list" });
  const surveys = facets.data?.surveys ?? [];
  const surveyName = (key) => (key ? (surveys.find((survey) => survey.key === key)?.name ?? key) : t("all-surveys"));
  const shared = { data: state.data, surveys, surveyName, breakdowns, back, reload: state.reload };
  if (view.what === "edit") return html`<${Edit} key="edit" ...${shared} mail=${view.mail} wanted=${wanted} />`;
  if (view.what === "remove") return html`<${Remove} key="remove" ...${shared} mail=${view.mail} />`;
  return html`<${Dialog} key="list" title=${t("send-by-mail")} onClose=${close} onDone=${close}>
    <${Loaded} state=${state}>${(data) => html`<${List} data=${data} surveyName=${surveyName} setView=${setView} />`}<//>
  <//>`;
}

function List({ data, surveyName, setView }) {
  return html`${!data.is_on && html`<div class="message-warn"><p>${t("mail-off")}</p><p>${t("mail-off-next")} <code>mail.host</code>, <code>mail.from</code></p></div>`}
    <p class="soft">${t("report-mails-text", { zone: data.time_zone })}</p>
    ${data.is_on && html`<p><button type="button" class="button" onClick=${() => setView({ what: "edit", mail: null })}>${t("add-report-mail")}</button></p>`}
    ${data.mails.length === 0 && data.is_on && html`<p>${t("no-report-mails")}</p>`}
    <ul class="report-mails">${data.mails.map((mail) => html`<${Mail} key=${mail.id} mail=${mail} name=${surveyName(mail.survey)} isOn=${data.is_on} setView=${setView} />`)}</ul>`;
}

function Mail({ mail, name, isOn, setView }) {
  const { last } = mail;
  return html`<li>
    <p><strong>${name}</strong> · ${t(`by-${mail.by}`)}</p>
    <p>${t(`rhythm-${mail.rhythm}`, { hour: clock(mail.hour) })}${!mail.is_own && html` <span class="soft">${t("report-mail-of", { name: mail.owner })}</span>`}</p>
    <p class="soft"><bdi>${mail.recipients.join(", ")}</bdi></p>
    ${last ? html`<${Last} last=${last} />` : isOn && html`<p class="soft">${t("mail-next", { at: moment(mail.next_at) })}</p>`}
    <div class="actions">
      ${mail.is_own && html`<button type="button" class="button button-quiet" aria-label=${`${t("change")}: ${name}`} onClick=${() => setView({ what: "edit", mail })}>${t("change")}</button>`}
      <button type="button" class="button button-quiet" aria-label=${`${t("remove")}: ${name}`} onClick=${() => setView({ what: "remove", mail })}>${t("remove")}</button>
    </div>
  </li>`;
}

/** What became of the newest mail. */
function Last({ last }) {
  const days = last.from === last.until ? day(last.from) : t("mail-days", { from: day(last.from), until: day(last.until) });
  const cause = has(`mail-cause-${last.cause.replaceAll("_", "-")}`) ? t(`mail-cause-${last.cause.replaceAll("_", "-")}`) : last.cause;
  return html`<p><${Badge} kind=${KIND[last.state]}>${t(`mail-${last.state}`)}<//> ${days} <span class="soft">${moment(last.at)}</span></p>
    ${last.state === "sent" && cause && html`<p class="problems">${t("mail-refused")} <bdi>${cause}</bdi></p>`}
    ${last.state !== "sent" && cause && html`<p class="problems"><bdi>${cause}</bdi></p>`}
    ${last.state === "waiting" && html`<p class="soft">${t("mail-again", { at: moment(last.next_at), attempt: last.attempt })}</p>`}
    ${last.state === "unknown" && html`<p class="soft">${t("mail-unknown-text")}</p>`}
    ${last.state === "skipped" && html`<p class="soft">${t("mail-skipped-text")}</p>`}`;
}

function Edit({ data, surveys, breakdowns, mail, wanted, back, reload }) {
  const [draft, setDraft] = useState(() => {
    const from = mail ?? { survey: wanted.survey, by: wanted.by, rhythm: "week", hour: 7, recipients: [], file: "xlsx" };
    return { ...from, survey: from.survey ?? "", hour: String(from.hour), recipients: from.recipients.join("\n") };
  });
  const [state, setState] = useState({ busy: false, error: null });
  const set = (key) => (value) => setDraft({ ...draft, [key]: value });
  const done = async () => {
    setState({ busy: true, error: null });
    const recipients = draft.recipients.split(/[\n,;]/).map((text) => text.trim()).filter(Boolean);
    const { survey, by, rhythm, file } = draft;
    const body = { survey, by, rhythm, hour: Number(draft.hour), recipients, file };
    try {
      if (mail) await put(`/api/v1/report-mails/${mail.id}`, body);
      else await post("/api/v1/report-mails", body);
      tell(t("report-mail-saved"));
      reload();
      back();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const known = surveys.map(({ key, name }) => [key, name ?? key]);
  const options = [["", t("all-surveys")], ...known];
  if (!options.some(([key]) => key === draft.survey)) options.push([draft.survey, draft.survey]);
  return html`<${Dialog} title=${t(mail ? "change-report-mail" : "add-report-mail")} action=${t("save")} busy=${state.busy} error=${state.error} onDone=${done} onClose=${back}>
    <${Select} id="mail-survey" label=${t("filter-survey")} value=${draft.survey} options=${options} onChange=${set("survey")} />
    <${Select} id="mail-by" label=${t("broken-down-by")} value=${draft.by} options=${breakdowns.map((by) => [by, t(`by-${by}`)])} onChange=${set("by")} />
    <${Select} id="mail-rhythm" label=${t("mail-rhythm")} value=${draft.rhythm} options=${RHYTHMS.map((rhythm) => [rhythm, t(`every-${rhythm}`)])} onChange=${set("rhythm")} />
    <${Select} id="mail-hour" label=${t("mail-hour", { zone: data.time_zone })} value=${draft.hour} options=${HOURS.map((hour) => [hour, clock(hour)])} onChange=${set("hour")} />
    <${Select} id="mail-file" label=${t("mail-file")} value=${draft.file} options=${FILES.map((file) => [file, t(`download-${file}`)])} onChange=${set("file")} />
    <${Field} id="mail-to" label=${t("mail-to")} hint=${t("mail-to-hint", { most: data.recipients_most })}>${(props) =>
      html`<textarea ...${props} rows="3" dir="ltr" spellcheck="false" required value=${draft.recipients} onInput=${(event) => set("recipients")(event.target.value)}></textarea>`}<//>
  <//>`;
}

function Remove({ mail, surveyName, back, reload }) {
  const [state, setState] = useState({ busy: false, error: null });
  const done = async () => {
    setState({ busy: true, error: null });
    try {
      await remove(`/api/v1/report-mails/${mail.id}`);
      tell(t("report-mail-removed"));
      reload();
      back();
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return html`<${Dialog} title=${t("remove-report-mail")} action=${t("remove")} danger busy=${state.busy} error=${state.error} onDone=${done} onClose=${back}>
    <p>${t("remove-report-mail-text", { name: surveyName(mail.survey) })}</p><p class="soft"><bdi>${mail.recipients.join(", ")}</bdi></p><//>`;
}
