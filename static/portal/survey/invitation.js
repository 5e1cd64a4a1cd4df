// How the survey is offered by text message: its words with what they cost, to whom it goes, and for how long it holds.

import { post } from "../api.js";
import { Badge } from "../components/badge.js";
import { Check, Input, Problems, Select } from "../components/field.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../messages.js";
import { at } from "./draft.js";
import { Texts, setText } from "./texts.js";
import { directionOf } from "./words.js";

/** Typing, nobody is asked for every letter. */
const MEASURED_AFTER_MS = 300;
/** What an invitation begins with, by way and language; with a link each fits one part, which holds no long name in Arabic. */
const BEGINNINGS = {
  link: {
    en: "{service}: how was our call? {link} Reply STOP to get no more.",
    es: "{service}: ¿qué tal la llamada? {link} Responda BAJA para no recibir otro.",
    ar: "كيف كانت مكالمتك معنا؟ {link}",
  },
  dialogue: {
    en: "{service}: {question} Reply STOP to get no more.",
    es: "{service}: {question} Responda BAJA para no recibir otro.",
    ar: "{question}",
  },
};

/** The words to begin with, for all languages. */
function beginning(way, languages) {
  const needs = way === "dialogue" ? "{question}" : "{link}";
  return Object.fromEntries(languages.map((tag) => [tag, BEGINNINGS[way][tag.split("-")[0]] ?? `{service}: ${needs}`]));
}

export function Invitation({ draft, readOnly }) {
  const document = draft.document.value;
  const { invitation } = document;
  const problems = draft.problems.value;
  const messages = useMessages(document);
  const drop = () => {
    if (confirm(t("invitation-drop-sure"))) draft.edit((next) => delete next.invitation);
  };
  if (!invitation) {
    return html`<section class="card" aria-labelledby="invitation-title">
      <h2 id="invitation-title">${t("invitation")}</h2>
      <p>${t("invitation-none")}</p>
      ${!readOnly && html`<p><button type="button" class="button button-primary"
        onClick=${() => draft.edit((next) => (next.invitation = { text: beginning("link", next.languages) }))}>${t("invitation-begin")}</button></p>`}
    </section>`;
  }
  const edit = (change) => draft.edit((next) => change(next.invitation));
  /** Sets a value; one that is the same as leaving it out is left out. */
  const set = (name, usual) => (value) => edit((next) => (value === usual || value === "" ? delete next[name] : (next[name] = value)));
  const number = (name) => (value) => set(name)(value === "" ? "" : Number(value));
  const wrong = (name) => at(problems, `invitation.${name}`);
  const way = invitation.way ?? "link";
  const check = (name, key) => html`<${Check} id=${`invitation-${name}`} label=${t(key)} hint=${t(`${key}-hint`)} checked=${invitation[name] ?? false}
    disabled=${readOnly} onChange=${set(name, false)} />`;
  return html`<section class="card" aria-labelledby="invitation-title">
      <div class="page-head">
        <h2 id="invitation-title">${t("invitation")}</h2>
        ${!readOnly && html`<button type="button" class="button button-danger" onClick=${drop}>${t("invitation-drop")}</button>`}
      </div>
      <${Problems} id="invitation-wrong" problems=${at(problems, "invitation")} />
      <${Select} id="invitation-way" label=${t("place-way")} hint=${t(`way-${way}-hint`)} value=${way} disabled=${readOnly}
        options=${["link", "dialogue"].map((each) => [each, t(`way-${each}`)])} onChange=${(to) => edit((next) => retold(next, to, document.languages))} />
      <${Words} id="invitation-text" label=${t("invitation-text")} hint holder=${invitation} path="invitation.text" messages=${messages} most=${invitation.max_parts ?? 3}
        document=${document} problems=${problems} readOnly=${readOnly} onChange=${(tag, text) => edit((next) => { setText(next, "text", tag, text); next.text ??= {}; })} />
      <div class="columns">
        <${Input} id="invitation-parts" type="number" min="1" max="10" label=${t("place-max-parts")} hint=${t("max-parts-hint")} value=${invitation.max_parts}
          placeholder="3" problems=${wrong("max_parts")} disabled=${readOnly} onInput=${number("max_parts")} />
      </div>
      ${check("transliterate", "transliterate")}
    </section>
    <section class="card" aria-labelledby="invited-title">
      <h2 id="invited-title">${t("who-is-invited")}</h2>
      ${check("after_hang_up", "after-hang-up")}
      ${check("after_contact", "after-contact")}
      <div class="columns">
        <${Select} id="invitation-consent" label=${t("place-consent")} hint=${t("consent-hint")} value=${invitation.consent ?? "required"} disabled=${readOnly}
          options=${["required", "assumed"].map((each) => [each, t(`consent-${each}`)])} onChange=${set("consent", "required")} />
        <${Input} id="invitation-expires" type="number" min="1" max="720" label=${t("place-expires-hours")} hint=${t("expires-hours-hint")}
          value=${invitation.expires_hours} placeholder="72" problems=${wrong("expires_hours")} disabled=${readOnly} onInput=${number("expires_hours")} />
      </div>
      <${Times} invitation=${invitation} edit=${edit} wrong=${wrong} readOnly=${readOnly} />
    </section>
    <section class="card" aria-labelledby="reminder-title">
      <h2 id="reminder-title">${t("place-reminder")}</h2>
      <${Check} id="invitation-reminder" label=${t("remind")} hint=${t("remind-hint")} checked=${Boolean(invitation.reminder)} disabled=${readOnly}
        onChange=${(on) => edit((next) => (on ? (next.reminder = { after_hours: 24, text: { ...next.text } }) : delete next.reminder))} />
      ${invitation.reminder && html`<${Input} id="reminder-after" type="number" min="1" max="719" label=${t("place-after-hours")} value=${invitation.reminder.after_hours}
          problems=${wrong("reminder.after_hours")} disabled=${readOnly} onInput=${(value) => edit((next) => (next.reminder.after_hours = Number(value)))} />
        <${Words} id="reminder-text" label=${t("reminder-text")} holder=${invitation.reminder} path="invitation.reminder.text" messages=${messages}
          most=${invitation.max_parts ?? 3} document=${document} problems=${problems} readOnly=${readOnly}
          onChange=${(tag, text) => edit((next) => { setText(next.reminder, "text", tag, text); next.reminder.text ??= {}; })} />`}
    </section>`;
}

/** Another way of answering needs another place in the words: where it can be put there without loss, it is. */
function retold(invitation, way, languages) {
  const [gone, needs] = way === "dialogue" ? ["{link}", "{question}"] : ["{question}", "{link}"];
  if (way === "link") delete invitation.way;
  else invitation.way = way;
  for (const holder of [invitation, invitation.reminder].filter(Boolean)) {
    for (const tag of languages) {
      const text = holder.text[tag];
      if (text && !text.includes(needs)) holder.text[tag] = text.replace(gone, needs);
    }
  }
}

/** A message in all languages, each with how it will be sent. */
function Words({ id, label, hint, holder, path, messages, most, document, problems, readOnly, onChange }) {
  const sent = (tag) => messages.find((message) => message.path === `${path}.${tag}`);
  return html`${hint && html`<p class="hint">${t("places-hint")}</p>`}
    <${Texts} id=${id} label=${label} value=${holder.text} languages=${document.languages} path=${path} problems=${problems} disabled=${readOnly}
      onChange=${onChange} under=${(tag) => html`<${Cost} message=${sent(tag)} most=${most} tag=${tag} />`} />`;
}

/** What a message costs, and how it looks on a phone. */
function Cost({ message, most, tag }) {
  if (!message) return null;
  const { parts, left, units_in_part, coding, forced } = message;
  const why = coding === "ucs2" ? t("by-characters", { count: units_in_part, which: forced.slice(0, 3).join(" ") }) : t("by-alphabet", { count: units_in_part });
  return html`<p class="cost"><${Badge} kind=${parts > most ? "bad" : parts > 1 ? "warn" : "good"}>${t("message-parts", { count: parts })}<//>
      <span class="soft">${t("units-left", { count: left })} ${why}</span></p>
    <details class="sent"><summary>${t("as-sent")}</summary><p class="bubble" lang=${tag} dir=${directionOf(tag)}>${message.text}</p></details>`;
}

/** The hours of the recipient's day. */
function Times({ invitation, edit, wrong, readOnly }) {
  const own = invitation.hours;
  const set = (name) => (value) => edit((next) => (next.hours[name] = value));
  return html`<${Check} id="invitation-hours" label=${t("own-hours")} hint=${t("own-hours-hint")} checked=${Boolean(own)} disabled=${readOnly}
      onChange=${(on) => edit((next) => (on ? (next.hours = { from: "08:00", until: "21:00" }) : delete next.hours))} />
    ${own && html`<div class="inline">
      <${Input} id="invitation-from" type="time" label=${t("sent-from")} value=${own.from} problems=${wrong("hours.from")} disabled=${readOnly} onInput=${set("from")} />
      <${Input} id="invitation-until" type="time" label=${t("sent-until")} value=${own.until} problems=${wrong("hours.until")} disabled=${readOnly} onInput=${set("until")} />
    </div>`}`;
}

/** The messages as the server would send them; those of before while it is asked. */
function useMessages(document) {
  const [messages, setMessages] = useState([]);
  const asked = useRef(0);
  const has = Boolean(document.invitation);
  useEffect(() => {
    const turn = ++asked.current;
    if (!has) return undefined;
    const timer = setTimeout(async () => {
      // Without them the page does all else; what is wrong is told when the draft is saved.
      const reply = await post("/api/v1/survey-messages", { document }).catch(() => null);
      if (reply && turn === asked.current) setMessages(reply.messages);
    }, MEASURED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [document]);
  return messages;
}
