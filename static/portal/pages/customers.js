// Customers: what there is of one, and forgetting it, with proof.

import { post } from "../api.js";
import { Input } from "../components/field.js";
import { Head } from "../components/head.js";
import { momentWithZone, number as figure } from "../format.js";
import { html, useState } from "../html.js";
import { t, told } from "../messages.js";

export function Page({ title }) {
  const [number, setNumber] = useState("");
  const [found, setFound] = useState(null);
  const [how, setHow] = useState("anonymise");
  const [proof, setProof] = useState(null);
  const [state, setState] = useState({ busy: false, error: null });
  const act = async (work) => {
    setState({ busy: true, error: null });
    try {
      await work();
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  const lookUp = (event) => {
    event.preventDefault();
    setProof(null);
    act(async () => setFound({ number, ...(await post("/api/v1/customers/look-up", { number })) }));
  };
  const forget = (event) => {
    event.preventDefault();
    act(async () => {
      setProof(await post("/api/v1/customers/forget", { number: found.number, how }));
      setFound(null);
    });
  };
  const nothing = found && found.responses === 0 && found.asks === 0;
  return html`<${Head} title=${title} />
    <p class="soft">${t("customers-text")}</p>
    <form class="card" onSubmit=${lookUp}>
      <${Input} id="customer-number" label=${t("customer-number")} hint=${t("customer-number-hint")} value=${number} onInput=${(text) => { setNumber(text); setFound(null); }} required />
      <p><button type="submit" class="button" disabled=${state.busy}>${t("look-up")}</button></p>
      ${state.error && html`<p class="message-error" role="alert">${told(state.error)}</p>`}
    </form>
    ${nothing && html`<p class="message-info" role="status">${t("customer-unknown")}</p>`}
    ${found && !nothing && html`<form class="card" onSubmit=${forget}>
      <h2>${t("customer-found", { responses: found.responses, asks: found.asks })}</h2>
      <fieldset class="texts"><legend>${t("how-forget")}</legend>
        ${["anonymise", "delete"].map((way) => html`<div key=${way} class="check"><input id=${`how-${way}`} type="radio" name="how" checked=${how === way} aria-describedby=${`how-${way}-hint`} onChange=${() => setHow(way)} />
          <label for=${`how-${way}`}>${t(`forget-${way}`)}</label><p class="hint" id=${`how-${way}-hint`}>${t(`forget-${way}-text`)}</p></div>`)}
      </fieldset>
      <p><button type="submit" class="button button-danger" disabled=${state.busy}>${t(`forget-${how}`)}</button></p>
    </form>`}
    ${proof && html`<section class="card" aria-labelledby="proof-title" role="status">
      <h2 id="proof-title">${t("proof")}</h2>
      <p>${t(`proof-${proof.how}`, { customer: proof.customer })}</p>
      <dl class="facts">
        <dt>${t("when")}</dt><dd>${momentWithZone(proof.at)}</dd>
        <dt>${t("who")}</dt><dd>${proof.by}</dd>
        <dt>${t("asks-found")}</dt><dd>${figure(proof.erased.asks)}</dd>
        <dt>${t("responses")}</dt><dd>${figure(proof.erased.responses)}</dd>
        <dt>${t("answers-found")}</dt><dd>${figure(proof.erased.answers)}</dd>
        <dt>${t("recordings-found")}</dt><dd>${figure(proof.erased.recordings)}</dd>
        <dt>${t("left-now")}</dt><dd>${figure(proof.left)}</dd>
        <dt>${t("log-entry")}</dt><dd><code>${proof.id}</code></dd>
      </dl>
      <p><button type="button" class="button" onClick=${() => print()}>${t("print")}</button></p>
    </section>`}`;
}
