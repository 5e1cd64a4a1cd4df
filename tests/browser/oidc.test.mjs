// Single sign-on by a real provider, with two nodes behind one address: to the provider from one, back to the other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { CLIENT, startFront, startProvider } from "./provider.mjs";
import { PASSWORD, Site, browser, comeBy, firstLink, flaws, openWindow, picture, shown, signIn, until } from "./site.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: PHONE,
  spanish: { locale: "es" },
  arabic: { locale: "ar" },
  "arabic-phone": { ...PHONE, locale: "ar", colorScheme: "dark" },
};
const BUTTON = ".door-way a";

/** A site of two nodes with single sign-on: everything but the way back is asked of the first node. */
class Place {
  constructor(people) {
    this.people = people;
    this.site = new Site();
    this.returns = [];
  }

  async open(...settings) {
    this.front = await startFront((path) => {
      if (!path.startsWith("/sign-in/oidc/callback")) return this.one;
      this.returns.push(path);
      return this.two;
    });
    this.url = this.front.url;
    this.provider = await startProvider(`${this.url}/sign-in/oidc/callback`, this.people);
    const more = [`portal.public_url=${this.url}`, `oidc.issuer=${this.provider.issuer}`, `oidc.client_id=${CLIENT.client_id}`, `oidc.client_secret=${CLIENT.client_secret}`, ...settings];
    this.one = await this.site.start("one", undefined, more);
    this.two = await this.site.start("two", undefined, more);
    this.admin = await openWindow(chrome);
    await comeBy(this.admin.page, this.url, await firstLink(this.one), "admin");
    await shown(this.admin.page);
    return this;
  }

  /** To the provider from a page of the portal, and back as somebody. */
  async comes(subject, { path = "/", options } = {}) {
    const window = await openWindow(chrome, options);
    await window.page.goto(this.url + path);
    await window.page.click(BUTTON);
    await this.says(window.page, subject);
    return window;
  }

  /** What somebody does at the provider. */
  async says(page, subject) {
    await page.waitForSelector("#subject");
    assert.equal(new URL(page.url()).origin, this.provider.issuer);
    if (subject) await page.fill("#subject", subject);
    await page.click(subject ? "#in" : "#cancel");
    await page.waitForURL((url) => url.origin === this.url);
  }

  close() {
    this.provider?.close();
    this.front?.close();
    this.site.close();
  }
}

let chrome, place;

before(async () => {
  chrome = await browser();
  const people = {
    "s-1": { preferred_username: "amira", name: "Amira Haddad" },
    "s-2": { preferred_username: "amira", name: "Somebody Else" },
    "s-3": { preferred_username: "ben", name: "Ben" },
  };
  place = await new Place(people).open();
  place.site.run("user", "add", "amira", "--role", "manager");
});

after(async () => {
  await chrome?.close();
  place?.close();
});

const alert = (page) => page.textContent("[role=alert]");

test("who comes back from the provider, at whichever node, sees the page asked for", async () => {
  const { context, page, complaints } = await place.comes("s-1", { path: "/reports?by=agent" });
  await shown(page);
  assert.equal(new URL(page.url()).pathname, "/reports");
  assert.equal(place.returns.length, 1, "the way back led to the other node");
  // A strict cookie would not have come along from the provider; a new page has to know the session as well.
  await page.goto(`${place.url}/account`);
  await page.waitForSelector("text=single sign-on");
  assert.equal(await page.locator("#password-current").count(), 0, "there is no password to be changed");
  assert.deepEqual(complaints, []);
  const cookies = await context.cookies();
  assert.deepEqual(cookies.filter(({ domain }) => domain === "127.0.0.1").map(({ name }) => name).sort(), ["aftercall_door", "aftercall_session"]);
  await context.close();
});

test("who is known to the provider but has no account is told whom to ask", async () => {
  const { context, page } = await place.comes("s-3", { path: "/users" });
  assert.match(await alert(page), /no account for you here yet/);
  assert.equal(await page.locator(BUTTON).count(), 1);
  await picture(page, "sso-no-account");
  await context.close();
});

test("somebody else who was given a user name stays out until an administrator forgets the first one", async () => {
  const stranger = await place.comes("s-2");
  assert.match(await alert(stranger.page), /belongs to somebody else/);
  await stranger.context.close();
  const { page } = place.admin;
  await page.goto(`${place.url}/users`);
  await page.waitForSelector("td:has-text('single sign-on')");
  await picture(page, "sso-users");
  await page.click('[aria-label="Forget single sign-on: amira"]');
  await page.waitForSelector("dialog[open]");
  await picture(page, "sso-forget");
  await page.click("dialog button[type=submit]");
  await until("it is forgotten", async () => (await page.locator('[aria-label="Forget single sign-on: amira"]').count()) === 0);
  const heir = await place.comes("s-2");
  await shown(heir.page);
  await heir.context.close();
  await page.goto(`${place.url}/audit`);
  await page.waitForSelector("text=untied from the person of the provider: amira");
  await page.waitForSelector("text=tied to a person of the provider of single sign-on: amira");
});

test("who gives up at the provider may try again, or come in by password", async () => {
  const { context, page } = await place.comes(null, { path: "/system" });
  assert.match(await alert(page), /did not sign in at the provider/);
  await page.click("text=Español");
  assert.equal(await page.textContent("h1"), "Iniciar sesión");
  await signIn(page, "admin", PASSWORD);
  await shown(page);
  assert.equal(new URL(page.url()).pathname, "/system", "where the way began");
  await context.close();
});

test("a way back that is used a second time leads nowhere", async () => {
  const { context, page } = await place.comes("s-2");
  await shown(page);
  await context.clearCookies({ name: "aftercall_session" });
  await page.goto(place.url + place.returns.at(-1));
  assert.match(await alert(page), /took too long, or was begun in another browser/);
  await context.close();
});

test("accounts are made and follow the claims, where that is configured", async () => {
  const people = { "s-1": { preferred_username: "Carla@Example.com", name: "Carla", groups: ["desk"], teams: ["North"] } };
  const other = await new Place(people).open(
    "oidc.create_accounts=true",
    "oidc.role_claim=groups",
    "oidc.supervisor_values=desk",
    "oidc.manager_values=owners",
    "oidc.teams_claim=teams",
    "oidc.label=Company account",
  );
  try {
    const first = await other.comes("s-1");
    await shown(first.page);
    const me = async ({ page }) => (await page.request.get(`${other.url}/api/v1/me`)).json();
    const { name, display_name, role, teams } = await me(first);
    assert.deepEqual({ name, display_name, role, teams }, { name: "carla@example.com", display_name: "Carla", role: "supervisor", teams: ["North"] });
    people["s-1"] = { ...people["s-1"], preferred_username: "carla.new", groups: ["desk", "owners"] };
    const second = await other.comes("s-1");
    await shown(second.page);
    assert.equal((await me(second)).role, "manager");
    assert.equal((await me(second)).name, "carla@example.com", "the account stays the same");
    people["s-1"] = { ...people["s-1"], groups: [] };
    const third = await other.comes("s-1");
    assert.match(await alert(third.page), /nobody has given you a role here/);
    await other.admin.page.goto(`${other.url}/audit`);
    await other.admin.page.waitForSelector("text=changed the role of carla@example.com");
    await other.admin.page.goto(`${other.url}/sign-in`);
  } finally {
    other.close();
  }
});

for (const [look, options] of Object.entries(LOOKS)) {
  test(`the sign-in page with its button is fine in ${look}`, async () => {
    const { context, page, complaints } = await openWindow(chrome, options);
    const isFine = async (name) => {
      assert.deepEqual(await flaws(page), [], name);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${name} is ${wide} px wider than its window`);
      assert.deepEqual(complaints, [], name);
      await picture(page, `${name}-${look}`);
    };
    await page.goto(`${place.url}/sign-in`);
    await isFine("sso-sign-in");
    await page.goto(`${place.url}/sign-in/oidc/callback?code=forged&state=forged`);
    await isFine("sso-expired");
    await context.close();
  });
}
