//! What a message says, with places for what is known only when it is sent.

use std::fmt;

/// What can stand in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The link to the customer's page.
    Link,
    /// The first question, in a dialogue of text messages.
    Question,
    /// The service's name.
    Service,
    /// The agent's name.
    Agent,
    /// The survey's name.
    Survey,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Link, Self::Question, Self::Service, Self::Agent, Self::Survey];

    /// The word between the brackets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Question => "question",
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Survey => "survey",
        }
    }
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// A place that there is not.
    #[error("there is no {{{0}}}: use {known}, or write {{{{ for a bracket", known = known())]
    Unknown(String),
    /// A bracket that is not closed.
    #[error("a bracket is opened and not closed: write {{{{ for a bracket")]
    Open,
}

fn known() -> String {
    Place::ALL.map(|place| format!("{{{}}}", place.as_str())).join(", ")
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

/// A message with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

/// What stands in the places.
pub struct Values<'a> {
    /// The link.
    pub link: &'a str,
    /// The question.
    pub question: &'a str,
    /// The service's name.
    pub service: &'a str,
    /// The agent's name; empty where it is not known.
    pub agent: &'a str,
    /// The survey's name.
    pub survey: &'a str,
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values(…)")
    }
}

impl Template {
    /// Reads a template: `{link}` is a place, `{{` and `}}` are brackets.
    pub fn parse(text: &str) -> Result<Self, TemplateFault> {
        let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = from.strip_prefix("{{") {
                plain.push('{');
                rest = after;
            } else if let Some(after) = from.strip_prefix("}}") {
                plain.push('}');
                rest = after;
            } else if let Some(after) = from.strip_prefix('}') {
                plain.push('}');
                rest = after;
            } else {
                let (word, after) = from[1..].split_once('}').ok_or(TemplateFault::Open)?;
                let place = Place::ALL.into_iter().find(|place| place.as_str() == word.trim());
                let place = place.ok_or_else(|| TemplateFault::Unknown(word.chars().take(40).collect()))?;
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
                pieces.push(Piece::Place(place));
                rest = after;
            }
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// Whether it has this place.
    pub fn has(&self, place: Place) -> bool {
        self.0.contains(&Piece::Place(place))
    }

    /// The message.
    pub fn render(&self, values: &Values<'_>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            text.push_str(match piece {
                Piece::Text(plain) => plain,
                Piece::Place(Place::Link) => values.link,
                Piece::Place(Place::Question) => values.question,
                Piece::Place(Place::Service) => values.service,
                Piece::Place(Place::Agent) => values.agent,
                Piece::Place(Place::Survey) => values.survey,
            });
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> = Values {
        link: "https://s.example/x",
        question: "1 to 5?",
        service: "Sales",
        agent: "",
        survey: "After",
    };

    fn render(text: &str) -> Result<String, TemplateFault> {
        Template::parse(text).map(|template| template.render(&VALUES))
    }

    #[test]
    fn places_are_filled_and_brackets_can_be_written() {
        assert_eq!(render("How was {service}? {link}").unwrap(), "How was Sales? https://s.example/x");
        assert_eq!(render("a {{link}} b").unwrap(), "a {link} b");
        assert_eq!(render("a } b").unwrap(), "a } b");
        assert_eq!(render("").unwrap(), "");
        assert!(Template::parse("{ link }").unwrap().has(Place::Link));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_there_is() {
        let fault = render("{name}").unwrap_err();
        assert_eq!(
            fault.to_string(),
            "there is no {name}: use {link}, {question}, {service}, {agent}, {survey}, or write {{ for a bracket"
        );
        assert_eq!(render("a {link"), Err(TemplateFault::Open));
    }
}
