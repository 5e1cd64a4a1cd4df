// Light, dark, or as the system has it: the browser's own choice, kept in the browser.

const KEY = "aftercall-theme";

export const THEMES = ["system", "light", "dark"];

/** The theme somebody chose here. */
export function theme() {
  const kept = localStorage.getItem(KEY);
  return THEMES.includes(kept) ? kept : "system";
}

/** Draws by it. */
export function useTheme() {
  if (theme() === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = theme();
}

/** Keeps another. */
export function choose(name) {
  localStorage.setItem(KEY, name);
  useTheme();
}
