// A code beside the password, from an app on a phone: set up and taken away.

import { post, removeWith } from "../api.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";
import { Badge } from "./badge.js";
import { Input } from "./field.js";
import { tell } from "./tell.js";

export function SecondFactor({ me }) {
  const [begun, setBegun] = useState(null);
  const [draft, setDraft] = useState({ code: "", password: "" });
  const [isOn, setIsOn] = useState(me.second_factor);
  const [state, setState] = useState({ busy: false, error: null });
  const set = (key) => (value) => setDraft({ ...draft, [key]: value });
  const act = async (work) => {
    setState({ busy: true, error: null });
    try {
      await work();
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const settle = (on, said) => {
    me.second_factor = on;
    setIsOn(on);
    setBegun(null);
    setDraft({ code: "", password: "" });
    tell(said);
  };
  const begin = () => act(async () => setBegun(await post("/api/v1/me/second-factor/begin")));
  const add = (event) => {
    event.preventDefault();
    act(async () => {
      await post("/api/v1/me/second-factor", { ...draft, secret: begun.secret });
      settle(true, t("second-factor-added"));
    });
  };
  const drop = (event) => {
    event.preventDefault();
    act(async () => {
      await removeWith("/api/v1/me/second-factor", { password: draft.password });
      settle(false, t("second-factor-removed"));
    });
  };
  const password = html`<${Input} id="factor-password" type="password" label=${t("current-password")} value=${draft.password} onInput=${set("password")} required />`;
  return html`<section class="card" aria-labelledby="factor-title">
    <h2 id="factor-title">${t("second-factor")} <${Badge} kind=${isOn ? "good" : ""}>${t(isOn ? "second-factor-on" : "second-factor-off")}<//></h2>
    <p class="soft">${t("second-factor-text")}</p>
    ${state.error && html`<p class="message-error" role="alert">${told(state.error)}</p>`}
    ${!isOn && !begun && html`<p><button type="button" class="button" disabled=${state.busy} onClick=${begin}>${t("set-up")}</button></p>`}
    ${!isOn && begun && html`<form onSubmit=${add}>
      <p>${t("scan")}</p>
      <p><img class="scan" src=${begun.picture} alt=${t("scan-picture")} /></p>
      <p>${t("scan-else")} <code class="secret">${begun.secret.replace(/(.{4})/g, "$1 ").trim()}</code></p>
      <${Input} id="factor-code" label=${t("factor-code")} value=${draft.code} onInput=${set("code")} required />
      ${password}
      <button type="submit" class="button button-primary" disabled=${state.busy}>${t("set-up")}</button>
    </form>`}
    ${isOn && html`<form onSubmit=${drop}>${password}<button type="submit" class="button button-danger" disabled=${state.busy}>${t("remove-second-factor")}</button></form>`}
  </section>`;
}
