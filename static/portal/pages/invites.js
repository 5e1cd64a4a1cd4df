// Invites: who was asked by text message and who was not, the messages, who wants none, and the routes they go by.

import { Tabs, currentTab } from "../components/tabs.js";
import { Head } from "../components/head.js";
import { html, useState } from "../html.js";
import { Invites } from "../invites/invites.js";
import { Messages } from "../invites/messages.js";
import { OptOuts } from "../invites/opt_outs.js";
import { Routes } from "../invites/routes.js";
import { Upload } from "../invites/upload.js";
import { t } from "../messages.js";

const SHOWN = { invites: Invites, messages: Messages, "opt-outs": OptOuts, routes: Routes };

export function Page({ title }) {
  const [uploads, setUploads] = useState(false);
  const [round, setRound] = useState(0);
  const keys = Object.keys(SHOWN);
  const Shown = SHOWN[currentTab(keys)];
  const close = () => {
    setUploads(false);
    setRound(round + 1);
  };
  return html`<${Head} title=${title}>
      <button class="button button-primary" type="button" onClick=${() => setUploads(true)}>${t("invite-list")}</button>
    <//>
    <${Tabs} label=${title} tabs=${keys.map((key) => ({ key, label: t(`tab-${key}`) }))} />
    <${Shown} key=${round} />
    ${uploads && html`<${Upload} close=${close} />`}`;
}
