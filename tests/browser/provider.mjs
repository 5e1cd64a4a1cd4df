// A provider of single sign-on as a site has one: a real one (oidc-provider), with a page to sign in by and people who have claims.

import { createServer, request } from "node:http";

import Provider from "oidc-provider";

export const CLIENT = { client_id: "aftercall", client_secret: "correct-horse-battery-staple" };

/** Listens at a port that is free; its number. */
const listening = (server, host) => new Promise((resolve) => server.listen(0, host, () => resolve(server.address().port)));

/**
 * Starts a provider for a client that is led back to `callback`. `people` are claims by subject; a test may change them. It is
 * called by a name, the portal by an address: to a browser that is another site.
 */
export async function startProvider(callback, people) {
  let answer = (_request, response) => response.writeHead(503).end();
  const server = createServer((incoming, response) => answer(incoming, response));
  const issuer = `http://localhost:${await listening(server)}`;
  const provider = new Provider(issuer, {
    clients: [{ ...CLIENT, redirect_uris: [callback], response_types: ["code"], grant_types: ["authorization_code"] }],
    pkce: { required: () => true },
    claims: { openid: ["sub"], profile: ["preferred_username", "name", "groups", "teams"] },
    findAccount: (_context, subject) => people[subject] && { accountId: subject, claims: () => ({ sub: subject, ...people[subject] }) },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    cookies: { keys: ["a key of a test"] },
    loadExistingGrant,
  });
  const callbacks = provider.callback();
  answer = (incoming, response) => (incoming.url.startsWith("/interaction/") ? interact(provider, incoming, response) : callbacks(incoming, response));
  return { issuer, close: () => server.close() && server.closeAllConnections() };
}

/** Nobody is asked whether the portal may know who they are. */
async function loadExistingGrant({ oidc }) {
  const known = oidc.session.grantIdFor(oidc.client.clientId);
  if (known) return oidc.provider.Grant.find(known);
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope(oidc.params.scope);
  await grant.save();
  return grant;
}

/** The provider's page: who are you, or rather not. */
async function interact(provider, incoming, response) {
  if (incoming.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end('<!doctype html><title>Provider</title><form method="post"><input id="subject" name="subject"><button id="in">In</button><button id="cancel" name="cancel" value="1">Cancel</button></form>');
    return;
  }
  let body = "";
  for await (const part of incoming) body += part;
  const form = new URLSearchParams(body);
  const given = form.has("cancel") ? { error: "access_denied" } : { login: { accountId: form.get("subject") } };
  await provider.interactionFinished(incoming, response, given, { mergeWithLastSubmission: false });
}

/** One address before several nodes: `choose` says which one a path goes to. */
export async function startFront(choose) {
  const server = createServer((incoming, response) => {
    const [host, port] = choose(incoming.url).portal.split(":");
    const { method, url: path, headers } = incoming;
    const onward = request({ host, port, method, path, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.rawHeaders);
      reply.pipe(response);
    });
    onward.on("error", () => response.destroy());
    incoming.pipe(onward);
  });
  const url = `http://127.0.0.1:${await listening(server, "127.0.0.1")}`;
  return { url, close: () => server.close() && server.closeAllConnections() };
}
