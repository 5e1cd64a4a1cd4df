// A list that goes on: its first page, then what is asked for. With a field to look for one number.

import { get } from "../api.js";
import { Input } from "../components/field.js";
import { Loaded } from "../components/loaded.js";
import { html, useEffect, useState } from "../html.js";
import { t, told } from "../messages.js";
import { query, setQuery } from "../router.js";
import { useData } from "../use_data.js";

/** `path`: of the list; `name`: of its rows in the reply; `children(rows, reload, first)` shows them. */
export function Paged({ path, name, filters, children }) {
  const [typed, setTyped] = useState(query.value.get("number") ?? "");
  const wanted = new URLSearchParams(filters);
  const number = query.value.get("number");
  if (number) wanted.set("number", number);
  const address = `${path}?${wanted}`;
  const state = useData(address);
  const look = (event) => {
    event.preventDefault();
    setQuery({ number: typed.trim() });
  };
  return html`<form class="inline" onSubmit=${look}>
      <${Input} id="look-number" label=${t("look-number")} value=${typed} onInput=${setTyped} />
      <button class="button" type="submit">${t("look-up")}</button>
    </form>
    <${Loaded} state=${state}>${(first) => html`<${Rest} key=${`${address} ${state.at}`} first=${first} name=${name} address=${address}>
      ${(rows) => children(rows, state.reload, first)}<//>`}<//>`;
}

function Rest({ first, name, address, children }) {
  const [more, setMore] = useState({ rows: [], next: first.next, error: null });
  useEffect(() => setMore({ rows: [], next: first.next, error: null }), [first]);
  const load = async () => {
    try {
      const page = await get(`${address}&before=${encodeURIComponent(more.next)}`);
      setMore({ rows: [...more.rows, ...page[name]], next: page.next, error: null });
    } catch (error) {
      setMore({ ...more, error });
    }
  };
  return html`${children([...first[name], ...more.rows])}
    ${more.error && html`<p class="message-error" role="alert">${told(more.error)}</p>`}
    ${more.next && html`<p><button class="button" type="button" onClick=${load}>${t("load-more")}</button></p>`}`;
}
