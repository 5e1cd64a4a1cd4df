// Data of a page: loading, there, or an error; the last picture stays while a later question fails.

import { get } from "./api.js";
import { useEffect, useRef, useState } from "./html.js";

/** Asks for `path`, again every `everyMs` while the page can be seen; nothing where `path` is null. `patient`: what it
 *  asks for may take the database a while. `{data, error, at, reload, refresh}`;
 *  `refresh` is asked by the page itself, and keeps no session alive. */
export function useData(path, everyMs, patient = false) {
  const [state, setState] = useState({ path, data: null, error: null, at: null });
  const asked = useRef(null);
  const load = async (background = false) => {
    if (path === null) return;
    try {
      const data = await get(path, { background, patient });
      // An answer to an earlier question does not show under a later one.
      if (asked.current === path) setState({ path, data, error: null, at: Date.now() });
    } catch (error) {
      if (asked.current === path) setState((before) => ({ ...before, path, error }));
    }
  };
  useEffect(() => {
    asked.current = path;
    let timer = null;
    const turn = async (background) => {
      if (!document.hidden) await load(background);
      if (asked.current === path && everyMs) timer = setTimeout(turn, everyMs, true);
    };
    const seen = () => document.hidden || !everyMs || load(true);
    document.addEventListener("visibilitychange", seen);
    turn(false);
    return () => {
      asked.current = null;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [path]);
  return { ...state, isStale: state.path !== path, reload: () => load(), refresh: () => load(true) };
}
