//! Whether a contact is surveyed, and why not.
