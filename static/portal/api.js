// The only place that talks to the server: a call, its reply, or an error that says what to do.

const PATIENCE_MS = 10_000;
/** As long as the database may count for a report. */
const REPORT_PATIENCE_MS = 65_000;
/** For a file over a slow line, and its conversion. */
const UPLOAD_PATIENCE_MS = 120_000;

/** A call that failed. `code` is the server's, or `unreachable` when no reply came; `said` is all that the server told. */
export class ApiError extends Error {
  constructor(status, code, message, said = null) {
    super(message);
    this.said = said;
    this.status = status;
    this.code = code;
  }
}

let csrf = "";

/** What every call that changes something sends along. */
export function trust(token) {
  csrf = token;
}

async function call(method, path, body, { background, raw, patient } = {}) {
  const headers = { accept: "application/json" };
  // What a page asks by itself is no sign that somebody is there: the session ends all the same.
  if (background) headers["x-background"] = "1";
  if (method !== "GET") headers["x-csrf-token"] = csrf;
  if (body !== undefined && !raw) headers["content-type"] = "application/json";
  let reply;
  try {
    reply = await fetch(path, {
      method,
      headers,
      body: body === undefined || raw ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(raw ? UPLOAD_PATIENCE_MS : patient ? REPORT_PATIENCE_MS : PATIENCE_MS),
    });
  } catch {
    throw new ApiError(0, "unreachable", "");
  }
  if (reply.status === 204) return null;
  const said = await reply.json().catch(() => null);
  if (reply.ok && said !== null) return said;
  if (reply.status === 401) {
    const here = location.pathname + location.search;
    location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
  }
  throw new ApiError(reply.status, said?.code ?? "unreadable", said?.message ?? "", said);
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path);
/** Takes something away, with what has to be known for it. */
export const removeWith = (path, body) => call("DELETE", path, body);
/** Sends a form with files. */
export const upload = (path, form) => call("PUT", path, form, { raw: true });
