// Survey owners at work: a survey is written, tried, edited by two, published and asked; what was said is found and read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Site, browser, comeBy, firstLink, flaws, openWindow, picture, shown, until } from "./site.mjs";

let site, chrome, node, owner;

before(async () => {
  site = new Site();
  chrome = await browser();
  node = await site.start("one");
  await site.furnish(node, 15);
  owner = await openWindow(chrome);
  await comeBy(owner.page, node.url, await firstLink(node), "admin");
  await shown(owner.page);
});

after(async () => {
  await chrome?.close();
  site?.close();
});

const saved = (page) => until("it is saved", async () => /^Saved/.test(await page.textContent(".page-head [role=status]")));
const state = async (key) => (await owner.page.request.get(`${node.url}/api/v1/surveys/${key}`)).json();

test("a survey is begun from a template, edited, tried, published and asked", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/surveys`);
  await page.click("text=New survey");
  await page.selectOption("#new-template", "nps");
  await page.fill("#new-name", "After the sale");
  assert.equal(await page.inputValue("#new-key"), "after-the-sale", "the name suggests a key");
  await page.check("#new-es");
  await page.click("dialog button[type=submit]");
  await until("the survey is shown", async () => (await page.textContent("h1")) === "After the sale");

  await page.click(".steps li:first-child .step");
  await page.fill("#question-text-es", "");
  await page.waitForSelector("text=missing");
  await saved(page);
  assert.ok((await state("after-the-sale")).problems.length > 0, "an unfinished survey is saved all the same");
  await page.fill("#question-text-es", "¿Nos recomendaría?");
  await saved(page);

  await page.click("text=Add a question");
  await page.click(".adder >> text=Yes or no");
  await page.fill("#question-text-en", "Was it settled?");
  await page.fill("#question-text-es", "¿Quedó resuelto?");
  await page.fill("#question-key", "settled");
  await page.click('[aria-label="Move settled up"]');
  await saved(page);
  const keys = (await state("after-the-sale")).document.questions.map((question) => question.key);
  assert.deepEqual(keys, ["nps", "settled", "why"], "moved by a button");
  await page.locator(".steps li:nth-child(2) .step").dragTo(page.locator(".steps li:nth-child(1) .step"));
  await saved(page);
  assert.equal((await state("after-the-sale")).document.questions[0].key, "settled", "moved by the mouse");

  await page.click(".keypad >> text=1");
  await page.waitForSelector(".pressed >> text=Pressed 1");
  await page.click(".keypad >> text=9");
  await page.click(".keypad >> text=#");
  await page.waitForSelector("text=The response ends as “complete”.");

  await page.click(".page-head >> text=Publish");
  await page.click("dialog button[type=submit]");
  await page.waitForSelector("text=Version 1 is published.");
  await page.waitForSelector("#ask-on");
  await page.selectOption("#ask-on", "Support");
  await page.click("text=Ask it there");
  await page.waitForSelector("text=It is asked on Support now.");
  await page.click("section >> text=Pause");
  await page.waitForSelector("text=Support is paused");
  await page.waitForSelector(".in-effect .badge-good >> text=one");
  await page.goto(`${node.url}/surveys`);
  await page.waitForSelector("text=Paused: Support");
});

test("of two people who edit, the second sees the difference and nobody's work is lost", async () => {
  site.run("survey", "export", "support");
  const link = site.run("user", "add", "zoe", "--role", "manager");
  const zoe = await openWindow(chrome);
  await comeBy(zoe.page, node.url, link, "zoe");
  await shown(zoe.page);
  const path = `${node.url}/surveys/support`;
  await owner.page.goto(path);
  await zoe.page.goto(path);
  await owner.page.waitForSelector("#around-name");
  await zoe.page.waitForSelector("#around-name");
  await owner.page.fill("#around-name", "By the first");
  await saved(owner.page);
  await zoe.page.fill("#around-name", "By the second");
  await zoe.page.waitForSelector(".conflict");
  assert.match(await zoe.page.textContent(".conflict"), /admin saved this survey/);
  assert.match(await zoe.page.textContent(".conflict .differences"), /By the second[\s\S]*By the first/);
  assert.deepEqual(await flaws(zoe.page), []);
  await picture(zoe.page, "conflict-light");
  await zoe.page.fill("#around-name", "By the second, further on");
  assert.equal((await state("support")).name, "By the first", "nothing is overwritten before somebody chooses");
  await zoe.page.click("text=Go on with mine");
  await saved(zoe.page);
  assert.equal((await state("support")).name, "By the second, further on");
  await owner.page.fill("#around-name", "Too late");
  await owner.page.waitForSelector(".conflict");
  await owner.page.click("text=Go on with theirs");
  assert.equal(await owner.page.inputValue("#around-name"), "By the second, further on");
  await zoe.context.close();
});

test("what was written while the server was away is kept and saved when it is back", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/surveys/support`);
  await page.waitForSelector("#around-name");
  await page.route("**/draft", (route) => route.abort());
  await page.fill("#around-name", "Written in the dark");
  await page.waitForSelector("text=The server does not answer.");
  const other = await owner.context.newPage();
  await other.goto(`${node.url}/surveys/support`);
  await other.waitForSelector("text=This browser keeps changes");
  await other.close();
  await page.unroute("**/draft");
  await saved(page);
  assert.equal((await state("support")).name, "Written in the dark");
});

test("a prompt is recorded at the microphone, listened to and kept; without a microphone it is said why not", async () => {
  const { page, context } = owner;
  await page.goto(`${node.url}/surveys/support?tab=prompts`);
  const prompt = page.locator("li", { has: page.locator("audio") }).or(page.locator("li", { has: page.locator('[aria-label^="Record: "]') })).first();
  const name = await prompt.locator("code").first().textContent();
  await prompt.locator('[aria-label^="Record: "]').click();
  await prompt.locator("text=Start recording").click();
  await prompt.locator("text=The browser gives no microphone").waitFor();
  await context.grantPermissions(["microphone"]);
  await prompt.locator("text=Start recording").click();
  await prompt.locator("text=speak now").waitFor();
  await page.waitForTimeout(1500); // the beep comes once a second
  await prompt.locator("text=Stop").click();
  const heard = prompt.locator('audio[src^="blob:"]');
  await until("what was heard can be listened to", () => heard.evaluate((audio) => audio.duration > 1));
  await prompt.locator("text=Keep this").click();
  await page.waitForSelector(`text=${name}`);
  const stored = prompt.locator('audio:not([src^="blob:"])');
  await stored.waitFor();
  assert.ok((await loudest(page, await stored.getAttribute("src"))) > 0.1, "callers hear what was spoken");
  await context.clearPermissions();
});

test("a scale has names at its ends, and runs as one reads or as numbers do", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/surveys/support?question=csat`);
  await page.fill("#question-low-label-ar", "سيئة جدًا");
  await page.selectOption("#preview-channel", "web");
  await page.selectOption("#preview-language", "ar");
  await page.waitForSelector(".phone-ends >> text=سيئة جدًا");
  /** Where the ends and their names stand, from left to right. */
  const places = () =>
    page.evaluate(() => {
      const left = (element) => element.getBoundingClientRect().left;
      const buttons = [...document.querySelectorAll(".phone-scale .button")];
      const scale = [buttons[0], buttons.at(-1)].map(left);
      const names = [...document.querySelectorAll(".phone-ends span")].map(left);
      return { lowFirst: scale[0] < scale[1], lowNameFirst: names[0] < names[1] };
    });
  assert.deepEqual(await places(), { lowFirst: false, lowNameFirst: false });
  await page.goto(`${node.url}/surveys/support`);
  await page.selectOption("#around-rtl-scales", "left_to_right");
  await saved(page);
  await page.selectOption("#preview-channel", "web");
  await page.selectOption("#preview-language", "ar");
  await page.waitForSelector('.phone-ends[dir="ltr"]');
  assert.deepEqual(await places(), { lowFirst: true, lowNameFirst: true });
  await page.click('[aria-label="Remove: Arabic"]');
  await saved(page);
  assert.equal(await page.locator("#around-rtl-scales").count(), 0, "no language is left that it is about");
  const { document } = await state("support");
  assert.deepEqual(Object.keys(document.questions[0].low_label), ["en", "es"]);
});

test("an invitation is written with what it costs in sight, and tried as text messages", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/surveys/support?tab=invitation`);
  await page.click("text=Invite by text message");
  await saved(page);
  assert.deepEqual((await state("support")).problems, [], "what it begins with is fine");
  const cost = (id) => page.locator(`.field:has(#${id}) .cost`);
  for (const tag of (await state("support")).document.languages) await cost(`invitation-text-${tag}`).locator("text=1 part").waitFor();
  await page.fill("#invitation-text-en", "Łódź: {link}");
  await cost("invitation-text-en").locator("text=A part holds 70 only, because of Ł ó ź").waitFor();
  await page.check("#invitation-transliterate");
  await cost("invitation-text-en").locator("text=A part holds 160.").waitFor();
  await page.click(".field:has(#invitation-text-en) summary");
  await page.waitForSelector(".bubble >> text=Lodz: https://");
  await page.fill("#invitation-text-en", "How was it?");
  await page.waitForSelector("text=has no {link}: put it where the link is to stand");
  assert.deepEqual(await flaws(page), []);
  await picture(page, "invitation-light");
  await page.fill("#invitation-text-en", "How was it? {link}");
  await page.check("#invitation-after_hang_up");
  await page.check("#invitation-reminder");
  await page.fill("#reminder-after", "72");
  await page.waitForSelector("text=is 72, when the invitation is over after 72");
  await page.fill("#reminder-after", "48");
  await page.selectOption("#invitation-way", "dialogue");
  await saved(page);
  const { document, problems } = await state("support");
  assert.deepEqual(problems, []);
  const { invitation } = document;
  assert.deepEqual([invitation.text.en, invitation.way, invitation.after_hang_up, invitation.reminder.after_hours], ["How was it? {question}", "dialogue", true, 48]);

  await page.goto(`${node.url}/surveys/support`);
  await page.selectOption("#preview-channel", "sms");
  await page.fill(".preview textarea", "3 or 4");
  await page.click(".preview >> text=Send");
  await page.waitForSelector(".bubble >> text=Sorry, we did not understand that.");
  await page.fill(".preview textarea", "5 thanks");
  await page.click(".preview >> text=Send");
  await page.waitForSelector(".pressed >> text=5 thanks");

  await page.goto(`${node.url}/surveys/support?tab=invitation`);
  page.once("dialog", (dialog) => dialog.accept());
  await page.click("text=Invite nobody");
  await saved(page);
  assert.equal((await state("support")).document.invitation, undefined);
});

/** How far from silence a sound goes at its loudest, from 0 to 1. */
const loudest = (page, path) =>
  page.evaluate(async (from) => {
    const bytes = await (await fetch(from)).arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
    return sound.getChannelData(0).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }, path);

test("a report leads to the responses behind its figures, and one of them is read", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/reports`);
  await page.selectOption("#report-by", "agent");
  await page.waitForSelector(".chart svg");
  await page.click("tbody a >> text=Amira");
  await until("the responses", async () => (await page.textContent("h1")) === "Responses");
  await page.waitForSelector("text=5 responses");
  assert.equal(await page.inputValue("#filter-agent"), "1001");
  await page.fill("#filter-score", "1..2");
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=2 responses");
  const address = page.url();
  await page.click("text=Save these filters");
  await page.fill("#view-name", "Amira, bad ones");
  await page.click("form >> text=Save");
  await page.waitForSelector("text=The filters are saved");
  await page.goto(`${node.url}/responses`);
  await page.waitForSelector("#saved-view");
  await page.selectOption("#saved-view", { label: "Amira, bad ones" });
  await page.waitForSelector("text=2 responses");
  assert.equal(new URL(page.url()).searchParams.get("score"), new URL(address).searchParams.get("score"));
  await page.click("tbody a");
  await page.waitForSelector(".transcript");
  assert.match(await page.textContent(".transcript"), /How satisfied are you/);
  await page.goBack();
  await page.waitForSelector("text=2 responses");
});

test("a survey leaves as a file and comes back under another key", async () => {
  const { page } = owner;
  await page.goto(`${node.url}/surveys/support`);
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("text=Export")]);
  const path = await file.path();
  await page.goto(`${node.url}/surveys`);
  await page.click("text=Import");
  await page.setInputFiles("#import-file", path);
  await page.fill("#new-key", "support-again");
  await page.click("dialog button[type=submit]");
  await until("it is there", async () => new URL(page.url()).pathname === "/surveys/support-again");
  const [one, other] = [await state("support"), await state("support-again")];
  assert.deepEqual(other.document.questions, one.document.questions);
});

test("nobody's page complained", () => assert.deepEqual(owner.complaints, []));
