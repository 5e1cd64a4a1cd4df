# What the pages before the portal say: sign-in, the link by which a password is set, and what went wrong.

languages = Language
sign-in = Sign in
user-name = User name
password = Password
no-password = No password, or forgotten? An administrator can send you a link to set one.
wrong-password = The user name or the password is wrong.
locked = This account is locked. An administrator can unlock it.
too-many = { $seconds ->
    [one] Too many wrong passwords. Wait one second, then try again.
   *[other] Too many wrong passwords. Wait { $seconds } seconds, then try again.
}
out-of-date = This page was open for too long. Please try again.
database-away = The database does not answer. Callers are still served; try to sign in again in a moment.
fault = Something went wrong in the server. Its log tells what; please try again.
password-set = Your password is set. Sign in with it now.
set-password = Set password
set-password-for = For the account { $name }.
new-password = New password
password-rule = At least 12 characters; four words that do not belong together are a good one.
repeat-password = The same once more
password-short = The password is too short: take at least 12 characters.
password-long = The password is too long: take at most 128 characters.
password-guessable = This password is easy to guess: a common one, a pattern, or made of your own name. Take four words that do not belong together.
passwords-differ = The two passwords are not the same.
link-over = This link does not work any more
link-over-text = It was used already, or its time is over. Ask an administrator for a new one.
nothing-here = There is no such page
nothing-here-text = The address may be misspelt, or the page was moved.
to-portal = Go to the portal
code = Code of your app, if you have set one up
wrong-code = The password is right, but the code is missing or wrong. Enter the one that your app shows now; each is good once.
single-sign-on = Single sign-on
or-by-password = or by password
sso-expired = Signing in took too long, or was begun in another browser. Please try again.
sso-cancelled = You did not sign in at the provider. Try again, or sign in by password.
sso-away = The provider of single sign-on does not answer. Try again in a moment, or sign in by password.
sso-refused = Single sign-on did not work. Try again; if it stays so, an administrator finds the reason in the server's log.
sso-no-account = There is no account for you here yet. An administrator can add you.
sso-no-name = Single sign-on did not tell who you are here. An administrator finds the reason in the server's log.
sso-no-role = You have signed in, but nobody has given you a role here. An administrator can tell you whom to ask.
sso-taken = The account with your user name belongs to somebody else of the provider. An administrator can set this right.
