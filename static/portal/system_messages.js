// What somebody should look after, of all that the system page is told; in words that say what to do.

import { t } from "./messages.js";

/** `{kind, text}`: `error` while callers are not served or nobody knows, else `warn`. */
export function systemMessages(data) {
  const { health, cluster } = data;
  const messages = [];
  const add = (kind, text) => messages.push({ kind, text });
  if (data.cluster_error) add("error", `${t("no-cluster")} ${data.cluster_error}`);
  if (health.database && !health.database.ok) add("error", health.database.error);
  if (health.spool && health.spool.mode !== "direct") add("warn", `${t(`spool-${health.spool.mode}-text`)} ${health.spool.error ?? ""}`.trim());
  if (health.vip?.trouble) add("warn", health.vip.trouble);
  for (const child of health.children) {
    if (child.state !== "running" && child.state !== "starting") add("warn", t("child-not-running", { name: child.name, state: t(`state-${child.state.replace("_", "-")}`) }));
  }
  const writer = health.children.find(({ name }) => name === "report_writer");
  if (writer?.observed?.last_error) add("warn", t("report-files-fault", { error: writer.observed.last_error }));
  for (const route of data.gateways ?? []) {
    if (route.state === "down") add("warn", t("gateway-down", { name: route.name, why: route.detail }));
  }
  for (const warning of cluster?.warnings ?? []) add("warn", warning);
  return messages;
}
