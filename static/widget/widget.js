/* The survey in a chat window of somebody else: <aftercall-survey token="…"></aftercall-survey>. Defines that element and nothing else.
   Looks after itself in a shadow tree; no cookie, no storage. The server decides the flow and says every word that is shown. */
(function () {
  "use strict";
  if (customElements.get("aftercall-survey")) return;

  // Where this script came from is where the survey is.
  var own = document.currentScript ? new URL(document.currentScript.src).origin : "";
  // Waits before what could not be sent is sent again, in milliseconds: what was answered is not lost while the line is away.
  var WAITS = [1000, 2000, 4000, 8000, 15000];

  var STYLE =
    ":host{display:block;color-scheme:light dark;--own-ink:var(--aftercall-ink,#16242b);--own-paper:var(--aftercall-paper,#fff);" +
    "--own-accent:var(--aftercall-accent,#0f5c6e);--own-on-accent:var(--aftercall-on-accent,#fff);--own-edge:var(--aftercall-edge,#78878f);--own-bad:#a3231f;" +
    "background:var(--own-paper);color:var(--own-ink);font:var(--aftercall-font,1rem/1.45 system-ui,sans-serif);padding:1rem;box-sizing:border-box}" +
    "@media(prefers-color-scheme:dark){:host{--own-ink:var(--aftercall-ink,#e8eef0);--own-paper:var(--aftercall-paper,#16242b);" +
    "--own-accent:var(--aftercall-accent,#8fd0e0);--own-on-accent:var(--aftercall-on-accent,#0b2027);--own-edge:var(--aftercall-edge,#8ea0a9);--own-bad:#ff9d96}}" +
    ":host([hidden]){display:none}*{box-sizing:border-box}p,legend,h2{margin:0 0 .75rem;padding:0;white-space:pre-line;overflow-wrap:anywhere}" +
    "h2{font-size:1.1rem}legend{font-weight:600}.soft{font-size:.875rem;opacity:.85;margin-bottom:.25rem}fieldset{border:0;margin:0;padding:0;min-width:0}" +
    ".options{display:grid;gap:.4rem;margin-bottom:.75rem}.scale{grid-template-columns:repeat(auto-fit,minmax(2.75rem,1fr))}" +
    "label{display:flex;gap:.5rem;align-items:center;min-height:44px;padding:.3rem .6rem;border:1px solid var(--own-edge);border-radius:.5rem;cursor:pointer}" +
    ".scale label{flex-direction:column;gap:.1rem;padding:.3rem;text-align:center}input{accent-color:var(--own-accent);width:1.15rem;height:1.15rem;margin:0;flex:none}" +
    "label:has(:checked){border-color:var(--own-accent);box-shadow:inset 0 0 0 1px var(--own-accent)}" +
    ".ends{display:flex;justify-content:space-between;gap:1rem;font-size:.875rem;margin:-.35rem 0 .75rem}" +
    "textarea{width:100%;min-height:5rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--own-edge);border-radius:.5rem;padding:.5rem}" +
    ".row{display:flex;flex-wrap:wrap;gap:.5rem}button{font:inherit;min-height:44px;padding:.4rem 1rem;border-radius:.5rem;border:1px solid var(--own-edge);" +
    "background:transparent;color:inherit;cursor:pointer}.main{background:var(--own-accent);border-color:var(--own-accent);color:var(--own-on-accent);font-weight:600}" +
    "button[disabled]{opacity:.6;cursor:default}.bad{color:var(--own-bad);font-weight:600}:focus-visible{outline:3px solid var(--own-accent);outline-offset:2px}";

  function el(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      var value = attributes[key];
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? "" : value);
    });
    (children || []).forEach(function (child) {
      if (child !== null && child !== undefined) made.append(child);
    });
    return made;
  }

  class AftercallSurvey extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: "open" });
      this._root = el("div", {});
      // Told by screen readers when it changes, and not read out whole.
      this._live = el("p", { role: "status", class: "bad" });
      try {
        var sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        this.shadowRoot.adoptedStyleSheets = [sheet];
      } catch {
        // A browser of before 2023: a page with a strict policy shows it without style, and it can be answered all the same.
        this.shadowRoot.append(el("style", {}, [STYLE]));
      }
      this.shadowRoot.append(this._root, this._live);
      this._tries = 0;
      this._again = this._again.bind(this);
    }

    static get observedAttributes() {
      return ["token"];
    }

    connectedCallback() {
      addEventListener("online", this._again);
      if (!this._pending && !this._view) this._send(null);
    }

    disconnectedCallback() {
      removeEventListener("online", this._again);
      clearTimeout(this._timer);
    }

    attributeChangedCallback(_, before, now) {
      if (before === now) return;
      clearTimeout(this._timer);
      this._turn = (this._turn || 0) + 1;
      this._view = this._pending = null;
      if (this.isConnected) this._send(null);
    }

    /* Asks where the survey stands (`null`), or sends an answer; again and again until it is known what became of it. */
    async _send(body) {
      var token = this.getAttribute("token");
      if (!token) return;
      var turn = (this._turn = (this._turn || 0) + 1);
      this._pending = { body: body };
      this._busy(true);
      var language = this.getAttribute("lang");
      var url = (this.getAttribute("server") || own) + "/w/" + encodeURIComponent(token) + (language ? "?lang=" + encodeURIComponent(language) : "");
      var reply, told;
      try {
        reply = await fetch(url, {
          method: body ? "POST" : "GET",
          headers: body ? { "content-type": "application/json" } : {},
          body: body ? JSON.stringify(body) : undefined,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          cache: "no-store",
        });
        told = await reply.json();
      } catch {
        reply = null;
      }
      if (turn !== this._turn) return;
      if (!reply || reply.status >= 500 || reply.status === 429) {
        this._say((told && told.message) || (this._view && this._view.words.away) || "");
        var wait = WAITS[Math.min(this._tries++, WAITS.length - 1)];
        this._timer = setTimeout(this._again, wait);
        return;
      }
      this._pending = null;
      this._tries = 0;
      this._busy(false);
      if (!told.standing) {
        this._say(told.message || "");
        return;
      }
      this._say(told.error || "");
      if (told.error) return this._focus();
      this._show(told, body !== null);
    }

    _again() {
      clearTimeout(this._timer);
      if (this._pending) this._send(this._pending.body);
    }

    _say(text) {
      this._live.textContent = text;
    }

    _busy(is) {
      this._root.setAttribute("aria-busy", String(is));
      this._root.querySelectorAll("button").forEach(function (button) {
        button.disabled = is;
      });
    }

    _focus() {
      var to = this._root.querySelector("[tabindex='-1']");
      if (to) to.focus();
    }

    _show(view, moved) {
      var before = this._view;
      this._view = view;
      this._root.lang = view.language;
      this._root.dir = view.direction;
      this._live.lang = view.language;
      this._live.dir = view.direction;
      var open = view.standing === "open";
      var start = open && !view.begun && !this._started;
      this._root.replaceChildren(...(start ? this._begin(view) : open ? this._ask(view) : this._end(view)));
      // Only who has done something is led on; a page that loads keeps its focus.
      if (moved) this._focus();
      if (!open && before && before.standing === "open") {
        this.dispatchEvent(new CustomEvent("aftercall:done", { bubbles: true, composed: true, detail: { standing: view.standing } }));
      }
    }

    _begin(view) {
      var go = () => {
        this._started = true;
        this._show(view, true);
      };
      return [
        el("h2", { tabindex: "-1" }, [view.name]),
        view.intro ? el("p", {}, [view.intro]) : null,
        el("div", { class: "row" }, [
          el("button", { class: "main", type: "button", click: go }, [view.words.start]),
          el("button", { type: "button", click: () => this._send({ act: "decline" }) }, [view.words.decline]),
        ]),
      ].filter(Boolean);
    }

    _ask(view) {
      var question = view.question;
      var scale = question.min !== undefined;
      var choices = question.choices || [];
      if (scale) {
        choices = [];
        for (var n = question.min; n <= question.max; n++) choices.push({ value: String(n), label: String(n) });
      }
      var asked = choices.length
        ? el("div", { class: scale ? "options scale" : "options", dir: question.scale_direction || null },
            choices.map((choice) => el("label", {}, [el("input", { type: "radio", name: "value", value: choice.value }), el("span", {}, [choice.label])])))
        : el("textarea", { name: "value", maxlength: question.max_chars, "aria-label": question.text });
      var ends = question.low_label || question.high_label
        ? el("p", { class: "ends", dir: question.scale_direction || null }, [el("span", {}, [question.low_label || ""]), el("span", {}, [question.high_label || ""])])
        : null;
      var submit = (event) => {
        event.preventDefault();
        var form = event.target;
        var value = String(new FormData(form).get("value") || "").trim();
        if (this._pending) return;
        if (!value && question.required) return this._say(choices.length ? view.words.choose : view.words.write);
        this._send({ act: "answer", question_id: question.question_id, value: value });
      };
      var skip = () => this._send({ act: "skip", question_id: question.question_id });
      return [
        el("form", { submit: submit, input: () => this._say("") }, [
          el("p", { class: "soft" }, [view.progress]),
          el("fieldset", {}, [el("legend", { tabindex: "-1" }, [question.text]), asked, ends]),
          el("div", { class: "row" }, [
            el("button", { class: "main", type: "submit" }, [view.is_last ? view.words.finish : view.words.next]),
            question.required ? null : el("button", { type: "button", click: skip }, [view.words.skip]),
          ]),
        ]),
      ];
    }

    _end(view) {
      return [el("h2", { tabindex: "-1" }, [view.heading])].concat(view.lines.map((line) => el("p", {}, [line])));
    }
  }

  customElements.define("aftercall-survey", AftercallSurvey);
})();
