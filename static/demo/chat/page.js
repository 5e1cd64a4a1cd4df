// The chat of a made-up shop: what an integrator writes. Its own server opens the survey and reads the result, with a key that
// the browser never sees; the browser is given the widget's token.
(function () {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const survey = byId("survey");
  const STATES = {
    offered: "The customer is asked.",
    in_progress: "The customer is answering.",
    complete: "Answered.",
    partial: "Answered in part.",
    declined: "The customer wants no survey.",
    expired: "Not answered in time.",
  };
  let conversation = null;

  async function call(method, path, body) {
    const reply = await fetch(path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const told = await reply.json();
    if (!reply.ok) throw new Error(told.message || "it did not work");
    return told;
  }

  byId("end").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const opened = await call("POST", "/demo/chat/conversations", { lang: byId("language").value });
      byId("end").hidden = true;
      byId("anew").hidden = false;
      if (!opened.token) {
        byId("told").textContent = opened.message;
        return;
      }
      conversation = opened.conversation_id;
      const widget = document.createElement("aftercall-survey");
      widget.setAttribute("token", opened.token);
      survey.replaceChildren(widget);
      survey.hidden = false;
      look();
    } catch (error) {
      byId("told").textContent = `The chat cannot be ended just now: ${error.message}`;
    }
  });

  byId("anew").addEventListener("click", () => location.reload());

  async function look() {
    try {
      const result = await call("GET", `/demo/chat/conversations/${encodeURIComponent(conversation)}`);
      show(result);
      if (!["offered", "in_progress"].includes(result.state)) return;
    } catch {
      // The next look will tell.
    }
    setTimeout(look, 1000);
  }

  function show(result) {
    byId("state").textContent = STATES[result.state] || result.state;
    const rows = result.answers.flatMap((answer) => {
      const asked = document.createElement("dt");
      const said = document.createElement("dd");
      asked.textContent = answer.text;
      said.textContent = answer.label ?? "–";
      if (result.score && answer.question_id === result.score.question_id) said.textContent += ` of ${result.score.max}`;
      asked.dir = said.dir = "auto";
      return [asked, said];
    });
    byId("result").replaceChildren(...rows);
  }
})();
