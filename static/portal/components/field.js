// A labelled field: what it is, what it takes, and what is wrong with it, at the place.

import { html } from "../html.js";

let count = 0;

/** An id for a field of a component, the same as long as its ref lives. */
export function idOf(ref, name) {
  ref.current ??= ++count;
  return `f${ref.current}-${name}`;
}

/** Texts of problems under a field. */
export function Problems({ id, problems }) {
  if (!problems || problems.length === 0) return null;
  return html`<ul class="problems" id=${id}>${problems.map((problem) => html`<li key=${problem}>${problem}</li>`)}</ul>`;
}

/** `children(props)` draws the input with the props that tie it to label, hint and problems. */
export function Field({ id, label, hint, problems, isHidden, children }) {
  const has = problems && problems.length > 0;
  const by = [hint && `${id}-hint`, has && `${id}-wrong`].filter(Boolean).join(" ");
  const props = { id, "aria-describedby": by || undefined, "aria-invalid": has ? "true" : undefined };
  return html`<div class=${has ? "field field-wrong" : "field"}>
    <label for=${id} class=${isHidden ? "visually-hidden" : undefined}>${label}</label>
    ${children(props)}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    <${Problems} id=${`${id}-wrong`} problems=${problems} />
  </div>`;
}

/** A choice of some values. `options`: `[value, text]`. */
export function Select({ id, label, hint, problems, value, options, onChange, disabled, isHidden }) {
  return html`<${Field} id=${id} label=${label} hint=${hint} problems=${problems} isHidden=${isHidden}>${(props) =>
    html`<select ...${props} value=${value} disabled=${disabled} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === value}>${text}</option>`)}
    </select>`}<//>`;
}

/** A line of text, a number or a date. */
export function Input({ id, label, hint, problems, value, type, onInput, disabled, isHidden, list, min, max, placeholder, required, maxlength }) {
  return html`<${Field} id=${id} label=${label} hint=${hint} problems=${problems} isHidden=${isHidden}>${(props) =>
    html`<input ...${props} type=${type ?? "text"} value=${value ?? ""} disabled=${disabled} list=${list} min=${min} max=${max}
      placeholder=${placeholder} required=${required} maxlength=${maxlength} autocomplete="off" onInput=${(event) => onInput(event.target.value)} />`}<//>`;
}

/** A box to tick. */
export function Check({ id, label, hint, checked, onChange, disabled }) {
  return html`<div class="check">
    <input id=${id} type="checkbox" checked=${checked} disabled=${disabled} aria-describedby=${hint ? `${id}-hint` : undefined}
      onChange=${(event) => onChange(event.target.checked)} />
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}
