//! What a gateway makes of the keys a caller presses while a grammar is active.

use roxmltree::Node;

/// Stands in a caller's keys for waiting longer than the time between two keys.
pub const WAIT: char = '~';

/// What was understood.
#[derive(Debug, PartialEq, Eq)]
pub enum Understood {
    /// These keys.
    Match(Vec<char>),
    NoMatch,
    NoInput,
}

/// All inputs a grammar of alternatives accepts.
pub fn inputs(grammar: Node<'_, '_>) -> Vec<Vec<char>> {
    let root = grammar.attribute("root").unwrap();
    let rule = grammar.children().find(|rule| rule.attribute("id") == Some(root)).unwrap();
    let one_of = rule.children().find(Node::is_element).unwrap();
    assert_eq!(one_of.tag_name().name(), "one-of");
    let items = one_of.children().filter(Node::is_element);
    let keys = |item: Node<'_, '_>| {
        let tokens = item.text().unwrap().split_whitespace();
        tokens.map(|token| token.parse::<char>().expect("a key is a token of its own")).collect()
    };
    items.map(keys).collect()
}

/// Listens to keys; those after the input was understood are lost.
pub fn listen(inputs: &[Vec<char>], keys: &str, terminator: char) -> Understood {
    let mut pressed: Vec<char> = Vec::new();
    for key in keys.chars() {
        if key == WAIT || key == terminator {
            break;
        }
        pressed.push(key);
        let mut possible = inputs.iter().filter(|input| input.starts_with(&pressed)).peekable();
        if possible.peek().is_none() {
            return Understood::NoMatch;
        }
        if possible.all(|input| *input == pressed) {
            return Understood::Match(pressed);
        }
    }
    if pressed.is_empty() {
        return if keys.starts_with(terminator) { Understood::NoMatch } else { Understood::NoInput };
    }
    if inputs.contains(&pressed) { Understood::Match(pressed) } else { Understood::NoMatch }
}

#[test]
fn a_gateway_waits_for_a_second_key_only_where_there_may_be_one() {
    let nps: Vec<Vec<char>> = (0..=10).map(|n: u32| n.to_string().chars().collect()).collect();
    let check = |keys: &str| match listen(&nps, keys, '#') {
        Understood::Match(keys) => keys.into_iter().collect(),
        other => format!("{other:?}"),
    };
    let heard = ["7", "10", "1", "1#", "1~0", "", "#", "~", "*", "11", "100"].map(check);
    assert_eq!(
        heard,
        ["7", "10", "1", "1", "1", "NoInput", "NoMatch", "NoInput", "NoMatch", "NoMatch", "10"]
    );
}
