//! What the audit log tells of.

/// A thing that somebody did, as the audit log calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// Added a user.
    UserAdded,
    /// Made a one-time link by which a user sets a password.
    UserLinkMade,
    /// Set the own password, by a link or in place of the one before.
    PasswordSet,
    /// Locked a user out.
    UserLocked,
    /// Let a locked user in again.
    UserUnlocked,
    /// Gave a user another role.
    RoleChanged,
    /// Chose a language for the pages.
    LanguageChosen,
    /// Signed in.
    SignedIn,
    /// Signed out.
    SignedOut,
    /// Ended another own session.
    SessionEnded,
    /// Gave a supervisor other teams.
    TeamsChanged,
    /// Set up a second factor.
    SecondFactorAdded,
    /// Took a second factor away.
    SecondFactorRemoved,
    /// Tied a user to a person of a provider of single sign-on.
    IdentityBound,
    /// Untied a user from the person of a provider.
    IdentityForgotten,
    /// Made a survey.
    SurveyAdded,
    /// Began to change the draft of a survey.
    DraftChanged,
    /// Published a version of a survey.
    SurveyPublished,
    /// Made a survey the active one of a service.
    SurveyActivated,
    /// Paused what is active on a service.
    SurveyPaused,
    /// Resumed what is active on a service.
    SurveyResumed,
    /// Added a service.
    ServiceAdded,
    /// Made an API key.
    KeyAdded,
    /// Revoked an API key.
    KeyRevoked,
    /// Stored a prompt.
    PromptStored,
    /// Removed a prompt.
    PromptRemoved,
    /// Deleted what there was of a customer.
    CustomerDeleted,
    /// Made what there was of a customer anonymous.
    CustomerAnonymised,
    /// Took responses out of the system, as a file.
    ResponsesExported,
    /// Took a file of the folder of reports out of the system.
    ReportFileTaken,
    /// Has a report sent by mail from then on.
    ReportMailAdded,
    /// Changed a report that is sent by mail.
    ReportMailChanged,
    /// Has a report sent by mail no more.
    ReportMailRemoved,
    /// Was refused, after more wrong passwords than may be one's own mistakes.
    SignInRefused,
    /// Had a message sent again.
    MessageSentAgain,
    /// Took a message of which nobody knew as sent.
    MessageTaken,
    /// Noted that a number wants no messages.
    OptOutAdded,
    /// Noted that a number wants messages again.
    OptOutRemoved,
    /// Sent a message to try a route.
    RouteTried,
    /// Invited customers of a list.
    ListInvited,
}

impl AuditAction {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserAdded => "user_added",
            Self::UserLinkMade => "user_link_made",
            Self::PasswordSet => "password_set",
            Self::UserLocked => "user_locked",
            Self::UserUnlocked => "user_unlocked",
            Self::RoleChanged => "role_changed",
            Self::LanguageChosen => "language_chosen",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::TeamsChanged => "teams_changed",
            Self::SecondFactorAdded => "second_factor_added",
            Self::SecondFactorRemoved => "second_factor_removed",
            Self::IdentityBound => "identity_bound",
            Self::IdentityForgotten => "identity_forgotten",
            Self::SurveyAdded => "survey_added",
            Self::DraftChanged => "draft_changed",
            Self::SurveyPublished => "survey_published",
            Self::SurveyActivated => "survey_activated",
            Self::SurveyPaused => "survey_paused",
            Self::SurveyResumed => "survey_resumed",
            Self::ServiceAdded => "service_added",
            Self::KeyAdded => "key_added",
            Self::KeyRevoked => "key_revoked",
            Self::PromptStored => "prompt_stored",
            Self::PromptRemoved => "prompt_removed",
            Self::CustomerDeleted => "customer_deleted",
            Self::CustomerAnonymised => "customer_anonymised",
            Self::ResponsesExported => "responses_exported",
            Self::ReportFileTaken => "report_file_taken",
            Self::ReportMailAdded => "report_mail_added",
            Self::ReportMailChanged => "report_mail_changed",
            Self::ReportMailRemoved => "report_mail_removed",
            Self::MessageSentAgain => "message_sent_again",
            Self::MessageTaken => "message_taken",
            Self::OptOutAdded => "opt_out_added",
            Self::OptOutRemoved => "opt_out_removed",
            Self::RouteTried => "route_tried",
            Self::ListInvited => "list_invited",
            Self::SignInRefused => "sign_in_refused",
        }
    }
}
