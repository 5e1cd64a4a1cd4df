//! The variables of a document: scopes within each other, expressions in ECMAScript.

use rquickjs::context::EvalOptions;
use rquickjs::{Context, Runtime};
use serde_json::Value;

/// What an expression that cannot be evaluated throws.
const SEMANTIC: &str = "error.semantic";

/// Where a variable is declared.
#[derive(Debug, Clone, Copy)]
pub enum Level {
    Document,
    Dialog,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Dialog => "dialog",
        }
    }
}

/// The variables of one document.
pub struct Scope(Context);

impl Scope {
    pub fn new() -> Self {
        let scope = Self(Context::full(&Runtime::new().unwrap()).unwrap());
        scope.run("var document = {}, application = document, dialog = {};").unwrap();
        scope
    }

    /// Forgets the variables of the dialog before.
    pub fn enter_dialog(&self) {
        self.run("dialog = {};").unwrap();
    }

    /// The value of an expression; `None` is undefined.
    pub fn eval(&self, expression: &str) -> Result<Option<Value>, String> {
        let written = self.within(&format!("JSON.stringify({{v: ({expression})}})"))?;
        let value: Value = serde_json::from_str(&written).unwrap();
        Ok(value.get("v").cloned())
    }

    /// Whether a condition holds.
    pub fn holds(&self, condition: &str) -> Result<bool, String> {
        Ok(self.eval(&format!("!!({condition})"))? == Some(Value::Bool(true)))
    }

    /// The text of a variable or an expression.
    pub fn text(&self, expression: &str) -> Result<String, String> {
        self.within(&format!("String({expression})"))
    }

    pub fn declare(&self, level: Level, name: &str, expression: Option<&str>) -> Result<(), String> {
        let target = format!("{}[{}]", level.name(), Value::from(name));
        self.within(&format!("{target} = ({}); ''", expression.unwrap_or("undefined"))).map(drop)
    }

    /// Gives a variable that is declared another value.
    pub fn assign(&self, name: &str, expression: &str) -> Result<(), String> {
        let quoted = Value::from(name);
        if !self.holds(&format!("({quoted} in dialog) || ({quoted} in document)"))? {
            return Err(SEMANTIC.to_owned());
        }
        self.within(&format!("{name} = ({expression}); ''")).map(drop)
    }

    fn within(&self, code: &str) -> Result<String, String> {
        self.run(&format!("with (document) {{ with (dialog) {{ {code} }} }}"))
    }

    fn run(&self, code: &str) -> Result<String, String> {
        let mut options = EvalOptions::default();
        options.strict = false;
        self.0.with(|ctx| {
            let value: Result<Option<String>, _> = ctx
                .eval_with_options::<rquickjs::Value<'_>, _>(code, options)
                .map(|value| value.as_string().map(|text| text.to_string().unwrap()));
            // The exception has to be taken, or the next evaluation meets it.
            value.map(Option::unwrap_or_default).map_err(|_| {
                drop(ctx.catch());
                SEMANTIC.to_owned()
            })
        })
    }
}
