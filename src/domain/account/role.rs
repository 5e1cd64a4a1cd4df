//! Roles, and the rights that come with each.

use std::fmt;

use serde::Serialize;

/// What a person is to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks after the system and its users; may do everything.
    Admin,
    /// Owns surveys, and sees all results.
    Manager,
    /// Sees the results of the own teams.
    Supervisor,
    /// Sees results.
    Viewer,
}

/// What somebody may do. Every page and every route asks for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See figures and responses: a supervisor those of the own teams, others all.
    SeeResults,
    /// See figures of all teams at once, such as those of files that hold them.
    SeeAllTeams,
    /// Have reports sent by mail, of what one may see.
    SendReports,
    /// See customers' numbers whole.
    SeeNumbers,
    /// Write surveys, publish them, and say where they are asked.
    EditSurveys,
    /// Invite customers, see their messages, and say who wants none.
    Invite,
    /// Forget a customer.
    ForgetPeople,
    /// See how nodes and database are.
    SeeSystem,
    /// See, add and change users and API keys, and read the audit log.
    ManageUsers,
}

impl Role {
    /// All of them, the one that may do most first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Manager, Self::Supervisor, Self::Viewer];

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Supervisor => "supervisor",
            Self::Viewer => "viewer",
        }
    }

    /// The role of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// What it may do.
    pub fn rights(self) -> &'static [Right] {
        match self {
            Self::Admin => &[
                Right::SeeResults,
                Right::SeeAllTeams,
                Right::SendReports,
                Right::SeeNumbers,
                Right::EditSurveys,
                Right::Invite,
                Right::ForgetPeople,
                Right::SeeSystem,
                Right::ManageUsers,
            ],
            Self::Manager => &[
                Right::SeeResults,
                Right::SeeAllTeams,
                Right::SendReports,
                Right::SeeNumbers,
                Right::EditSurveys,
                Right::Invite,
                Right::ForgetPeople,
                Right::SeeSystem,
            ],
            Self::Supervisor => &[Right::SeeResults, Right::SendReports, Right::SeeNumbers],
            Self::Viewer => &[Right::SeeResults, Right::SeeAllTeams],
        }
    }

    /// Whether it sees the own teams only.
    pub fn sees_own_teams_only(self) -> bool {
        self == Self::Supervisor
    }

    /// Whether it may do this.
    pub fn may(self, right: Right) -> bool {
        self.rights().contains(&right)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_a_word_of_its_own_and_only_admins_manage_users() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(role.may(Right::ManageUsers), role == Role::Admin);
        }
        assert_eq!(Role::parse("Admin"), None);
    }

    #[test]
    fn a_supervisor_sees_the_own_teams_only_and_a_viewer_no_numbers_and_no_mail() {
        for role in Role::ALL {
            assert_eq!(role.sees_own_teams_only(), role == Role::Supervisor);
            assert!(role.may(Right::SeeResults));
            assert_eq!(role.may(Right::SeeAllTeams), !role.sees_own_teams_only());
            assert_eq!(role.may(Right::SeeNumbers), role != Role::Viewer);
            assert_eq!(role.may(Right::SendReports), role != Role::Viewer);
        }
    }
}
