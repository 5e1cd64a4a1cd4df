//! What stands in blocks and handlers: it is done in order, until something leads elsewhere.

use roxmltree::Node;

use super::fetch::Request;
use super::form::{Done, HANG_UP, Jump, Running};
use super::scope::Level;
use super::{Ended, Said, Values};

impl<'x> Running<'_, '_, 'x> {
    /// Runs the children of an element. `reprompt` is set where the next item is to say its prompts.
    pub fn content(&mut self, parent: Node<'x, 'x>, reprompt: &mut bool) -> Done {
        parent.children().filter(Node::is_element).try_for_each(|element| self.element(element, reprompt))
    }

    fn element(&mut self, element: Node<'x, 'x>, reprompt: &mut bool) -> Done {
        self.gateway.step();
        let attribute = |name: &str| element.attribute(name);
        match element.tag_name().name() {
            "assign" => self.assign(attribute("name").unwrap(), attribute("expr").unwrap()),
            "clear" => self.clear(attribute("namelist").unwrap()),
            "prompt" => {
                self.queue(element);
                Ok(())
            }
            "reprompt" => {
                *reprompt = true;
                Ok(())
            }
            "if" => self.choose(element, reprompt),
            "goto" => self.go(element),
            "submit" => {
                let request = self.request(element, attribute("next").unwrap())?;
                self.document_of(&request)
            }
            "return" if !self.called => Err(Jump::Event("error.semantic".to_owned())),
            "return" => Err(Jump::Ended(match attribute("event") {
                Some(event) => Ended::ReturnEvent(event.to_owned()),
                None => Ended::Return(self.values(element)?),
            })),
            "exit" => Err(Jump::Ended(Ended::Exit(self.values(element)?))),
            "disconnect" => {
                self.gateway.play();
                self.gateway.gone = true;
                Err(Jump::Event(HANG_UP.to_owned()))
            }
            other => panic!("{other} does not stand here"),
        }
    }

    fn assign(&self, name: &str, expression: &str) -> Done {
        self.scope.assign(name, expression).map_err(Jump::Event)
    }

    fn clear(&self, names: &str) -> Done {
        let mut names = names.split_whitespace();
        names.try_for_each(|name| self.scope.declare(Level::Dialog, name, None)).map_err(Jump::Event)
    }

    fn choose(&mut self, element: Node<'x, 'x>, reprompt: &mut bool) -> Done {
        let mut taken = self.scope.holds(element.attribute("cond").unwrap()).map_err(Jump::Event)?;
        let mut done = taken;
        for child in element.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "elseif" if !done => {
                    taken = self.scope.holds(child.attribute("cond").unwrap()).map_err(Jump::Event)?;
                    done = taken;
                }
                "else" if !done => taken = true,
                "elseif" | "else" => taken = false,
                _ if taken => self.element(child, reprompt)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn go(&mut self, element: Node<'x, 'x>) -> Done {
        let place = match (element.attribute("next"), element.attribute("expr")) {
            (Some(next), None) => next.to_owned(),
            (None, Some(expression)) => self.scope.text(expression).map_err(Jump::Event)?,
            _ => panic!("a goto has one of next and expr"),
        };
        match place.strip_prefix('#') {
            Some(form) => Err(Jump::Form(form.to_owned())),
            None => self.document_of(&Request::get(&place)),
        }
    }

    fn document_of(&mut self, request: &Request) -> Done {
        Err(self.gateway.fetch(request).map_or_else(Jump::Event, Jump::Document))
    }

    fn values(&self, element: Node<'x, 'x>) -> Result<Values, Jump> {
        let names = element.attribute("namelist").unwrap_or_default().split_whitespace();
        let value = |name: &str| Ok((name.to_owned(), self.scope.text(name).map_err(Jump::Event)?));
        names.map(value).collect()
    }

    /// Queues a prompt.
    pub fn queue(&mut self, prompt: Node<'x, 'x>) {
        for child in prompt.children() {
            let text = |node: Node<'_, '_>| node.text().unwrap_or_default().trim().to_owned();
            let said = match child.tag_name().name() {
                _ if child.is_text() => Said { source: None, text: text(child) },
                "audio" => Said { source: child.attribute("src").map(str::to_owned), text: text(child) },
                "break" => continue,
                other => panic!("{other} is not said"),
            };
            if !said.text.is_empty() {
                self.gateway.queue.push(said);
            }
        }
    }
}
