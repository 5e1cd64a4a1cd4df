// The widget in the chat window of somebody else: on a page of another origin with a policy as strict as there is; and the demo's chat.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { Site, browser, flaws, openWindow, picture, until } from "./site.mjs";

let site, chrome, node, key, host, origin;
let page = "";

before(async () => {
  site = new Site();
  chrome = await browser();
  // The page of somebody else, whose site allows nothing but what the widget needs.
  host = createServer((request, reply) => {
    const widget = node.url;
    const policy = `default-src 'none'; script-src ${widget}; connect-src ${widget}`;
    reply.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy });
    reply.end(page);
  });
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${host.address().port}`;
  node = await site.start("one", "127.0.0.1:0", [`portal.widget_origins=${origin}`]);
  site.run("survey", "import", fileURLToPath(new URL("../../static/demo/website.json", import.meta.url)), "--publish");
  site.run("service", "add", "Website", "--channel", "chat");
  site.run("survey", "activate", "website", "Website");
  key = site.run("apikey", "create", "chats", "--scope", "chat").trim();
  await until("chats are asked", async () => (await call("POST", "responses", { service: "Website", conversation_id: "first" })).token);
});

after(async () => {
  await chrome?.close();
  host?.close();
  site?.close();
});

async function call(method, path, body) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const reply = await fetch(`http://${node.machines}/chat/v1/${path}`, { method, headers, body: body && JSON.stringify(body) });
  return reply.json();
}

let conversations = 0;

/** A page with the widget of a new conversation, opened. */
async function chat(options = {}, lang = "en") {
  const conversation = `c-${(conversations += 1)}`;
  const opened = await call("POST", "responses", { service: "Website", conversation_id: conversation, lang });
  page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Chat</title>
    <script src="${node.url}/w/widget.js" defer></script></head>
    <body><main><h1>Chat</h1><aftercall-survey token="${opened.token}"></aftercall-survey></main></body></html>`;
  const window = await openWindow(chrome, options);
  const complaints = [];
  window.page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  window.page.on("pageerror", (error) => complaints.push(String(error)));
  await window.page.goto(`${origin}/`);
  return { ...window, conversation, complaints, opened };
}

const result = (conversation) => call("GET", `conversations/${conversation}?service=Website`);
/** Chooses and goes on. */
const choose = async (page, value) => {
  await page.locator(`input[value="${value}"]`).check({ force: true });
  await page.click("button.main");
};

test("a survey is answered in the chat of another site, whose policy allows nothing else", async () => {
  const { context, page, conversation, complaints } = await chat();
  await page.waitForSelector("text=Start");
  const told = page.evaluate(() => new Promise((resolve) => addEventListener("aftercall:done", (event) => resolve(event.detail.standing))));
  await page.click("text=Start");
  await page.waitForSelector("legend:has-text('How satisfied')");
  await page.click("button.main");
  await page.waitForSelector("text=Please choose an answer");
  await choose(page, "4");
  await page.waitForSelector("legend:has-text('What was it about')");
  await choose(page, "bill");
  await page.waitForSelector("legend:has-text('settled')");
  await choose(page, "0");
  await page.fill("textarea", "The bill itself");
  await page.click("button.main");
  await page.waitForSelector("legend:has-text('recommend')");
  await choose(page, "9");
  await page.waitForSelector("h2:has-text('Thank you')");
  assert.equal(await told, "answered");
  const answered = await result(conversation);
  assert.deepEqual([answered.state, ...answered.answers.map(({ value }) => value)], ["complete", 4, "bill", 0, "The bill itself", 9]);
  await page.reload();
  await page.waitForSelector("h2:has-text('Thank you')");
  assert.deepEqual(complaints, [], "no policy was broken");
  await context.close();
});

test("the widget leaves nothing behind in its page but its element", async () => {
  const { context, page } = await chat();
  await page.waitForSelector("text=Start");
  const names = await page.evaluate(() => Object.keys(window));
  const cookies = await context.cookies();
  const stored = await page.evaluate(() => localStorage.length + sessionStorage.length);
  await page.goto(`${node.url}/sign-in`);
  const before = await page.evaluate(() => Object.keys(window));
  assert.deepEqual(names.filter((name) => !before.includes(name)), []);
  assert.deepEqual([cookies.length, stored], [0, 0]);
  await context.close();
});

test("it is answered by the keyboard alone, and the next question has the focus", async () => {
  const { context, page, conversation } = await chat();
  await page.waitForSelector("text=Start");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector("legend:has-text('How satisfied')");
  const focused = () => page.evaluate(() => document.querySelector("aftercall-survey").shadowRoot.activeElement?.textContent);
  assert.match(await focused(), /How satisfied/);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForSelector("legend:has-text('What was it about')");
  assert.match(await focused(), /What was it about/);
  assert.equal((await result(conversation)).answers[0].value, 2);
  await context.close();
});

test("two taps are one answer, and what cannot be sent is kept and sent when the line is back", async () => {
  const { context, page, conversation } = await chat();
  await page.click("text=Start");
  await page.locator('input[value="5"]').check({ force: true });
  await context.setOffline(true);
  await page.click("button.main");
  await page.waitForSelector("text=tried again by itself");
  assert.ok(await page.isChecked('input[value="5"]'), "what was chosen stands");
  await context.setOffline(false);
  await page.waitForSelector("legend:has-text('What was it about')");
  await page.locator('input[value="order"]').check({ force: true });
  await page.locator("button.main").dblclick();
  await page.waitForSelector("legend:has-text('settled')");
  const answers = (await result(conversation)).answers;
  assert.deepEqual(answers.map(({ value }) => value), [5, "order"]);
  await context.close();
});

test("a page of an origin that is not named shows nothing, and a wrong token a few words", async () => {
  const { opened } = await chat();
  const ask = (headers) => fetch(`${node.url}/w/${opened.token}`, { headers });
  const stranger = await ask({ origin: "https://evil.example" });
  assert.deepEqual([stranger.status, (await stranger.json()).code, stranger.headers.get("access-control-allow-origin")], [403, "wrong_origin", null]);
  const ours = await ask({ origin });
  assert.deepEqual([ours.status, ours.headers.get("access-control-allow-origin"), ours.headers.get("cache-control")], [200, origin, "no-store"]);
  page = `<!doctype html><html lang="en"><head><title>Chat</title><script src="${node.url}/w/widget.js" defer></script></head>
    <body><main><h1>Chat</h1><aftercall-survey token="0aB3dE6gH9jK2m"></aftercall-survey></main></body></html>`;
  const window = await openWindow(chrome);
  await window.page.goto(`${origin}/`);
  await window.page.waitForSelector("text=There is no survey here");
  await window.context.close();
});

for (const [look, options, lang] of [
  ["light", {}, "en"],
  ["dark", { colorScheme: "dark" }, "en"],
  ["phone", { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 }, "es"],
  ["arabic", { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, colorScheme: "dark" }, "ar"],
]) {
  test(`nobody is shut out: ${look}`, async () => {
    const { context, page } = await chat(options, lang);
    const next = async () => {
      assert.deepEqual(await flaws(page), []);
      await page.click("button.main");
    };
    await page.waitForSelector("button.main");
    await picture(page, `widget-begin-${look}`);
    await next();
    await page.waitForSelector("input[type=radio]");
    await page.locator('input[value="4"]').check({ force: true });
    await picture(page, `widget-scale-${look}`);
    await next();
    await page.waitForSelector('input[value="bill"]');
    await next();
    await page.waitForSelector("[role=status]:not(:empty)");
    await page.locator('input[value="bill"]').check({ force: true });
    await picture(page, `widget-choice-${look}`);
    await next();
    await page.waitForSelector('input[value="0"]');
    await page.locator('input[value="0"]').check({ force: true });
    await next();
    await page.waitForSelector("textarea");
    await page.fill("textarea", "…");
    await picture(page, `widget-words-${look}`);
    await next();
    await page.waitForSelector('input[value="10"]');
    await page.locator('input[value="10"]').check({ force: true });
    await picture(page, `widget-nps-${look}`);
    await next();
    await page.waitForSelector("h2");
    assert.deepEqual(await flaws(page), []);
    await picture(page, `widget-end-${look}`);
    await context.close();
  });
}

test("the demo's chat asks its customer, and its agent sees the result", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aftercall-demo-"));
  const demo = spawn(process.env.AFTERCALL_PROGRAM, ["demo", "--calls", "1", "--data-dir", folder, "--listen", "127.0.0.1:0"], { cwd: folder });
  let said = "";
  demo.stdout.on("data", (data) => (said += data));
  try {
    await until("the demo serves", () => said.includes("/demo/chat"));
    const { context, page } = await openWindow(chrome);
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await page.goto(said.match(/http:\S+\/demo\/chat/)[0]);
    await picture(page, "demo-chat-before");
    await page.click("text=End the chat");
    await page.click("text=Start");
    await choose(page, "2");
    await page.waitForSelector(".agent dd:has-text('2 of 5')");
    await choose(page, "order");
    await page.waitForSelector("legend:has-text('settled')");
    await choose(page, "1");
    await page.waitForSelector("legend:has-text('recommend')");
    await picture(page, "demo-chat");
    await choose(page, "8");
    await page.waitForSelector("text=Answered.");
    assert.deepEqual(await flaws(page), []);
    assert.deepEqual(complaints, []);
    await context.close();
  } finally {
    demo.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
