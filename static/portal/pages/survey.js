// A survey: written, looked at as a customer would, and published.

import { Badge } from "../components/badge.js";
import { Loaded } from "../components/loaded.js";
import { Tabs, currentTab } from "../components/tabs.js";
import { PromptTable } from "../components/prompt_table.js";
import { moment } from "../format.js";
import { html, useEffect, useState } from "../html.js";
import { t, told } from "../messages.js";
import { announce, query, setQuery } from "../router.js";
import { Around } from "../survey/around.js";
import { Conflict } from "../survey/conflict.js";
import { Draft, countWithin, discardKept, kept } from "../survey/draft.js";
import { Flow } from "../survey/flow.js";
import { Invitation } from "../survey/invitation.js";
import { Preview } from "../survey/preview.js";
import { PublishDialog, Where } from "../survey/publish.js";
import { Question } from "../survey/question.js";
import { QuestionList } from "../survey/question_list.js";
import { Rules } from "../survey/rules.js";
import { Versions } from "../survey/versions.js";
import { useData } from "../use_data.js";

export function Page({ me, title, params }) {
  const state = useData(`/api/v1/surveys/${encodeURIComponent(params.key)}`);
  const head = state.data ? null : html`<div class="page-head"><h1 tabindex="-1">${title}</h1></div>`;
  return html`${head}<${Loaded} state=${state}>${(survey) => html`<${Editor} key=${survey.key} survey=${survey} me=${me} reload=${state.reload} />`}<//>`;
}

function Editor({ survey, me, reload }) {
  const [draft] = useState(() => new Draft(survey));
  const [publishing, setPublishing] = useState(false);
  const [error, setError] = useState(null);
  const [left, setLeft] = useState(() => {
    const found = kept(survey.key);
    return found && JSON.stringify(found.document) !== JSON.stringify(survey.document) ? found : null;
  });
  useEffect(() => () => draft.close(), []);
  const mayEdit = me.rights.includes("edit_surveys");
  const document = draft.document.value;
  useEffect(() => announce(document.name || survey.key), [document.name]);
  const tab = currentTab(["questions", "flow", "rules", "invitation", "prompts", "versions"]);
  const problems = draft.problems.value;
  const choose = (key) => setQuery({ tab: "", question: key ?? "" }, true);
  const restoreLeft = () => {
    draft.replace(left.document);
    setLeft(null);
  };
  const dropLeft = () => {
    discardKept(survey.key);
    setLeft(null);
  };
  return html`<div class="page-head">
      <div><h1 tabindex="-1">${document.name || survey.key}</h1>
        <p class="soft"><code>${survey.key}</code> · <${SaveState} draft=${draft} survey=${survey} /></p></div>
      <a class="button" href=${`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(document, null, 2))}`} download=${`${survey.key}.json`}>${t("export")}</a>
      ${mayEdit && html`<button class="button button-primary" type="button" onClick=${() => setPublishing(true)}>${t("publish")}</button>`}
    </div>
    ${error && html`<p class="message-error" role="alert">${told(error)}</p>`}
    ${left && html`<div class="message-warn" role="alert"><p>${t("kept-here", { at: moment(new Date(left.at).toISOString()) })}</p>
      <div class="actions"><button type="button" class="button" onClick=${restoreLeft}>${t("restore-kept")}</button><button type="button" class="button" onClick=${dropLeft}>${t("discard-kept")}</button></div></div>`}
    <${Conflict} draft=${draft} />
    <${Tabs} label=${t("parts-of-survey")} tabs=${[
      { key: "questions", label: t("questions"), badge: problems.length > 0 && html` <${Badge} kind="bad">${problems.length}<//>` },
      { key: "flow", label: t("flow") },
      { key: "rules", label: t("who-and-when") },
      { key: "invitation", label: t("invitation"), badge: countWithin(problems, "invitation") > 0 && html` <${Badge} kind="bad">${countWithin(problems, "invitation")}<//>` },
      { key: "prompts", label: t("prompts"), badge: document.voice !== "tts" && draft.missing.value.length > 0 && html` <${Badge} kind="warn">${draft.missing.value.length}<//>` },
      { key: "versions", label: t("versions") },
    ]} />
    ${tab === "questions" && html`<${Questions} draft=${draft} choose=${choose} readOnly=${!mayEdit} />
      <${Where} survey=${survey} mayEdit=${mayEdit} reload=${reload} onError=${setError} />`}
    ${tab === "flow" && html`<${Flow} draft=${draft} choose=${choose} />`}
    ${tab === "rules" && html`<${Rules} draft=${draft} site=${survey.time_zone} readOnly=${!mayEdit} />`}
    ${tab === "invitation" && html`<${Invitation} draft=${draft} readOnly=${!mayEdit} />`}
    ${tab === "prompts" && html`<${PromptTable} survey=${survey.key} mayEdit=${mayEdit} voice=${document.voice} changed=${reload} />`}
    ${tab === "versions" && html`<${Versions} draft=${draft} versions=${survey.versions} readOnly=${!mayEdit} />`}
    ${publishing && html`<${PublishDialog} draft=${draft} survey=${survey} close=${() => setPublishing(false)} published=${reload} />`}`;
}

function Questions({ draft, choose, readOnly }) {
  const document = draft.document.value;
  const named = query.value.get("question");
  const no = document.questions.findIndex((question) => question.key === named);
  return html`<div class="builder">
    <${QuestionList} draft=${draft} chosen=${no < 0 ? null : named} choose=${choose} readOnly=${readOnly} />
    ${no < 0
      ? html`<${Around} draft=${draft} readOnly=${readOnly} />`
      : html`<${Question} key=${no} draft=${draft} no=${no} choose=${choose} readOnly=${readOnly} />`}
    <${Preview} draft=${draft} />
  </div>`;
}

function SaveState({ draft, survey }) {
  const state = draft.state.value;
  const words = {
    saved: () =>
      draft.revision.value === survey.revision && survey.saved_by
        ? t("saved-by", { at: moment(draft.savedAt.value), who: survey.saved_by })
        : t("saved-at", { at: moment(draft.savedAt.value) }),
    dirty: () => t("saving"),
    saving: () => t("saving"),
    waiting: () => t("save-waits"),
    refused: () => told(draft.error.value),
    conflict: () => t("save-conflict"),
  };
  return html`<span role="status" class=${state === "refused" || state === "conflict" || state === "waiting" ? "problems" : undefined}>${words[state]()}</span>`;
}
