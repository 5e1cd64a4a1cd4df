// The only place that talks to the server: a call, its reply, or an error that says what to do.

const PATIENCE_MS = 10_000;

/** A call that failed. `code` is the server's, or `unreachable` when no reply came. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

let csrf = "";

/** What every call that changes something sends along. */
export function trust(token) {
  csrf = token;
}

async function call(method, path, body) {
  const headers = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf-token"] = csrf;
  if (body !== undefined) headers["content-type"] = "application/json";
  let reply;
  try {
    reply = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
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
  throw new ApiError(reply.status, said?.code ?? "unreadable", said?.message ?? "");
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const remove = (path) => call("DELETE", path);
