// Figures, times and sizes as people of a language write them. Times are in the browser's zone, which is named.

import { language } from "./messages.js";

const tag = () => language().tag;

export const number = (value, digits = 0) =>
  new Intl.NumberFormat(tag(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

export const percent = (part, whole) =>
  new Intl.NumberFormat(tag(), { style: "percent", maximumFractionDigits: 0 }).format(whole > 0 ? part / whole : 0);

export const moment = (iso) =>
  new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeStyle: "medium" }).format(new Date(iso));

export const momentWithZone = (iso) =>
  new Intl.DateTimeFormat(tag(), {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "long",
  }).format(new Date(iso));

export const day = (iso) =>
  new Intl.DateTimeFormat(tag(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));

const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** A length of time in its largest unit that fits. */
export function span(seconds) {
  const [unit, size] = STEPS.find(([, size]) => seconds >= size) ?? STEPS[3];
  return new Intl.NumberFormat(tag(), { style: "unit", unit, unitDisplay: "long" }).format(Math.floor(seconds / size));
}

/** How long ago, or from now. */
export function ago(iso, now = Date.now()) {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const [unit, size] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? STEPS[3];
  return new Intl.RelativeTimeFormat(tag(), { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Bytes, in units of 1024. */
export function size(bytes) {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return new Intl.NumberFormat(tag(), {
    style: "unit",
    unit: UNITS[step],
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(bytes / 1024 ** step);
}
