// Every page as it looks: in light and dark, from right to left, on a phone; with nothing yet, with an error, with a dialog.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Site, browser, comeBy, firstLink, flaws, openWindow, picture, shown, until } from "./site.mjs";

const PAGES = {
  overview: "/",
  responses: "/responses",
  reports: "/reports?by=agent",
  "report-files": "/reports/files",
  surveys: "/surveys",
  survey: "/surveys/support",
  question: "/surveys/support?question=csat",
  flow: "/surveys/support?tab=flow",
  rules: "/surveys/support?tab=rules",
  "survey-prompts": "/surveys/support?tab=prompts",
  versions: "/surveys/support?tab=versions",
  services: "/services",
  invites: "/invites",
  "invite-messages": "/invites?tab=messages",
  "opt-outs": "/invites?tab=opt-outs",
  "sms-routes": "/invites?tab=routes",
  prompts: "/prompts",
  customers: "/customers",
  system: "/system",
  settings: "/settings",
  users: "/users",
  keys: "/keys",
  audit: "/audit",
  account: "/account",
  missing: "/nowhere",
};
/** What a page needs to be whole, besides its first card. */
const WHOLE = { reports: ".chart svg", "report-files": "tbody", survey: ".call", question: ".call", response: ".transcript" };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const LOOKS = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: PHONE,
  spanish: { locale: "es" },
  arabic: { locale: "ar" },
  "arabic-phone": { ...PHONE, locale: "ar", colorScheme: "dark" },
};

/** A folder with files of some days, as the server writes them. */
function reportFiles(site) {
  const folder = join(site.folder, "reports");
  mkdirSync(folder);
  for (const day of ["24", "25", "26"]) {
    for (const by of ["survey", "agent", "team", "queue", "agent_queue", "service", "hour"]) {
      for (const form of ["csv", "xlsx"]) writeFileSync(join(folder, `2026-11-${day}_day_${by}.${form}`), "figures");
    }
  }
  return folder;
}

/** A folder with a route to a gateway that is not there. */
function routes(site) {
  const folder = join(site.folder, "routes");
  mkdirSync(folder);
  const route = '[senders]\n"+" = "Acme"\n[http]\npreset = "kannel"\nurl = "http://127.0.0.1:9/cgi-bin/sendsms"\nusername = "u"\npassword = "p"\n';
  writeFileSync(join(folder, "main.toml"), route);
  return folder;
}

/** A survey that invites, on a service of its own; some who are invited, some who are not, and one who wants no messages. */
async function inviteSome(page) {
  const text = { en: "{service}: how was our call? {link}" };
  const question = { key: "csat", type: "rating", scale: "1-5", metric: "csat", text: { en: "How was it?" } };
  const document = { format: "aftercall.survey/1", key: "texted", name: "By text message", languages: ["en"], voice: "none", questions: [question], invitation: { text } };
  const file = join(site.folder, "texted.json");
  writeFileSync(file, JSON.stringify(document));
  site.run("survey", "import", file, "--publish");
  site.run("service", "add", "Texts", "--dn", "7001");
  site.run("survey", "activate", "texted", "Texts");
  await site.ask(page, "POST", "/api/v1/opt-outs", { number: "+34600111999" });
  const numbers = ["+34600111222", "+34600111333", "+34910000000", "anonymous", "+34600111999"];
  const rows = numbers.map((number, no) => ({ line: no + 2, number }));
  let list = 0;
  const send = () => site.ask(page, "POST", "/api/v1/invite-list/send", { list: `list-${(list += 1)}`, service: "Texts", consent: true, rows });
  // The engine hears of the survey within a second.
  await until("somebody is invited", async () => {
    await send();
    return page.evaluate(async () => (await (await fetch("/api/v1/invites")).json()).invites.some((invite) => invite.expires_at));
  });
}

let site, chrome, node, storageState;

before(async () => {
  site = new Site();
  chrome = await browser();
  // A mail server that does not answer.
  const settings = ["mail.host=127.0.0.1", "mail.port=9", "mail.tls=none", "mail.from=surveys@example.com", `reports.folder=${reportFiles(site)}`, `sms.routes_folder=${routes(site)}`, "sms.callback_url=http://127.0.0.1:9", "sms.callback_secret=a-secret-of-the-callbacks", "sms.quiet_from=00:00", "sms.quiet_until=24:00"];
  node = await site.start("one", undefined, settings);
  await site.furnish(node, 18);
  const { context, page } = await openWindow(chrome);
  await comeBy(page, node.url, await firstLink(node), "admin");
  await shown(page);
  for (const [no, rhythm] of ["day", "week", "month", "day", "week"].entries()) {
    const report = { survey: no ? "support" : null, by: ["day", "agent", "queue", "hour", "team"][no], rhythm, hour: 7, recipients: ["team.leaders@example.com", "operations@contact-centre.example"].slice(no % 2), file: "xlsx" };
    await site.ask(page, "POST", "/api/v1/report-mails", report);
  }
  await inviteSome(page);
  storageState = await context.storageState();
  await context.close();
});

after(async () => {
  await chrome?.close();
  site?.close();
});

/** What became of reports by mail, which takes days. */
async function withOutcomes(route) {
  const reply = await route.fetch();
  const said = await reply.json();
  const day = { from: "2026-11-25", until: "2026-11-25", attempt: 1, at: "2026-11-26T06:00:03Z", due_at: "2026-11-26T06:00:00Z", next_at: "2026-11-26T06:04:00Z" };
  const away = "no connection to the mail server mail.contact-centre.example:587: Connection refused (os error 111); mail.host, mail.port and mail.tls say how it is reached";
  const outcomes = [
    { ...day, state: "waiting", attempt: 3, cause: away },
    { ...day, from: "2026-11-16", until: "2026-11-22", state: "sent", cause: "operations@contact-centre.example: 550 no such mailbox here" },
    { ...day, from: "2026-10-01", until: "2026-10-31", state: "failed", cause: "owner_role" },
    { ...day, state: "unknown", cause: "" },
  ];
  said.mails.forEach((mail, no) => (mail.last = outcomes[no] ?? null));
  await route.fulfill({ response: reply, json: said });
}

/** No flaw, nothing wider than the window, no complaint. */
async function isFine(page, complaints, name) {
  assert.deepEqual(await flaws(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px wider than its window`);
  assert.deepEqual(complaints, [], name);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`every page is fine in ${look}`, async () => {
    const { context, page, complaints } = await openWindow(chrome, { ...options, storageState });
    for (const [name, path] of Object.entries(PAGES)) {
      if (name === "missing") {
        // A page that the application does not know, reached from within it.
        await page.evaluate((path) => history.pushState(null, "", path) || dispatchEvent(new PopStateEvent("popstate")), path);
        await page.waitForSelector("main h1");
      } else {
        await page.goto(node.url + path);
        await shown(page);
        if (WHOLE[name]) await page.waitForSelector(WHOLE[name]);
      }
      await page.evaluate(() => document.fonts.ready);
      await isFine(page, complaints, `${name} in ${look}`);
      await picture(page, `${name}-${look}`);
    }
    await page.goto(`${node.url}/surveys/support?question=csat`);
    await page.waitForSelector(".call");
    await page.click("#preview-title");
    await page.selectOption("#preview-channel", "web");
    await page.selectOption("#preview-language", "ar");
    await page.waitForSelector('.phone[dir="rtl"] .phone-ends');
    await isFine(page, complaints, `the preview of a screen in ${look}`);
    await picture(page, `screen-${look}`);
    await page.goto(`${node.url}/users`);
    await shown(page);
    await page.click(".page-head .button");
    await page.waitForSelector("dialog[open]");
    await isFine(page, complaints, `a dialog in ${look}`);
    await picture(page, `dialog-${look}`);
    await page.route("**/api/v1/report-mails", withOutcomes);
    await page.goto(`${node.url}/reports?mail=any`);
    await page.waitForSelector(".report-mails .badge");
    await isFine(page, complaints, `reports by mail in ${look}`);
    await picture(page, `report-mails-${look}`);
    await page.unroute("**/api/v1/report-mails", withOutcomes);
    await page.click("dialog .button:not(.button-quiet)");
    await page.waitForSelector("#mail-to");
    await page.fill("#mail-to", "no address");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector("dialog [role=alert]");
    await isFine(page, complaints, `a new report by mail in ${look}`);
    await picture(page, `new-report-mail-${look}`);
    await page.goto(`${node.url}/responses?channel=voice`);
    await page.click("tbody a");
    await page.waitForSelector(WHOLE.response);
    await isFine(page, complaints, `a response in ${look}`);
    await picture(page, `response-${look}`);
    await page.goto(`${node.url}/surveys`);
    await shown(page);
    await page.click(".page-head .button-primary");
    await page.waitForSelector("dialog[open]");
    await isFine(page, complaints, `a new survey in ${look}`);
    await picture(page, `new-survey-${look}`);
    await context.close();
  });

  test(`the pages before the portal are fine in ${look}`, async () => {
    const { context, page, complaints } = await openWindow(chrome, options);
    for (const [name, path, status] of [["sign-in", "/sign-in", 200], ["link-over", "/link/used", 410], ["nothing", "/nowhere", 404]]) {
      const reply = await page.goto(node.url + path);
      assert.equal(reply.status(), status);
      await isFine(page, complaints, `${name} in ${look}`);
      await picture(page, `${name}-${look}`);
    }
    await context.close();
  });
}

test("an error says what happened, and the next try goes on", async () => {
  const { context, page } = await openWindow(chrome, { storageState });
  await page.route("**/api/v1/users", (route) => route.abort());
  await page.goto(`${node.url}/users`);
  await page.waitForSelector("[role=alert]");
  assert.match(await page.textContent("[role=alert]"), /This node does not answer/);
  assert.deepEqual(await flaws(page), []);
  await page.unroute("**/api/v1/users");
  await page.click("[role=alert] button");
  await page.waitForSelector("table");
  assert.equal(await page.locator("[role=alert]").count(), 0);
  await context.close();
});

test("pages with nothing yet, and while they load, are fine and say what to do", async () => {
  const empty = new Site();
  const bare = await empty.start("bare");
  const { context, page, complaints } = await openWindow(chrome);
  await comeBy(page, bare.url, await firstLink(bare), "admin");
  for (const path of ["/", "/responses", "/reports", "/reports/files", "/surveys", "/prompts", "/keys"]) {
    await page.goto(bare.url + path);
    await page.waitForSelector(".empty");
    assert.ok((await page.textContent(".empty p")).length > 20, path);
    await isFine(page, complaints, `${path} with nothing yet`);
  }
  await page.goto(`${bare.url}/reports`);
  await page.click(".page-head .actions > .button");
  await page.waitForSelector("dialog .message-warn");
  await isFine(page, complaints, "reports by mail without a mail server");
  let answer;
  const held = new Promise((resolve) => (answer = resolve));
  await page.route("**/api/v1/services", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${bare.url}/services`);
  await page.waitForSelector(".loading");
  await isFine(page, complaints, "a page that loads");
  answer();
  await page.waitForSelector("table");
  await context.close();
  empty.close();
});

test("the first page is small", async () => {
  const { context, page } = await openWindow(chrome, { storageState });
  const bodies = [];
  page.on("response", (reply) => bodies.push(reply.body().catch(() => Buffer.alloc(0))));
  await page.goto(node.url);
  await shown(page);
  const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + body.length, 0);
  // As it stands in the browser; over the line it is packed, and smaller.
  assert.ok(bytes > 10_000 && bytes < 300_000, `${bytes} bytes`);
  await context.close();
});
