// Who is asked and when, and for how long answers are kept.

import { Field, Input } from "../components/field.js";
import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { language } from "../messages.js";
import { at } from "./draft.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** A day of the week, in the language of the pages. */
export function dayName(day, length = "long") {
  // A Monday.
  const date = new Date(Date.UTC(2026, 0, 5 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(language().tag, { weekday: length, timeZone: "UTC" }).format(date);
}

export function Rules({ draft, site, readOnly }) {
  const document = draft.document.value;
  const problems = draft.problems.value;
  const part = (name) => document[name] ?? {};
  /** Sets a value within a part; a part without values is none. */
  const set = (name, key) => (value) =>
    draft.edit((next) => {
      const own = { ...(next[name] ?? {}) };
      if (value === "" || value === null || (Array.isArray(value) && value.length === 0)) delete own[key];
      else own[key] = value;
      if (Object.keys(own).length === 0) delete next[name];
      else next[name] = own;
    });
  const whole = (name) => (value) => draft.edit((next) => (value === "" ? delete next[name] : (next[name] = Number(value))));
  const number = (name, key) => (value) => set(name, key)(value === "" ? null : Number(value));
  const field = (name, key, props) => html`<${Input} id=${`${name}-${key}`} value=${part(name)[key]} problems=${at(problems, `${name}.${key}`)} disabled=${readOnly}
    onInput=${props.type === "number" ? number(name, key) : set(name, key)} ...${props} />`;
  return html`<section class="card" aria-labelledby="asked-title">
      <h2 id="asked-title">${t("who-is-asked")}</h2>
      <p class="soft">${t("who-is-asked-text")}</p>
      <div class="columns">
        ${field("sampling", "one_in", { type: "number", min: 1, max: 10000, label: t("one-in"), hint: t("one-in-hint"), placeholder: "1" })}
        ${field("sampling", "daily_cap", { type: "number", min: 1, max: 1000000, label: t("daily-cap"), hint: t("daily-cap-hint") })}
        ${field("sampling", "cool_down_hours", { type: "number", min: 1, max: 8760, label: t("cool-down"), hint: t("cool-down-hint") })}
      </div>
    </section>
    <section class="card" aria-labelledby="when-title">
      <h2 id="when-title">${t("when-asked")}</h2>
      <div class="columns">
        ${field("schedule", "from", { type: "date", label: t("first-day"), hint: t("first-day-hint") })}
        ${field("schedule", "until", { type: "date", label: t("last-day"), hint: t("last-day-hint") })}
        ${field("schedule", "time_zone", { label: t("time-zone"), hint: t("time-zone-hint", { zone: site }), placeholder: site })}
      </div>
      <${Hours} hours=${part("schedule").hours ?? []} problems=${problems} set=${set("schedule", "hours")} readOnly=${readOnly} />
      <${Holidays} days=${part("schedule").holidays ?? []} problems=${problems} set=${set("schedule", "holidays")} readOnly=${readOnly} />
    </section>
    <section class="card" aria-labelledby="kept-title">
      <h2 id="kept-title">${t("how-long-kept")}</h2>
      <div class="columns">
        <${Input} id="retention" type="number" min="1" max="3650" label=${t("place-retention")} hint=${t("retention-hint")} value=${document.retention_days}
          problems=${at(problems, "retention_days")} disabled=${readOnly} onInput=${whole("retention_days")} />
        <${Input} id="recording-retention" type="number" min="1" max="3650" label=${t("place-recording-retention")} hint=${t("recording-retention-hint")}
          value=${document.recording_retention_days} problems=${at(problems, "recording_retention_days")} disabled=${readOnly} onInput=${whole("recording_retention_days")} />
      </div>
    </section>`;
}

function Hours({ hours, problems, set, readOnly }) {
  const change = (no, value) => set(hours.map((row, place) => (place === no ? { ...row, ...value } : row)));
  const flip = (no, day) => {
    const days = hours[no].days.includes(day) ? hours[no].days.filter((other) => other !== day) : [...hours[no].days, day];
    change(no, { days: DAYS.filter((each) => days.includes(each)) });
  };
  return html`<fieldset class="texts">
    <legend>${t("business-hours")}</legend>
    ${hours.length === 0 && html`<p class="soft">${t("whole-day")}</p>`}
    ${hours.map((row, no) => html`<div key=${no} class="branch">
      <div class="days" role="group" aria-label=${t("days")}>
        ${DAYS.map((day) => html`<label key=${day} class="day"><input type="checkbox" checked=${row.days.includes(day)} disabled=${readOnly} onChange=${() => flip(no, day)} />${dayName(day, "short")}</label>`)}
      </div>
      <div class="inline">
        <${Input} id=${`hours-${no}-from`} type="time" label=${t("opens")} value=${row.from} problems=${at(problems, `schedule.hours[${no}].from`)} disabled=${readOnly} onInput=${(from) => change(no, { from })} />
        <${Input} id=${`hours-${no}-to`} type="time" label=${t("closes")} value=${row.to} problems=${at(problems, `schedule.hours[${no}].to`)} disabled=${readOnly} onInput=${(to) => change(no, { to })} />
        ${!readOnly && html`<button type="button" class="button button-quiet" onClick=${() => set(hours.filter((_, place) => place !== no))}>${t("drop")}</button>`}
      </div>
      ${at(problems, `schedule.hours[${no}].days`).concat(at(problems, `schedule.hours[${no}]`)).map((message) => html`<p class="problems">${message}</p>`)}
    </div>`)}
    ${!readOnly && html`<p><button type="button" class="button" onClick=${() => set([...hours, { days: DAYS.slice(0, 5), from: "09:00", to: "17:00" }])}>${t("add-hours")}</button></p>`}
  </fieldset>`;
}

function Holidays({ days, problems, set, readOnly }) {
  const [adding, setAdding] = useState("");
  const add = () => {
    if (adding && !days.includes(adding)) set([...days, adding].sort());
    setAdding("");
  };
  return html`<fieldset class="texts">
    <legend>${t("holidays")}</legend>
    ${days.length > 0 && html`<ul class="tags">${days.map((day, no) => html`<li key=${day}><span>${day}</span>
      ${at(problems, `schedule.holidays[${no}]`).map((message) => html`<span class="problems">${message}</span>`)}
      ${!readOnly && html`<button type="button" class="button button-quiet" aria-label=${`${t("drop")}: ${day}`} onClick=${() => set(days.filter((other) => other !== day))}>${t("drop")}</button>`}</li>`)}</ul>`}
    ${!readOnly && html`<div class="inline">
      <${Field} id="add-holiday" label=${t("add-holiday")}>${(props) => html`<input ...${props} type="date" value=${adding} onInput=${(event) => setAdding(event.target.value)} />`}<//>
      <button type="button" class="button" onClick=${add}>${t("add")}</button>
    </div>`}
  </fieldset>`;
}
