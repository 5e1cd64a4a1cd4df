//! The form interpretation algorithm: which item of a form is next, what it collects, who catches an event.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId};
use serde_json::{Value, json};

use super::fetch::{Part, Request};
use super::grammar::{Understood, inputs, listen};
use super::scope::{Level, Scope};
use super::{Ended, Gateway, Input};

pub const HANG_UP: &str = "connection.disconnect.hangup";

/// Where control goes instead of on.
#[derive(Debug)]
pub enum Jump {
    Form(String),
    Document(String),
    Ended(Ended),
    Event(String),
}

pub type Done = Result<(), Jump>;

/// A document that runs.
pub struct Running<'r, 'a, 'x> {
    pub gateway: &'r mut Gateway<'a>,
    pub tree: &'x Document<'x>,
    pub scope: Scope,
    /// Whether another application called it.
    pub called: bool,
}

/// What an event makes of the form.
struct Visit {
    /// Whether the next item says its prompts.
    prompts: bool,
    counts: HashMap<(NodeId, String), u32>,
}

impl<'r, 'a, 'x> Running<'r, 'a, 'x> {
    pub fn new(gateway: &'r mut Gateway<'a>, tree: &'x Document<'x>, called: bool) -> Self {
        Self { gateway, tree, scope: Scope::new(), called }
    }

    /// Runs it from its first form until it leaves.
    pub fn document(mut self) -> Jump {
        let root = self.tree.root_element();
        for variable in named(root, "var") {
            self.declare(Level::Document, variable).expect("variables of a document have plain values");
        }
        let mut form = named(root, "form").next().expect("a document has a form");
        loop {
            match self.form(form) {
                Jump::Form(id) => {
                    let mut forms = named(root, "form");
                    form = forms
                        .find(|form| form.attribute("id") == Some(&id))
                        .unwrap_or_else(|| panic!("{id}"));
                }
                jump => return jump,
            }
        }
    }

    fn form(&mut self, form: Node<'x, 'x>) -> Jump {
        self.scope.enter_dialog();
        for child in form.children().filter(Node::is_element) {
            let declared = match child.tag_name().name() {
                "var" => self.declare(Level::Dialog, child),
                _ if is_item(child) => self.scope.declare(Level::Dialog, &item_name(child), None),
                _ => Ok(()),
            };
            declared.expect("variables of a form have plain values");
        }
        let mut visit = Visit { prompts: true, counts: HashMap::new() };
        loop {
            self.gateway.step();
            let Some(item) = self.select(form) else {
                return Jump::Ended(Ended::Exit(super::Values::new()));
            };
            let prompts = std::mem::replace(&mut visit.prompts, true);
            let told = std::mem::take(&mut self.gateway.untold);
            let mut outcome =
                if told { Err(Jump::Event(HANG_UP.to_owned())) } else { self.visit(item, prompts) };
            while let Err(Jump::Event(event)) = outcome {
                self.gateway.step();
                visit.prompts = false;
                outcome = self.handle(item, &event, &mut visit);
            }
            if let Err(jump) = outcome {
                return jump;
            }
        }
    }

    /// The first item that has no value and may be visited.
    fn select(&self, form: Node<'x, 'x>) -> Option<Node<'x, 'x>> {
        form.children().filter(|child| is_item(*child)).find(|item| {
            let empty = format!("typeof dialog['{}'] == 'undefined'", item_name(*item));
            let wanted = item.attribute("cond").is_none_or(|cond| self.scope.holds(cond).unwrap());
            self.scope.holds(&empty).unwrap() && wanted
        })
    }

    fn visit(&mut self, item: Node<'x, 'x>, prompts: bool) -> Done {
        let kind = item.tag_name().name();
        if prompts && kind != "block" {
            for prompt in named(item, "prompt") {
                self.queue(prompt);
            }
        }
        match kind {
            "block" => {
                self.set(item, &json!(true));
                self.content(item, &mut true)
            }
            "field" => self.field(item),
            "record" => self.record(item),
            "subdialog" => self.subdialog(item),
            other => panic!("no form has an item {other}"),
        }
    }

    fn wait(&mut self, item: Node<'x, 'x>) -> Result<Input, Jump> {
        if self.gateway.gone {
            return Err(Jump::Ended(Ended::Exit(super::Values::new())));
        }
        let heard = self.gateway.play();
        let form = item.parent().and_then(|form| form.attribute("id")).unwrap().to_owned();
        let form = if item.attribute("name") == Some("pause") { "pause".to_owned() } else { form };
        let input = self.gateway.caller.act(&form, &heard);
        if matches!(input, Input::HangUp | Input::SpeechThenHangUp(_)) {
            self.gateway.gone = true;
        }
        Ok(input)
    }

    fn field(&mut self, item: Node<'x, 'x>) -> Done {
        let accepted: Vec<_> = named(item, "grammar").flat_map(inputs).collect();
        let keys = match self.wait(item)? {
            Input::Keys(keys) => keys,
            Input::Silence | Input::Speech(_) => String::new(),
            Input::HangUp | Input::SpeechThenHangUp(_) => return Err(Jump::Event(HANG_UP.to_owned())),
        };
        match listen(&accepted, &keys, '#') {
            Understood::Match(keys) => {
                let tokens: Vec<_> = keys.iter().map(|key| format!("{}{key}", self.gateway.token)).collect();
                self.set(item, &json!(tokens.join(self.gateway.separator)));
                self.filled(item)
            }
            Understood::NoMatch => Err(Jump::Event("nomatch".to_owned())),
            Understood::NoInput => Err(Jump::Event("noinput".to_owned())),
        }
    }

    fn record(&mut self, item: Node<'x, 'x>) -> Done {
        let input = self.wait(item)?;
        let (audio, then) = match input {
            Input::Speech(audio) => (audio, Ok(())),
            Input::SpeechThenHangUp(audio) => (audio, Err(Jump::Event(HANG_UP.to_owned()))),
            Input::HangUp => return Err(Jump::Event(HANG_UP.to_owned())),
            Input::Silence | Input::Keys(_) => return Err(Jump::Event("noinput".to_owned())),
        };
        self.gateway.audio.push(audio);
        self.set(item, &json!({ "audio": self.gateway.audio.len() - 1 }));
        then?;
        self.filled(item)
    }

    fn subdialog(&mut self, item: Node<'x, 'x>) -> Done {
        let request = self.request(item, item.attribute("src").unwrap())?;
        match self.gateway.application(&request, true) {
            Ok(Ended::Return(values)) => {
                self.set(item, &json!(values));
                self.filled(item)
            }
            Ok(Ended::ReturnEvent(event)) | Err(event) => Err(Jump::Event(event)),
            Ok(exit @ Ended::Exit(_)) => Err(Jump::Ended(exit)),
        }
    }

    fn filled(&mut self, item: Node<'x, 'x>) -> Done {
        named(item, "filled").try_for_each(|filled| self.content(filled, &mut true))
    }

    /// The request of an element with the attributes `method`, `enctype` and `namelist`.
    pub fn request(&self, element: Node<'x, 'x>, url: &str) -> Result<Request, Jump> {
        let mut fields = Vec::new();
        for name in element.attribute("namelist").unwrap_or_default().split_whitespace() {
            let value = self.scope.eval(name).map_err(Jump::Event)?;
            let audio = value.as_ref().and_then(|value| value["audio"].as_u64());
            let part = match audio {
                Some(no) => Part::Audio(self.gateway.audio[usize::try_from(no).unwrap()].clone()),
                None => Part::Text(self.scope.text(name).map_err(Jump::Event)?),
            };
            fields.push((name.to_owned(), part));
        }
        let multipart = element.attribute("enctype") == Some("multipart/form-data");
        Ok(Request {
            url: url.to_owned(),
            post: element.attribute("method") == Some("post"),
            multipart,
            fields,
        })
    }

    /// Runs the handler that catches an event, or does what a gateway does when there is none.
    fn handle(&mut self, item: Node<'x, 'x>, event: &str, visit: &mut Visit) -> Done {
        for prefix in prefixes(event) {
            *visit.counts.entry((item.id(), prefix.to_owned())).or_default() += 1;
        }
        let mut found: Option<(u32, Node<'x, 'x>)> = None;
        for handler in item.ancestors().filter(Node::is_element).flat_map(|scope| scope.children()) {
            let Some(name) = caught(handler, event) else { continue };
            let count = handler.attribute("count").map_or(1, |count| count.parse().unwrap());
            let met = visit.counts.get(&(item.id(), name.to_owned())).copied().unwrap_or(1);
            let wanted = handler.attribute("cond").is_none_or(|cond| self.scope.holds(cond).unwrap());
            if wanted && count <= met && found.is_none_or(|(best, _)| count > best) {
                found = Some((count, handler));
            }
        }
        if let Some((_, handler)) = found {
            return self.content(handler, &mut visit.prompts);
        }
        if event.starts_with("no") {
            self.gateway.own_words += 1;
            visit.prompts = true;
            return Ok(());
        }
        self.gateway.own_words += usize::from(event.starts_with("error"));
        Err(Jump::Ended(Ended::Exit(super::Values::new())))
    }

    fn declare(&self, level: Level, variable: Node<'x, 'x>) -> Result<(), String> {
        self.scope.declare(level, variable.attribute("name").unwrap(), variable.attribute("expr"))
    }

    fn set(&self, item: Node<'x, 'x>, value: &Value) {
        self.scope.declare(Level::Dialog, &item_name(item), Some(&value.to_string())).unwrap();
    }
}

pub fn named<'x>(parent: Node<'x, 'x>, name: &str) -> impl Iterator<Item = Node<'x, 'x>> {
    parent.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn is_item(node: Node<'_, '_>) -> bool {
    node.is_element() && matches!(node.tag_name().name(), "block" | "field" | "record" | "subdialog")
}

fn item_name(item: Node<'_, '_>) -> String {
    item.attribute("name").map_or_else(|| format!("item {}", item.id().get()), str::to_owned)
}

/// `a.b.c`, `a.b` and `a`.
fn prefixes(event: &str) -> impl Iterator<Item = &str> {
    let ends = event.match_indices('.').map(|(end, _)| end).chain([event.len()]);
    ends.map(|end| &event[..end])
}

/// The name under which a handler catches an event.
fn caught<'x>(handler: Node<'x, 'x>, event: &str) -> Option<&'x str> {
    if !handler.is_element() {
        return None;
    }
    let names = match handler.tag_name().name() {
        "catch" => handler.attribute("event").unwrap(),
        name @ ("noinput" | "nomatch") => name,
        _ => return None,
    };
    names.split_whitespace().find(|name| prefixes(event).any(|prefix| prefix == *name))
}
