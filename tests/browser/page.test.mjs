// The customer's page: whole surveys on a phone, without scripts, in two directions of writing; how it looks in every state; and
// what it costs to load.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";

import { Site, browser, flaws, openWindow, picture, until } from "./site.mjs";

const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
/** The largest page and its style together, unpacked, and how many requests they are. */
const BYTES = 15 * 1024;
const REQUESTS = 2;

let site, chrome, node, key;

before(async () => {
  site = new Site();
  chrome = await browser();
  node = await site.start("one");
  site.run("survey", "import", fileURLToPath(new URL("../../static/demo/website.json", import.meta.url)), "--publish");
  site.run("service", "add", "Website", "--channel", "chat");
  site.run("survey", "activate", "website", "Website");
  key = site.run("apikey", "create", "chats", "--scope", "chat").trim();
  await until("links are made", async () => (await ask({ service: "Website" })).url);
});

after(async () => {
  await chrome?.close();
  site?.close();
});

async function ask(body) {
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const reply = await fetch(`http://${node.machines}/api/v1/links`, { method: "POST", headers, body: JSON.stringify(body) });
  return reply.json();
}

/** The address of a page for a new customer. */
const link = async (lang = "en") => (await ask({ service: "Website", lang })).url;

/** A phone whose browser runs no scripts. */
const phone = (options = {}) => openWindow(chrome, { ...PHONE, javaScriptEnabled: false, ...options });

const heading = (page) => page.textContent("h1");
/** Taps what leads to another page, and is there. */
const follow = (page, selector) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.tap(selector)]);
const tap = async (page, value) => {
  await page.tap(`label:has(input[value="${value}"])`);
  await follow(page, "button.go");
};

for (const [lang, words] of Object.entries({
  en: { first: "How satisfied are you with the help you received?", skip: "Skip this question", thanks: "Thank you", start: "Start", back: "Back" },
  ar: { first: "ما مدى رضاك عن المساعدة التي تلقيتها؟", skip: "تخطَّ هذا السؤال", thanks: "شكرًا لك", start: "ابدأ", back: "رجوع" },
})) {
  test(`a whole survey is answered in ${lang} on a phone without scripts`, async () => {
    const { context, page } = await phone();
    const url = await link(lang);
    await page.goto(url);
    assert.equal(await page.getAttribute("html", "dir"), lang === "ar" ? "rtl" : "ltr");
    await follow(page, `text=${words.start}`);
    assert.equal(await heading(page), words.first);
    await tap(page, "4");
    await tap(page, "bill");
    await follow(page, `text=${words.back}`);
    assert.ok(await page.isChecked('input[value="bill"]'), "the way back shows what was answered");
    await tap(page, "order");
    await tap(page, "0");
    await page.fill("textarea", lang === "ar" ? "كل شيء" : "Everything");
    await follow(page, "button.go");
    await tap(page, "10");
    assert.equal(await heading(page), words.thanks);
    await page.reload();
    assert.equal(await heading(page), words.thanks, "reloading sends nothing again");
    await page.goto(url);
    assert.notEqual(await heading(page), words.first);
    await context.close();
  });
}

test("back, reload and another device never lose or double an answer", async () => {
  const { context, page } = await phone();
  const url = await link();
  await page.goto(url);
  await follow(page, "text=Start");
  await tap(page, "2");
  await page.reload();
  assert.equal(await heading(page), "What was it about?");
  await page.goBack();
  assert.equal(await heading(page), "How satisfied are you with the help you received?");
  await tap(page, "5");
  assert.equal(await heading(page), "What was it about?", "a correction");
  const desk = await openWindow(chrome, { javaScriptEnabled: false });
  await desk.page.goto(url);
  assert.equal(await heading(desk.page), "What was it about?");
  await tap(page, "bill");
  await desk.page.check('input[value="other"]', { force: true });
  await Promise.all([desk.page.waitForNavigation(), desk.page.click("button.go")]);
  assert.equal(await heading(desk.page), "Was your question settled?", "the last word before the next answer counts");
  await tap(page, "1");
  await desk.page.goto(`${url}?q=topic`);
  await desk.page.waitForSelector("text=so this answer stays as it is");
  assert.equal(await desk.page.locator("input[type=radio]").count(), 0);
  await Promise.all([desk.page.waitForNavigation(), desk.page.click("text=Go on")]);
  assert.equal(await heading(desk.page), "How likely are you to recommend us to others?");
  await context.close();
  await desk.context.close();
});

test("two taps at once are one answer", async () => {
  const { context, page } = await phone();
  const url = await link();
  const send = () => fetch(url, { method: "POST", redirect: "manual", body: new URLSearchParams({ question: "csat", value: "3", act: "next" }) });
  const replies = await Promise.all([send(), send(), send()]);
  assert.deepEqual(replies.map((reply) => [reply.status, reply.headers.get("location")]), Array(3).fill([303, "?q=topic"]));
  await page.goto(url);
  assert.equal(await heading(page), "What was it about?");
  await context.close();
});

test("the keyboard is enough", async () => {
  const { context, page } = await openWindow(chrome);
  await page.goto(`${await link()}?go=1`);
  for (let no = 0; no < 3; no += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(ring, "solid", "where one is can be seen");
  await page.keyboard.press("Enter");
  await until("the next question", async () => (await heading(page)) === "What was it about?");
  await context.close();
});

/** Every state there is, by name: how to come there. */
const STATES = {
  intro: (page, url) => page.goto(url),
  rating: (page, url) => page.goto(`${url}?go=1`),
  error: async (page, url) => {
    await page.goto(`${url}?go=1`);
    await follow(page, "button.go");
    await page.waitForSelector(".error");
  },
  choice: async (page, url) => {
    await page.goto(`${url}?go=1`);
    await tap(page, "4");
  },
  chosen: async (page, url) => {
    await STATES.choice(page, url);
    await tap(page, "bill");
    await follow(page, 'a[href*="q=topic"]');
  },
  kept: async (page, url) => {
    await STATES.choice(page, url);
    await tap(page, "bill");
    await page.goto(`${url}?q=csat`);
  },
  "yes-no": async (page, url) => {
    await STATES.choice(page, url);
    await tap(page, "bill");
  },
  text: async (page, url) => {
    await STATES["yes-no"](page, url);
    await tap(page, "0");
  },
  "text-error": async (page, url) => {
    await STATES.text(page, url);
    await page.evaluate(() => document.querySelector("textarea").removeAttribute("maxlength"));
    await page.fill("textarea", "x".repeat(501));
    await follow(page, "button.go");
    await page.waitForSelector(".error");
  },
  nps: async (page, url) => {
    await STATES["yes-no"](page, url);
    await tap(page, "1");
  },
  moved: async (page, url) => {
    await STATES["yes-no"](page, url);
    await page.goto(`${url}?go=1&note=moved`);
  },
  thanks: async (page, url) => {
    await STATES.nps(page, url);
    await tap(page, "9");
  },
  used: async (page, url) => {
    await STATES.thanks(page, url);
    await page.goto(url);
  },
  declined: async (page, url) => {
    await page.goto(url);
    await follow(page, "button.quiet");
  },
  unknown: (page) => page.goto(`${node.url}/s/0000000000000a`),
};

const LOOKS = {
  light: { lang: "en", options: { colorScheme: "light" } },
  dark: { lang: "es", options: { colorScheme: "dark", locale: "es" } },
  arabic: { lang: "ar", options: { locale: "ar" } },
  "arabic-dark": { lang: "ar", options: { locale: "ar", colorScheme: "dark" } },
};

for (const [look, { lang, options }] of Object.entries(LOOKS)) {
  test(`every state is fine in ${look}`, async () => {
    for (const [name, go] of Object.entries(STATES)) {
      // With scripts, for axe-core is one; the page has none.
      const { context, page, complaints } = await openWindow(chrome, { ...PHONE, ...options, bypassCSP: true });
      await go(page, await link(lang));
      await isFine(page, complaints, `${name} in ${look}`);
      await picture(page, `page-${name}-${look}`);
      await context.close();
    }
  });
}

/** No flaw, nothing wider than the window, nothing too small to tap, no complaint. */
async function isFine(page, complaints, name) {
  assert.equal(await page.locator("script").count(), 0, name);
  assert.deepEqual(await flaws(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px wider than its window`);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("a, button, label.o, textarea")]
      .map((element) => [element.textContent.trim(), element.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 44 || height < 44)
      .map(([text, { width, height }]) => `${text}: ${width} x ${height}`),
  );
  assert.deepEqual(small, [], name);
  assert.deepEqual(complaints, [], name);
}

test("a link whose time is over has a page of its own", async () => {
  const { context, page, complaints } = await openWindow(chrome, { ...PHONE, bypassCSP: true, locale: "en" });
  const url = await link("ar");
  site.endLinks();
  const reply = await page.goto(url);
  assert.equal(reply.status(), 404);
  assert.equal(await heading(page), "انتهى وقت هذا الاستبيان", "in the survey's language");
  await isFine(page, complaints, "over");
  await picture(page, "page-over");
  await context.close();
});

test("numbers run as the survey says in a language from right to left", async () => {
  const left = async (url) => {
    const { context, page } = await phone();
    await page.goto(`${url}?go=1`);
    const [first, last] = [page.locator("label.o").first(), page.locator("label.o").last()];
    const [a, b] = [await first.boundingBox(), await last.boundingBox()];
    const ends = page.locator(".ends span");
    const [low, high] = [await ends.first().boundingBox(), await ends.last().boundingBox()];
    await context.close();
    return [a.x < b.x, low.x < high.x];
  };
  assert.deepEqual(await left(await link("en")), [true, true]);
  assert.deepEqual(await left(await link("ar")), [false, false]);
  site.republish("website", (document) => (document.rtl_scales = "left_to_right"));
  await until("the new version is asked", async () => (await left(await link("ar")))[0]);
  assert.deepEqual(await left(await link("ar")), [true, true]);
});

test("a page is small, in two requests, and needs nothing else", async () => {
  const sizes = [];
  for (const [name, go] of Object.entries(STATES)) {
    const { context, page } = await openWindow(chrome, { ...PHONE, locale: "ar" });
    // Over the line as the browser's own tools count it: heads and bodies.
    const tools = await context.newCDPSession(page);
    await tools.send("Network.enable");
    await tools.send("Network.setCacheDisabled", { cacheDisabled: true });
    let seen = [];
    tools.on("Network.responseReceived", ({ requestId, response }) => seen.push({ requestId, url: response.url }));
    const line = new Map();
    tools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => line.set(requestId, encodedDataLength));
    await go(page, await link("ar"));
    await page.waitForLoadState("networkidle");
    // The last page alone.
    seen = [];
    line.clear();
    const bodies = [];
    page.on("response", (reply) => bodies.push(reply.body()));
    await page.reload();
    await page.waitForLoadState("networkidle");
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
    const sent = [...line.values()].reduce((sum, length) => sum + length, 0);
    sizes.push({ name, requests: seen.length, bytes, sent });
    await context.close();
  }
  for (const { name, requests, bytes, sent } of sizes) {
    assert.ok(requests <= REQUESTS && bytes <= BYTES && sent <= BYTES, `${name}: ${requests} requests, ${bytes} bytes, ${sent} over the line`);
    assert.ok(bytes > 1000, `${name}: nothing was counted`);
  }
  const largest = sizes.reduce((one, other) => (one.bytes > other.bytes ? one : other));
  console.log(`largest: ${largest.name}, ${largest.requests} requests, ${largest.bytes} bytes, ${largest.sent} over the line`);
});
