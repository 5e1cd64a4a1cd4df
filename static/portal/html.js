// What every component is written with.

export { h, render, Fragment } from "../vendor/preact/preact.mjs";
export { useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact/hooks.mjs";
export { signal, computed } from "../vendor/signals/signals.mjs";

import { h } from "../vendor/preact/preact.mjs";
import htm from "../vendor/htm/htm.mjs";

export const html = htm.bind(h);
