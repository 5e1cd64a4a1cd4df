// The draft as a customer goes through it, by the server's own rules: a call with its keypad, the page on a phone, or text messages.

import { post } from "../api.js";
import { Select } from "../components/field.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t, told } from "../messages.js";
import { Talk } from "./talk.js";
import { directionOf, languageName } from "./words.js";

/** Typing, nobody is asked for every letter. */
const ASKED_AFTER_MS = 400;

export function Preview({ draft }) {
  const document = draft.document.value;
  const [channel, setChannel] = useState("voice");
  const [language, setLanguage] = useState(document.languages[0]);
  const [answers, setAnswers] = useState([]);
  const [scene, setScene] = useState(null);
  const [error, setError] = useState(null);
  const asked = useRef(0);
  const tag = document.languages.includes(language) ? language : document.languages[0];

  useEffect(() => {
    const turn = ++asked.current;
    const timer = setTimeout(async () => {
      try {
        const played = await post("/api/v1/survey-preview", { document, language: tag, channel, answers });
        if (turn !== asked.current) return;
        setScene(played);
        setError(null);
      } catch (failed) {
        if (turn === asked.current) setError(failed);
      }
    }, scene ? ASKED_AFTER_MS : 0);
    return () => clearTimeout(timer);
  }, [document, tag, channel, answers]);

  const give = (question, value) => setAnswers([...answers.slice(0, scene.turns.length), { question, value }]);
  const again = () => setAnswers([]);
  return html`<section class="card preview" aria-labelledby="preview-title">
    <h2 id="preview-title">${t("preview")}</h2>
    <div class="columns">
      <${Select} id="preview-channel" label=${t("preview-as")} value=${channel} onChange=${(value) => { setChannel(value); setAnswers([]); }}
        options=${[["voice", t("preview-call")], ["web", t("preview-screen")], ["sms", t("preview-sms")]]} />
      <${Select} id="preview-language" label=${t("language")} value=${tag} onChange=${(value) => { setLanguage(value); setAnswers([]); }}
        options=${document.languages.map((each) => [each, languageName(each)])} />
    </div>
    ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
    ${!scene && !error && html`<p class="loading" role="status">${t("loading")}</p>`}
    ${scene?.problems.length > 0 && html`<p class="message-warn">${t("preview-problems", { count: scene.problems.length })}</p>
      <ul class="problems">${scene.problems.slice(0, 5).map((problem) => html`<li key=${problem.path + problem.message}><code>${problem.path}</code> ${problem.message}</li>`)}</ul>`}
    ${scene?.not_asked && html`<p class="message-warn">${t("preview-not-asked")}</p>`}
    ${scene?.turns && channel === "sms" && html`<${Talk} scene=${scene} tag=${tag} give=${give} again=${again} />`}
    ${scene?.turns && channel !== "sms" && (channel === "voice"
      ? html`<${Call} scene=${scene} tag=${tag} give=${give} again=${again} />`
      : html`<${Screen} scene=${scene} tag=${tag} give=${give} again=${again} />`)}
  </section>`;
}

/** What is said; with a way to hear it where there is a prompt. */
function Said({ text, audio, tag }) {
  return html`<p class="said" lang=${tag} dir=${directionOf(tag)}>${text}
    ${audio && html`<audio controls preload="none" src=${audio} aria-label=${t("listen-to", { text })}></audio>`}</p>`;
}

function Asked({ question, tag }) {
  return html`<${Said} text=${question.text} audio=${question.audio} tag=${tag} />
    ${question.reads_choices && question.choices.map((choice) => html`<${Said} key=${choice.key} text=${`${choice.digit}: ${choice.label}`} audio=${choice.audio} tag=${tag} />`)}`;
}

function Call({ scene, tag, give, again }) {
  const [entered, setEntered] = useState("");
  const { question } = scene;
  useEffect(() => setEntered(""), [question?.key, scene.turns.length]);
  const press = (key) => {
    if (!question) return;
    if (!question.terminator) return give(question.key, key);
    if (key === question.terminator) return give(question.key, entered);
    return setEntered((before) => (before + key).slice(0, 2));
  };
  const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
  const isUsed = (key) => question && (question.terminator ? key === question.terminator || /\d/.test(key) : question.values.includes(key));
  return html`<div class="call">
    <div class="call-log" role="log" aria-label=${t("call-so-far")}>
      ${scene.turns.map((turn, no) => html`<div key=${no}>
        ${turn.said.map((said, at) => html`<${Said} key=${at} ...${said} tag=${tag} />`)}
        <${Asked} question=${turn.question} tag=${tag} />
        <p class="pressed">${turn.entered === "" ? t("pressed-nothing") : t("pressed", { keys: turn.entered })}</p>
      </div>`)}
      ${scene.said.map((said, at) => html`<${Said} key=${at} ...${said} tag=${tag} />`)}
      ${question && html`<${Asked} question=${question} tag=${tag} />`}
      ${scene.refused && html`<p class="problems">${scene.refused}</p>`}
      ${!question && html`<p class="soft">${t("call-ends", { state: t(`state-${scene.state}`) })}</p>`}
    </div>
    ${question && question.type !== "voice_comment" && html`<div class="keypad" role="group" aria-label=${t("keypad")}>
      ${keys.map((key) => html`<button key=${key} type="button" class=${isUsed(key) ? "button key-used" : "button"} dir="ltr" onClick=${() => press(key)}>${key}</button>`)}
    </div>`}
    <div class="actions">
      ${entered && html`<span class="pressed" dir="ltr">${entered}</span>`}
      ${question && html`<button type="button" class="button" onClick=${() => give(question.key, "")}>${t(question.required ? "say-nothing" : "pass-over")}</button>`}
      <button type="button" class="button" onClick=${again}>${t("from-the-start")}</button>
    </div>
  </div>`;
}

function Screen({ scene, tag, give, again }) {
  const { question } = scene;
  const [text, setText] = useState("");
  useEffect(() => setText(""), [question?.key, scene.turns.length]);
  const options = () => {
    if (question.type === "choice") return question.choices.map((choice) => [choice.key, choice.label]);
    if (question.type === "yes_no") return [["1", t("yes")], ["2", t("no")]];
    const [from, to] = question.range ?? [0, -1];
    return Array.from({ length: to - from + 1 }, (_, no) => [String(from + no), String(from + no)]);
  };
  return html`<div class="phone" lang=${tag} dir=${scene.direction}>
    ${scene.said.map((said, no) => html`<p key=${no}>${said.text}</p>`)}
    ${question && html`<p><strong>${question.text}</strong></p>
      ${question.type === "free_text"
        ? html`<textarea rows="3" aria-label=${question.text} value=${text} onInput=${(event) => setText(event.target.value)}></textarea>
          <p><button type="button" class="button button-primary" onClick=${() => give(question.key, text)}>${t("send")}</button></p>`
        : html`<div class=${question.type === "choice" ? "phone-choices" : "phone-scale"} dir=${question.range ? scene.scale_direction : scene.direction}>${options().map(([value, label]) => html`<button key=${value} type="button" class="button" onClick=${() => give(question.key, value)}>${label}</button>`)}</div>
        ${question.ends.some(Boolean) && html`<div class="phone-ends" dir=${scene.scale_direction}>
          ${question.ends.map((end, no) => html`<span key=${no} dir=${scene.direction}>${end}</span>`)}
        </div>`}`}
      ${!question.required && html`<p><button type="button" class="button button-quiet" onClick=${() => give(question.key, "")}>${t("pass-over")}</button></p>`}`}
    ${scene.refused && html`<p class="problems">${scene.refused}</p>`}
    ${!question && html`<p class="soft">${t("call-ends", { state: t(`state-${scene.state}`) })}</p>`}
    <p><button type="button" class="button button-quiet" onClick=${again}>${t("from-the-start")}</button></p>
  </div>`;
}
