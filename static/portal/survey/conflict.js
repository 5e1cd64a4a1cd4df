// Somebody else saved meanwhile: both drafts are there, and one of them is chosen.

import { html, useState } from "../html.js";
import { t } from "../messages.js";
import { Differences } from "./differences.js";
import { moment } from "../format.js";

export function Conflict({ draft }) {
  const theirs = draft.theirs.value;
  const [busy, setBusy] = useState(false);
  if (!theirs) return null;
  const mine = async () => {
    setBusy(true);
    await draft.keepMine();
    setBusy(false);
  };
  return html`<section class="message-warn conflict" role="alert">
    <h2>${t("conflict", { who: theirs.saved_by || t("unknown-person"), at: moment(theirs.saved_at) })}</h2>
    <p>${t("conflict-text")}</p>
    <${Differences} changes=${theirs.changes} before=${t("yours")} after=${t("theirs")} />
    <div class="actions">
      <button type="button" class="button" disabled=${busy} onClick=${() => draft.takeTheirs()}>${t("take-theirs")}</button>
      <button type="button" class="button" disabled=${busy} onClick=${mine}>${t("keep-mine")}</button>
    </div>
  </section>`;
}
