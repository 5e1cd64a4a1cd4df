// Every page: its path, what it is called, the right it asks for, where it stands in the menu, and what shows it. A page is
// loaded when it is first gone to.

/** The groups of the menu, in their order. */
export const GROUPS = ["results", "surveys", "site", "you"];

export const PAGES = {
  "/": { title: "overview", right: "see_results", group: "results", load: () => import("./pages/overview.js") },
  "/responses": { title: "responses", right: "see_results", group: "results", load: () => import("./pages/responses.js") },
  "/responses/:id": { title: "response", right: "see_results", load: () => import("./pages/response.js") },
  "/reports": { title: "reports", right: "see_results", group: "results", load: () => import("./pages/reports.js") },
  "/reports/files": { title: "report-files", right: "see_all_teams", group: "results", load: () => import("./pages/report_files.js") },
  "/surveys": { title: "surveys", right: "see_results", group: "surveys", load: () => import("./pages/surveys.js") },
  "/surveys/:key": { title: "survey", right: "see_results", load: () => import("./pages/survey.js") },
  "/services": { title: "services", right: "see_results", group: "surveys", load: () => import("./pages/services.js") },
  "/invites": { title: "invites", right: "invite", group: "surveys", load: () => import("./pages/invites.js") },
  "/prompts": { title: "prompts", right: "see_results", group: "surveys", load: () => import("./pages/prompts.js") },
  "/customers": { title: "customers", right: "forget_people", group: "site", load: () => import("./pages/customers.js") },
  "/system": { title: "system", right: "see_system", group: "site", load: () => import("./pages/system.js") },
  "/settings": { title: "settings", right: "see_system", group: "site", load: () => import("./pages/settings.js") },
  "/users": { title: "users", right: "manage_users", group: "site", load: () => import("./pages/users.js") },
  "/keys": { title: "keys", right: "manage_users", group: "site", load: () => import("./pages/keys.js") },
  "/audit": { title: "audit", right: "manage_users", group: "site", load: () => import("./pages/audit.js") },
  "/account": { title: "account", right: null, group: "you", load: () => import("./pages/account.js") },
};
