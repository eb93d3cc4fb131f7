"""Event Relay's assumptions about aipix."""

from .findings import Claim
from .report_text import Word

_BOTH = (
    Claim(name="created", text=Word("Create answers 200 or 201 with an `id`")),
    Claim(name="reaction", text=Word("A script may have no reaction")),
    Claim(name="users", text=Word("A script may have no users")),
    Claim(name="dates", text=Word("Dates without a zone are in UTC")),
)
_NOT_LOOKED_AT = (
    Claim(
        name="realms",
        text=Word("Tokens of one API are refused by the other"),
        unseen=Word("only one API is asked"),
    ),
    Claim(
        name="paths_of_errors",
        text=Word("A refused field is named by a dotted path"),
        unseen=Word("no request is sent that is known to be wrong"),
    ),
    Claim(
        name="lengths",
        text=Word("Titles may have 255 characters"),
        unseen=Word("only short ones are sent"),
    ),
)

CLIENT = (
    Claim(name="listed", text=Word("`GET scripts` lists the scripts")),
    Claim(name="events_key", text=Word("`static` has the events as `analytic_events`")),
    Claim(name="reactions_key", text=Word("`static` has the reactions as `reactions`")),
    *_BOTH,
    Claim(name="stored", text=Word("Title, event and timetable come back as sent")),
    Claim(name="enabled", text=Word("The status of an enabled script is `active`")),
    Claim(name="disabled", text=Word("The status of a disabled script is `inactive`")),
    Claim(name="every_day", text=Word("A timetable takes `same_every_day`")),
    Claim(name="weekdays", text=Word("A timetable takes `monday` to `sunday`")),
    Claim(name="breaks", text=Word("A day may have breaks")),
    Claim(
        name="kept", text=Word("PUT with all that was read leaves the rest as it was")
    ),
    Claim(name="ids", text=Word("A later script has a higher id")),
    Claim(
        name="lost",
        text=Word("A script whose reply was lost is found, and is there once"),
    ),
    Claim(name="mark", text=Word("A mark keeps its title, and has a start")),
    Claim(name="marks", text=Word("Marks are listed by time and type")),
    Claim(
        name="mark_lost",
        text=Word("A mark whose reply was lost is found, and is there once"),
    ),
    Claim(name="delete", text=Word("`DELETE scripts/{id}` removes a script")),
    Claim(
        name="delete_mark", text=Word("`DELETE cameras/{id}/marks/{id}` removes a mark")
    ),
    Claim(name="unknown", text=Word("A script that is gone is answered 404 with JSON")),
    *_NOT_LOOKED_AT,
)

ADMINISTRATOR = (
    *_BOTH,
    Claim(name="schedule", text=Word("A schedule with days 0 to 6 comes back as sent")),
    Claim(name="admin_list", text=Word("`GET scripts` is not there")),
    Claim(name="admin_show", text=Word("`GET scripts/{id}` is not there")),
    Claim(
        name="first_day",
        text=Word("Day 0 is Monday"),
        unseen=Word("only its own interface shows that"),
    ),
    Claim(
        name="zone",
        text=Word("In which zone a schedule is"),
        unseen=Word("only its own interface shows that"),
    ),
    *_NOT_LOOKED_AT,
)
