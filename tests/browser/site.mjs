// A site as an operator has it, with a browser before it: real servers on one database, and people who sign in.

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const PROGRAM = process.env.AFTERCALL_PROGRAM;
const HERE = fileURLToPath(new URL(".", import.meta.url));
const AXE = readFileSync(join(HERE, "node_modules/axe-core/axe.min.js"), "utf8");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const PASSWORD = "lamp river eleven quilt";

/** Nodes on one database. */
export class Site {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "aftercall-browser-"));
    this.nodes = [];
  }

  /** Starts a node; its portal's address. `listen` fixes that address, for one node in another's place; `more` are settings. */
  async start(name, listen = "127.0.0.1:0", more = []) {
    const settings = [...more, "log.format=json", `node.name=${name}`, `portal.listen=${listen}`, "ivr_api.listen=127.0.0.1:0"];
    const child = spawn(PROGRAM, ["serve", ...this.#place(name), ...settings.flatMap((setting) => ["--set", setting])]);
    const node = { name, child, url: null, portal: null, link: null, machines: null };
    this.nodes.push(node);
    let said = "";
    child.stderr.on("data", (data) => {
      said += data;
      node.url ??= said.match(/"url":"([^"]+)"/)?.[1] ?? null;
      node.portal ??= said.match(/"message":"the portal is served","listen":"([^"]+)"/)?.[1] ?? null;
      node.machines ??= said.match(/"message":"ready","listen":"([^"]+)"/)?.[1] ?? null;
      node.link ??= said.match(/"link":"([^"]+)"/)?.[1] ?? null;
    });
    await until(`node ${name} serves: ${said}`, () => node.url);
    return node;
  }

  /** Runs a command of the program on the site. */
  run(...words) {
    return execFileSync(PROGRAM, [...words, ...this.#place("one")], { encoding: "utf8" });
  }

  /** The same database, a data folder for each node. */
  #place(name) {
    const url = `database.url=sqlite:${join(this.folder, "aftercall.db")}`;
    return ["--data-dir", join(this.folder, name), "--set", url];
  }

  /** The demo's survey, asked on a service, and callers who answered it. */
  async furnish(node, callers) {
    this.run("survey", "import", fileURLToPath(new URL("../../static/demo/support.json", import.meta.url)), "--publish");
    this.run("service", "add", "Support", "--dn", "5001");
    this.run("survey", "activate", "support", "Support");
    const key = this.run("apikey", "create", "callers", "--scope", "ivr").trim();
    const call = async (path, fields) => {
      const reply = await fetch(`http://${node.machines}/ivr/v1/${path}`, { method: "POST", headers: { "x-api-key": key }, body: new URLSearchParams(fields) });
      return reply.json();
    };
    await until("callers are served", async () => (await call("survey", { dn: "5001", call_id: "first" })).result === "QUESTION");
    for (let no = 0; no < callers; no += 1) {
      const facts = { dn: "5001", call_id: `call-${no}`, customer: `+3460000${1000 + no}`, agent_id: String(1001 + (no % 3)), agent_name: ["Amira", "Ben", "Carla"][no % 3], team: no % 2 ? "North" : "South", queue: "Help" };
      const { response_id } = await call("survey", facts);
      await call("answer", { response_id, question_id: "csat", value: String(1 + (no % 5)) });
    }
  }

  /** Ends the time of all links that customers have: what else would take an hour. */
  endLinks() {
    const script = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1], timeout=30); db.execute('UPDATE response_link SET expires_at = created_at'); db.commit()";
    execFileSync("python3", ["-c", script, join(this.folder, "aftercall.db")]);
  }

  /** Publishes another version of a survey. */
  republish(key, change) {
    const document = JSON.parse(this.run("survey", "export", key));
    change(document);
    const file = join(this.folder, `${key}.json`);
    writeFileSync(file, JSON.stringify(document));
    this.run("survey", "import", file, "--publish");
  }

  /** A call of the API that changes something, as a page of the portal sends it. */
  async ask(page, method, path, body) {
    const status = await page.evaluate(
      async ([method, path, body]) => {
        const me = await (await fetch("/api/v1/me")).json();
        const headers = { "x-csrf-token": me.csrf, "content-type": "application/json" };
        return (await fetch(path, { method, headers, body: JSON.stringify(body) })).status;
      },
      [method, path, body],
    );
    if (status >= 300) throw new Error(`${method} ${path}: ${status}`);
  }

  close() {
    for (const { child } of this.nodes) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The link by which the first administrator comes in; told a moment after the start. */
export async function firstLink(node) {
  await until(`node ${node.name} tells the first link`, () => node.link);
  return node.link;
}

/** Waits for something that comes soon. */
export async function until(what, holds) {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Chromium, without what a build machine cannot give it; its microphone hears a beep each second. */
export function browser() {
  const executablePath = CHROMIUM.find(existsSync);
  if (!executablePath) throw new Error(`no Chromium at ${CHROMIUM.join(", ")}`);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--use-fake-device-for-media-stream"] });
}

/** A window of its own; whatever its pages complain about is kept. */
export async function openWindow(chrome, options = {}) {
  const context = await chrome.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A refused sign-in is a refused request to the browser.
    const expected = message.text().includes("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !expected) complaints.push(message.text());
  });
  return { context, page, complaints };
}

/** Sets the password by a link, and signs in. */
export async function comeBy(page, base, link, name) {
  const { pathname } = new URL(link.trim());
  await page.goto(base + pathname);
  await page.fill("#password", PASSWORD);
  await page.fill("#repeat", PASSWORD);
  await page.click("button[type=submit]");
  await signIn(page, name, PASSWORD);
}

export async function signIn(page, name, password) {
  await page.fill("#name", name);
  await page.fill("#password", password);
  await page.click("button[type=submit]");
}

/** What is there of the page: data, nothing, or an error. */
export const shown = (page) => page.waitForSelector(".card, .empty, .message-error");

/** What axe-core finds by WCAG 2.2 A and AA and by its own best practice, as text; empty when nothing. */
export async function flaws(page) {
  await page.evaluate(AXE);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), tags);
  return found.violations.map((flaw) => `${flaw.id}: ${flaw.nodes[0].html} ${flaw.nodes[0].failureSummary}`);
}

/** A picture for whoever looks at the run. */
export const picture = (page, name) => page.screenshot({ path: join(HERE, `${name}.png`), fullPage: true });
