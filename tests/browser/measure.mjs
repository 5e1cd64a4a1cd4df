// How much the portal loads and how soon it shows something on a slow phone. Prints figures, and judges nothing: a machine that
// is busy makes them worse. AFTERCALL_PROGRAM names the program; a release build is what people have.

import { Site, browser, comeBy, firstLink, openWindow, shown } from "./site.mjs";

/** A phone on a slow line: 1.6 Mbit/s down, 150 ms there and back, a processor of a quarter of this one's speed. */
const LINE = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8 };
const SLOWER = 4;
const ROUNDS = 5;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const site = new Site();
const chrome = await browser();
try {
  const node = await site.start("one");
  await site.furnish(node, 18);
  const first = await openWindow(chrome);
  await comeBy(first.page, node.url, await firstLink(node), "admin");
  await shown(first.page);
  const storageState = await first.context.storageState();
  for (const [name, path, whole] of [["overview", "/", ".card"], ["survey", "/surveys/support", ".builder"], ["reports", "/reports?by=agent", ".chart svg"]]) {
    const paints = [];
    const wholes = [];
    let bytes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const { context, page } = await openWindow(chrome, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, storageState });
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", LINE);
      await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
      bytes = 0;
      session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
      await page.goto(node.url + path);
      await page.waitForSelector(whole);
      wholes.push(await page.evaluate(() => performance.now()));
      paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
      await context.close();
    }
    console.log(`${name}: first paint ${Math.round(median(paints))} ms, whole ${Math.round(median(wholes))} ms, ${Math.round(bytes / 1000)} kB over the line`);
  }
} finally {
  await chrome.close();
  site.close();
}
