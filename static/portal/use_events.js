// Data of a page that the server sends by itself, as long as the page is open; the last picture stays while nobody sends.

import { get } from "./api.js";
import { useEffect, useState } from "./html.js";

/** When a stream ended, by whatever. */
const AGAIN_MS = 2_000;

/** Listens to `path`; where a stream ends, `asked` is asked for what is the matter. `{data, error, at, reload}`. */
export function useEvents(path, asked) {
  const [state, setState] = useState({ data: null, error: null, at: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const source = new EventSource(path);
    let timer = null;
    let isOpen = true;
    source.onmessage = ({ data }) => setState({ data: JSON.parse(data), error: null, at: Date.now() });
    source.onerror = async () => {
      source.close();
      const again = () => isOpen && (timer = setTimeout(() => setTurn((before) => before + 1), AGAIN_MS));
      try {
        const data = await get(asked, { background: true });
        if (isOpen) setState({ data, error: null, at: Date.now() });
      } catch (error) {
        if (isOpen) setState((before) => ({ ...before, error }));
      }
      again();
    };
    return () => {
      isOpen = false;
      clearTimeout(timer);
      source.close();
    };
  }, [path, turn]);
  return { ...state, reload: () => setTurn((before) => before + 1) };
}
