// Questions are named by their keys in branches: what follows when a key changes or goes.

/** The keys of questions whose branches or way on name a question. */
export function usedBy(document, key) {
  const names = (question) =>
    question.otherwise === key ||
    (question.branches ?? []).some((branch) => branch.goto === key || branch.when.some((condition) => condition.question === key));
  return document.questions.filter((question) => question.key !== key && names(question)).map((question) => question.key);
}

/** The document with another key for a question, wherever it is named. */
export function renamed(document, from, to) {
  const next = structuredClone(document);
  for (const question of next.questions) {
    if (question.key === from) question.key = to;
    if (question.otherwise === from) question.otherwise = to;
    for (const branch of question.branches ?? []) {
      if (branch.goto === from) branch.goto = to;
      for (const condition of branch.when) if (condition.question === from) condition.question = to;
    }
  }
  return next;
}

/** The document without a question; ways that led to it lead to the end, conditions on it go. */
export function without(document, key) {
  const next = structuredClone(document);
  next.questions = next.questions.filter((question) => question.key !== key);
  for (const question of next.questions) {
    if (question.otherwise === key) delete question.otherwise;
    if (!question.branches) continue;
    question.branches = question.branches
      .map((branch) => ({ ...branch, when: branch.when.filter((condition) => condition.question !== key) }))
      .filter((branch) => branch.goto !== key && branch.when.length > 0);
    if (question.branches.length === 0) delete question.branches;
  }
  return next;
}
