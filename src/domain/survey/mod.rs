//! Surveys: the document people write, the validated graph that is asked, the flow through it, the scores.
