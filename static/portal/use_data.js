// Data of a page: loading, there, or an error; the last picture stays while a later question fails.

import { get } from "./api.js";
import { useEffect, useRef, useState } from "./html.js";

/** Asks for `path`, again every `everyMs` while the page can be seen. `{data, error, at, reload}`. */
export function useData(path, everyMs) {
  const [state, setState] = useState({ data: null, error: null, at: null });
  const alive = useRef(true);
  const load = async () => {
    try {
      const data = await get(path);
      if (alive.current) setState({ data, error: null, at: Date.now() });
    } catch (error) {
      if (alive.current) setState((before) => ({ ...before, error }));
    }
  };
  useEffect(() => {
    alive.current = true;
    let timer = null;
    const turn = async () => {
      if (!document.hidden) await load();
      if (alive.current && everyMs) timer = setTimeout(turn, everyMs);
    };
    const seen = () => document.hidden || !everyMs || load();
    document.addEventListener("visibilitychange", seen);
    turn();
    return () => {
      alive.current = false;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [path]);
  return { ...state, reload: load };
}
