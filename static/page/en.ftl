# What the customer's page says around a survey's own words.

page-languages = Language
page-questions = { $count ->
    [one] One question
   *[other] At most { $count } questions
}
page-progress = Question { $at } of at most { $most }
page-progress-last = Last question
page-start = Start
page-decline = No, thank you
page-next = Next
page-finish = Send
page-skip = Skip this question
page-optional = You may skip this question.
page-back = Back
page-go-on = Go on
page-yes = Yes
page-no = No
page-your-answer = Your answer
page-no-answer = not answered
page-end = { $value }: { $meaning }
page-at-most-letters = At most { $count } characters
page-error = Not sent yet
page-choose = Please choose an answer, then go on.
page-write = Please write an answer, then go on.
page-too-long = Your answer has { $got } characters. Please shorten it to { $most }.
page-not-an-answer = This answer cannot be taken. Please choose again.
page-strange-characters = Your answer has characters that cannot be stored. Please write it again.
page-not-stored = Your answer could not be stored just now. Please send it once more.
page-not-sent-yet = This could not be sent yet. It is tried again by itself.
page-kept = This question was answered already, and that answer is kept. Here you are now.
page-moved = The survey has gone on meanwhile. Here you are now.
page-read-only = Later questions were answered already, so this answer stays as it is.
page-thanks = Thank you
page-close = You can close this page now.
page-used = You have answered this survey already
page-declined = Thank you all the same
page-declined-text = You will not be asked about this again.
page-over = The time for this survey is over
page-over-text = Answers are not taken any more. Thank you for your interest.
page-unknown = There is no survey here
page-unknown-text = Please look whether the whole link was opened: it may have been cut off.
page-busy = One moment, please
page-busy-text = Too many pages were asked for at once. Please try again in a few seconds.
page-away = One moment, please
page-away-text = The survey cannot be shown just now. What you have answered is kept; please try again in a moment.
page-again = Try again
