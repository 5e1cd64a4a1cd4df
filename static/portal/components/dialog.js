// A question that has to be answered before anything else.

import { html, useLayoutEffect, useRef } from "../html.js";
import { t, told } from "../messages.js";

/** `onDone` does it; while it is under way the button waits, and what it throws is shown. */
export function Dialog({ title, action, danger, busy, error, onDone, onClose, children }) {
  const dialog = useRef(null);
  // Before it is drawn: whoever presses Escape at once closes it.
  useLayoutEffect(() => {
    dialog.current.showModal();
  }, []);
  const done = (event) => {
    event.preventDefault();
    onDone();
  };
  return html`<dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
    <form onSubmit=${done}>
      <h2 id="dialog-title">${title}</h2>
      ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
      ${children}
      <div class="dialog-actions">
        <button class="button" type="button" onClick=${() => dialog.current.close()}>${action ? t("cancel") : t("close")}</button>
        ${action && html`<button class=${danger ? "button button-danger" : "button button-primary"} type="submit" disabled=${busy}>${action}</button>`}
      </div>
    </form>
  </dialog>`;
}
