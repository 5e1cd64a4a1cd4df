// What people do in the portal, with their keyboard and mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { PASSWORD, Site, browser, comeBy, firstLink, openWindow, shown, signIn, until } from "./site.mjs";

let site, chrome, node, admin;

before(async () => {
  site = new Site();
  chrome = await browser();
  node = await site.start("one");
  admin = await openWindow(chrome);
  await comeBy(admin.page, node.url, await firstLink(node), "admin");
  await shown(admin.page);
});

after(async () => {
  await chrome?.close();
  site?.close();
});

test("who is not signed in is led to the form and then to the page asked for", async () => {
  const { context, page } = await openWindow(chrome);
  await page.goto(`${node.url}/system`);
  await signIn(page, "admin", "not the password");
  assert.match(await page.textContent("[role=alert]"), /user name or the password is wrong/);
  assert.equal(await page.inputValue("#name"), "admin");
  await signIn(page, "admin", PASSWORD);
  await shown(page);
  assert.equal(new URL(page.url()).pathname, "/system");
  assert.equal(await page.textContent("h1"), "System");
  await context.close();
});

test("every page is reached by the keyboard alone, its heading has the focus, and Back goes back", async () => {
  const { page } = admin;
  await page.goto(node.url);
  await shown(page);
  for (const title of ["Responses", "Reports", "Surveys", "Services", "Prompts", "Forget a customer", "System", "Settings", "Users", "API keys", "Audit log", "My account"]) {
    await page.evaluate(() => document.activeElement?.blur());
    for (let steps = 0; (await page.evaluate(() => document.activeElement?.textContent)) !== title; steps++) {
      assert.ok(steps < 80, `${title} is not reached by Tab`);
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    await until(title, async () => (await page.textContent("h1")) === title);
    await until("the heading has the focus", () => page.evaluate(() => document.activeElement?.tagName === "H1"));
    assert.equal(await page.title(), `${title} · aftercall`);
    assert.equal(await page.getAttribute(`nav a[aria-current=page]`, "href"), new URL(page.url()).pathname);
  }
  await page.goBack();
  await until("Back", async () => (await page.textContent("h1")) === "Audit log");
});

test("a user is added, comes in by the link, and sees only what a viewer may", async () => {
  const { page } = admin;
  await page.goto(`${node.url}/users`);
  await page.click("text=Add user");
  await page.fill("#new-name", "amira");
  await page.fill("#new-called", "أميرة حداد");
  await page.click("dialog button[type=submit]");
  const link = await page.textContent("#link");
  await page.keyboard.press("Escape");
  await until("the dialog is gone", async () => (await page.locator("dialog").count()) === 0);
  await page.waitForSelector("text=no password yet");

  const amira = await openWindow(chrome);
  await comeBy(amira.page, node.url, link, "amira");
  await shown(amira.page);
  const offered = await amira.page.locator("nav a").allTextContents();
  assert.deepEqual(offered, ["Overview", "Responses", "Reports", "Report files", "Surveys", "Services", "Prompts", "My account"]);
  await amira.page.goto(`${node.url}/system`);
  await amira.page.waitForSelector("text=Your role does not include this page");
  assert.equal((await amira.page.request.get(`${node.url}/api/v1/system`)).status(), 403);

  await page.reload();
  await page.click('[aria-label="Lock: amira"]');
  await page.click("dialog button[type=submit]");
  await page.waitForSelector("text=locked");
  await amira.page.goto(`${node.url}/account`);
  assert.equal(new URL(amira.page.url()).pathname, "/sign-in", "signed out at once");
  await page.goto(`${node.url}/audit`);
  await page.waitForSelector("text=locked");
  assert.match(await page.textContent(".log li"), /admin\s+locked\s+amira/);
  await amira.context.close();
});

test("a name that is taken is said in the dialog, and nothing typed is lost", async () => {
  const { page } = admin;
  await page.goto(`${node.url}/users`);
  await page.click("text=Add user");
  await page.fill("#new-name", "admin");
  await page.click("dialog button[type=submit]");
  await page.waitForSelector("dialog [role=alert]");
  assert.match(await page.textContent("dialog [role=alert]"), /there is a user admin already/);
  assert.equal(await page.inputValue("#new-name"), "admin");
  await page.keyboard.press("Escape");
});

test("language and colours stay as somebody chose them", async () => {
  const { context, page } = await openWindow(chrome);
  await page.goto(`${node.url}/account`);
  await signIn(page, "admin", PASSWORD);
  await page.selectOption("#language", "ar");
  await until("Arabic", async () => (await page.textContent("h1")) === "حسابي");
  assert.equal(await page.getAttribute("html", "dir"), "rtl");
  await page.selectOption("#theme", "dark");
  await page.reload();
  await shown(page);
  assert.equal(await page.getAttribute("html", "data-theme"), "dark");
  assert.equal(await page.textContent("h1"), "حسابي");
  await page.selectOption("#language", "en");
  await until("English", async () => (await page.textContent("h1")) === "My account");
  await context.close();
});

test("another session is ended, and after signing out Back shows nothing", async () => {
  const { context, page } = await openWindow(chrome);
  await page.goto(`${node.url}/account`);
  await signIn(page, "admin", PASSWORD);
  await page.waitForSelector("text=this one");
  const before = await page.locator("text=End").count();
  await page.click("button:text-is('End')");
  await until("one less", async () => (await page.locator("text=End").count()) < before);
  await page.click("text=Sign out");
  await page.waitForSelector("#password");
  await page.goBack();
  await page.waitForSelector("#password");
  await context.close();
});

test("the session goes on when the node under it is killed and another has its address", async () => {
  const first = await site.start("under");
  const { context, page } = await openWindow(chrome);
  await page.goto(`${first.url}/system`);
  await signIn(page, "admin", PASSWORD);
  await page.waitForSelector("text=Node under");
  first.child.kill("SIGKILL");
  await page.waitForSelector("text=This node does not answer");
  assert.match(await page.locator("#health").innerText(), /^Node under/, "the last picture stays");
  await site.start("other", new URL(first.url).host);
  await page.waitForSelector("text=Node other");
  await until("all is well again", async () => (await page.locator("text=This node does not answer").count()) === 0);
  await context.close();
});
