// A draft as it is edited: the document, what is wrong with it, and its way to the server. Nothing somebody wrote is lost: it is
// saved as they write, kept in the browser until the server has it, and when somebody else saved meanwhile both are shown.

import { put } from "../api.js";
import { signal } from "../html.js";

/** Writing on, nobody is disturbed; stopping, it is saved before they look. */
const SAVED_AFTER_MS = 800;
/** When the server could not be reached. */
const TRIED_AGAIN_MS = 3000;

const keptAs = (key) => `aftercall-draft-${key}`;

/** What was written here and never reached the server; `null` when there is nothing. */
export function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(keptAs(key)));
  } catch {
    return null;
  }
}

const forget = (key) => localStorage.removeItem(keptAs(key));

/** An edited draft. `survey` is what the server told of it. */
export class Draft {
  constructor(survey) {
    this.key = survey.key;
    this.document = signal(survey.document);
    this.problems = signal(survey.problems);
    this.missing = signal(survey.missing_prompts);
    this.revision = signal(survey.revision);
    /** `saved`, `dirty`, `saving`, `waiting` (for the server), `refused` or `conflict`. */
    this.state = signal("saved");
    this.error = signal(null);
    this.theirs = signal(null);
    this.savedAt = signal(survey.saved_at);
    this.timer = null;
    this.undone = [];
    this.leaving = (event) => {
      if (this.state.value !== "saved") event.preventDefault();
    };
    addEventListener("beforeunload", this.leaving);
  }

  /** Changes the document by a function that changes a copy of it. */
  edit(change) {
    const next = structuredClone(this.document.value);
    change(next);
    this.replace(next);
  }

  replace(document) {
    this.document.value = document;
    this.state.value = this.state.value === "conflict" ? "conflict" : "dirty";
    localStorage.setItem(keptAs(this.key), JSON.stringify({ document, revision: this.revision.value, at: Date.now() }));
    if (this.state.value === "conflict") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVED_AFTER_MS);
  }

  /** Saves now; resolves once the server has what was written before. */
  async save() {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (this.state.value === "saved" || this.state.value === "conflict") return;
    this.saving = this.send();
    await this.saving;
    this.saving = null;
  }

  async send() {
    const sent = this.document.value;
    this.state.value = "saving";
    try {
      const reply = await put(`/api/v1/surveys/${encodeURIComponent(this.key)}/draft`, {
        revision: this.revision.value,
        document: sent,
      });
      this.error.value = null;
      this.revision.value = reply.revision;
      this.savedAt.value = reply.saved_at;
      this.problems.value = reply.problems;
      this.missing.value = reply.missing_prompts;
      if (this.document.value === sent) {
        this.state.value = "saved";
        forget(this.key);
      } else {
        this.state.value = "dirty";
        this.timer = setTimeout(() => this.save(), SAVED_AFTER_MS);
      }
    } catch (error) {
      this.error.value = error;
      if (error.code === "draft_changed") {
        this.theirs.value = error.said;
        this.state.value = "conflict";
      } else if (error.status === 0 || error.status === 503) {
        this.state.value = "waiting";
        this.timer = setTimeout(() => this.save(), TRIED_AGAIN_MS);
      } else {
        this.state.value = "refused";
      }
    }
  }

  /** After a conflict: goes on from the other's draft, without what was written here. */
  takeTheirs() {
    const theirs = this.theirs.value;
    this.document.value = theirs.document;
    this.settle(theirs);
    this.state.value = "saved";
    forget(this.key);
  }

  /** After a conflict: what was written here takes the place of the other's draft. */
  keepMine() {
    this.settle(this.theirs.value);
    this.state.value = "dirty";
    return this.save();
  }

  settle(theirs) {
    this.revision.value = theirs.revision;
    this.savedAt.value = theirs.saved_at;
    this.theirs.value = null;
    this.error.value = null;
  }

  close() {
    removeEventListener("beforeunload", this.leaving);
    // Leaving the page is no reason to lose the last words.
    if (this.state.value === "dirty") this.save();
    else clearTimeout(this.timer);
  }
}

/** Forgets what was kept in the browser. */
export const discardKept = forget;

/** The problems at a place of the document. */
export const at = (problems, path) => problems.filter((problem) => problem.path === path).map((problem) => problem.message);

/** How many problems there are at a place or within it. */
export const countWithin = (problems, path) =>
  problems.filter((problem) => problem.path === path || problem.path.startsWith(`${path}.`) || problem.path.startsWith(`${path}[`)).length;
