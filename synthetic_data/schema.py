"""The tables of a world as data: columns, types, meaning, limits.

`datapackage.json`, the reader's types and the data dictionary are all made from here.
"""

from dataclasses import dataclass, field

import pandas as pd

PLATFORM = ["Tikkeron", "Ombrisol", "Convivara", "Susurrel"]
TIER = ["public", "registered", "friends", "private"]
VERSION = "0.1.0"


@dataclass(frozen=True)
class Column:
    """One column. `missing`: may the value be absent?

    `kind`: text, whole, flag, time (UTC) or degree (of longitude or latitude, five decimals).
    """

    name: str
    kind: str
    description: str
    missing: bool = False
    enum: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """One table: its file name without ending, its columns, the key and where keys point."""

    name: str
    description: str
    key: str
    columns: list[Column]
    links: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Column names in file order."""
        return [column.name for column in self.columns]


DTYPES = {
    "text": "str",
    "whole": "int64",
    "flag": "bool",
    "time": "datetime64[us, UTC]",
    "degree": "float64",
}

TABLES = [
    Table(
        "accounts",
        "Accounts of the four invented platforms. An account is a claim, not a person.",
        "account_id",
        [
            Column("account_id", "text", "Stable, opaque id of the account"),
            Column("platform", "text", "Invented platform", enum=PLATFORM),
            Column("handle", "text", "Name after the @, unique"),
            Column("display_name", "text", "Name shown on the page"),
            Column("bio", "text", "Self-description; empty when there is none"),
            Column("language", "text", "Language of the account", enum=["en", "es"]),
            Column("created", "time", "When the account was opened (UTC)"),
            Column("visibility", "text", "Tier of what the account posts now", enum=TIER),
            Column("district", "text", "District of Puerto Claro that the account states"),
            Column("synthetic", "flag", "Always true: nothing here is about a real person"),
        ],
    ),
    Table(
        "posts",
        "Posts of the collection period, in order of time.",
        "post_id",
        [
            Column("post_id", "text", "Stable, opaque id of the post"),
            Column("account_id", "text", "Who posted"),
            Column("platform", "text", "Platform of the account", enum=PLATFORM),
            Column("time", "time", "When it was posted (UTC)"),
            Column("tier", "text", "Who could see it when it was posted", enum=TIER),
            Column("text", "text", "Text, at most 280 characters"),
            Column("language", "text", "Language of the text", enum=["en", "es"]),
            Column("hashtags", "text", "Hashtags, separated by spaces; empty when there is none"),
            Column("reply_to", "text", "Post that is answered", missing=True),
            Column("repost_of", "text", "Post that is repeated", missing=True),
            Column("likes", "whole", "Number of likes (count)"),
        ],
        {
            "account_id": ("accounts", "account_id"),
            "reply_to": ("posts", "post_id"),
            "repost_of": ("posts", "post_id"),
        },
    ),
    Table(
        "ties",
        "Log of ties, in order of time. Each row says what one account did towards another.",
        "tie_id",
        [
            Column("tie_id", "text", "Id of the tie"),
            Column("time", "time", "When it came about (UTC)"),
            Column(
                "kind", "text", "Kind of tie", enum=["follow", "mention", "reply", "repost", "join"]
            ),
            Column("source", "text", "Account that acted"),
            Column("target", "text", "Account it concerns; the group for kind join"),
            Column("post_id", "text", "Post that carries the tie", missing=True),
        ],
        {"source": ("accounts", "account_id"), "post_id": ("posts", "post_id")},
    ),
    Table(
        "groups",
        "Groups and closed chats.",
        "group_id",
        [
            Column("group_id", "text", "Stable, opaque id of the group"),
            Column("platform", "text", "Invented platform", enum=PLATFORM),
            Column("name", "text", "Name of the group"),
            Column(
                "admission",
                "text",
                "Closed: somebody decides who comes in",
                enum=["open", "closed"],
            ),
            Column("members", "whole", "Number of members that its page shows (count)"),
        ],
    ),
    Table(
        "scope",
        "Accounts that the collection authority of the case names.",
        "account_id",
        [
            Column("account_id", "text", "Account in scope"),
            Column("reason", "text", "Why the authority names it"),
        ],
        {"account_id": ("accounts", "account_id")},
    ),
    Table(
        "subjects",
        "Accounts that the tasking names.",
        "account_id",
        [
            Column("account_id", "text", "Account under enquiry"),
            Column("reason", "text", "Why the tasking names it"),
        ],
        {"account_id": ("accounts", "account_id")},
    ),
    Table(
        "situations",
        "Short situation cards for sorting by tier and conduct.",
        "card_id",
        [
            Column("card_id", "text", "Id of the card"),
            Column("text", "text", "The situation"),
        ],
    ),
]

TRUTH = [
    Table(
        "people",
        "Who is who. Sealed: learners do not get this table.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("population", "text", "Population: HL, BO, PR, JO, VI, AM, IM, CA, AU, BG"),
            Column("role", "text", "Role in the population"),
            Column("cell", "text", "Cell of the organised group", missing=True),
        ],
    ),
    Table(
        "facts",
        "What was planted, where it shows, and from which day.",
        "fact_id",
        [
            Column("fact_id", "text", "Id of the fact"),
            Column("statement", "text", "The fact"),
            Column("population", "text", "Population it is about"),
            Column("lowest_tier", "text", "Most open tier at which all of it shows", enum=TIER),
            Column("first_day", "whole", "Day of the period (1 …) on which all of it shows"),
            Column("table", "text", "Table that holds the rows"),
            Column("rows", "text", "Ids of the rows, separated by spaces"),
        ],
    ),
    Table(
        "situations",
        "Classes of the situation cards.",
        "card_id",
        [
            Column("card_id", "text", "Id of the card"),
            Column("tier", "text", "Access tier"),
            Column("conduct", "text", "Conduct"),
            Column("class_once", "text", "Class of a single look"),
            Column("class_repeated", "text", "Class when repeated"),
            Column("changes", "flag", "Does repetition change the class?"),
            Column("private_information", "flag", "Is private information involved?"),
        ],
    ),
]


# Tables that only some worlds have, because their scenario asks for them.
_POST = {"post_id": ("posts", "post_id")}
_ACCOUNT = {"account_id": ("accounts", "account_id")}
_USES = ["display", "recruitment", "intimidation", "targeting", "propaganda", "fraud"]
EXTRAS = [
    Table(
        "places",
        "Places of Puerto Claro, the same in every world.",
        "place_id",
        [
            Column("place_id", "text", "Stable id of the place"),
            Column("district", "text", "District it lies in"),
            Column("kind", "text", "Kind of place, such as quay or café"),
            Column("name", "text", "Name of the place"),
            Column("lon", "degree", "Longitude (degrees east, so negative)"),
            Column("lat", "degree", "Latitude (degrees north)"),
        ],
    ),
    Table(
        "devices",
        "Devices that a platform saw with an account. The platform alone knows: tier private.",
        "sighting_id",
        [
            Column("sighting_id", "text", "Id of the row"),
            Column("account_id", "text", "Account that was used"),
            Column("device_id", "text", "Device that used it"),
            Column("model", "text", "Invented model of the device"),
            Column("phone", "text", "Number given for recovery", missing=True),
            Column("hours", "text", "Activity by hour of the day (UTC): 24 digits, 9 is most"),
            Column("first_seen", "time", "First use in the records (UTC)"),
            Column("tier", "text", "Who can see this row", enum=["private"]),
        ],
        _ACCOUNT,
    ),
    Table(
        "locations",
        "What posts say about where they come from. A post may say it in several ways.",
        "location_id",
        [
            Column("location_id", "text", "Id of the row"),
            Column("post_id", "text", "Post that carries it"),
            Column(
                "kind",
                "text",
                "Coordinates of the device, a place tag, the district of the profile, or a place "
                "named in the text",
                enum=["coordinates", "place_tag", "profile", "mention"],
            ),
            Column("lon", "degree", "Longitude (degrees east, so negative)"),
            Column("lat", "degree", "Latitude (degrees north)"),
            Column("place_id", "text", "Place of a place tag", missing=True),
            Column("precision", "whole", "Radius within which the place lies (metres)"),
        ],
        _POST | {"place_id": ("places", "place_id")},
    ),
    Table(
        "media",
        "Records of pictures in posts: hashes and fields, no picture.",
        "media_id",
        [
            Column("media_id", "text", "Id of the record"),
            Column("post_id", "text", "Post that shows the picture"),
            Column("sha256", "text", "SHA-256 of the file: 64 hexadecimal digits"),
            Column("phash", "text", "Perceptual hash: 64 bits as 16 hexadecimal digits"),
            Column("subject", "text", "What the platform's own label says it shows"),
            Column("taken", "time", "When it was taken; time of upload where that was stripped"),
            Column("camera", "text", "Invented camera model", missing=True),
            Column("width", "whole", "Width (pixels)"),
            Column("height", "whole", "Height (pixels)"),
        ],
        _POST,
    ),
    Table(
        "stock_pictures",
        "Records of pictures that stock sites offer.",
        "picture_id",
        [
            Column("picture_id", "text", "Id of the record"),
            Column("sha256", "text", "SHA-256 of the file: 64 hexadecimal digits"),
            Column("phash", "text", "Perceptual hash: 64 bits as 16 hexadecimal digits"),
            Column("subject", "text", "What it shows"),
            Column("published", "time", "When the site first offered it (UTC)"),
            Column("site", "text", "Invented site"),
        ],
    ),
    Table(
        "claims",
        "Claims that went round in one night.",
        "claim_id",
        [Column("claim_id", "text", "Id of the claim"), Column("text", "text", "The claim")],
    ),
    Table(
        "records",
        "What is known of earlier reports of some accounts.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("checked", "whole", "Earlier reports that were checked (count)"),
            Column("right", "whole", "Those that were right (count)"),
        ],
        _ACCOUNT,
    ),
    Table(
        "incidents",
        "Log of incidents of the port police.",
        "incident_id",
        [
            Column("incident_id", "text", "Id of the incident"),
            Column("time", "time", "When it happened (UTC)"),
            Column("reported", "time", "When the public was told (UTC)"),
            Column("place_id", "text", "Where it happened"),
            Column("kind", "text", "What happened"),
        ],
        {"place_id": ("places", "place_id")},
    ),
    Table(
        "market_vendors",
        "Vendors of two invented dark markets. A vendor page is a claim, not a person.",
        "vendor_id",
        [
            Column("vendor_id", "text", "Id of the vendor at this market"),
            Column("market", "text", "Invented market"),
            Column("name", "text", "Name on the page"),
            Column("key", "text", "Fingerprint of the key: 16 hexadecimal digits"),
            Column("wallet_id", "text", "Wallet that is paid"),
            Column("joined", "time", "First day in the records (UTC)"),
        ],
        {"wallet_id": ("market_wallets", "wallet_id")},
    ),
    Table(
        "market_listings",
        "What vendors offer: invented lines at invented prices.",
        "listing_id",
        [
            Column("listing_id", "text", "Id of the listing"),
            Column("vendor_id", "text", "Who offers"),
            Column("line", "text", "Invented product line"),
            Column("title", "text", "What the offer is called"),
            Column("price", "whole", "Usual price (lumen, an invented unit)"),
        ],
        {"vendor_id": ("market_vendors", "vendor_id")},
    ),
    Table(
        "market_orders",
        "Orders, in order of time, from the seized records.",
        "order_id",
        [
            Column("order_id", "text", "Id of the order"),
            Column("listing_id", "text", "What was ordered"),
            Column("wallet_id", "text", "Wallet that paid"),
            Column("time", "time", "When it was ordered (UTC)"),
            Column("price", "whole", "Price paid (lumen, an invented unit)"),
        ],
        {
            "listing_id": ("market_listings", "listing_id"),
            "wallet_id": ("market_wallets", "wallet_id"),
        },
    ),
    Table(
        "market_feedback",
        "What buyers wrote, in order of time. Not every order gets feedback.",
        "feedback_id",
        [
            Column("feedback_id", "text", "Id of the feedback"),
            Column("order_id", "text", "The order"),
            Column("time", "time", "When it was written (UTC)"),
            Column("stars", "whole", "Stars, 1 to 5 (count)"),
            Column("text", "text", "A few words"),
        ],
        {"order_id": ("market_orders", "order_id")},
    ),
    Table(
        "market_wallets",
        "Wallets that paid or were paid.",
        "wallet_id",
        [
            Column("wallet_id", "text", "Id of the wallet"),
            Column("kind", "text", "Whose it is", enum=["buyer", "vendor"]),
            Column("first_seen", "time", "First use in the records (UTC)"),
        ],
    ),
    Table(
        "market_users",
        "Users and orders per market and day.",
        "row_id",
        [
            Column("row_id", "text", "Id of the row"),
            Column("market", "text", "Invented market"),
            Column("time", "time", "Day (its midnight, UTC)"),
            Column("new_users", "whole", "Users who joined on the day (count)"),
            Column("total_users", "whole", "All users at the end of the day (count)"),
            Column("orders", "whole", "Orders of the day (count)"),
        ],
    ),
    Table(
        "market_notices",
        "Notices about markets and lines.",
        "notice_id",
        [
            Column("notice_id", "text", "Id of the notice"),
            Column("time", "time", "When it was published (UTC)"),
            Column("market", "text", "Invented market"),
            Column("line", "text", "Line it is about", missing=True),
            Column(
                "kind",
                "text",
                "What it says",
                enum=["market closed", "health warning", "price notice"],
            ),
        ],
    ),
    Table(
        "export",
        "An export that four tools wrote, each in its own way. It holds copies.",
        "row_id",
        [
            Column("row_id", "text", "Id of the row"),
            Column(
                "tool",
                "text",
                "Tool that wrote the row",
                enum=["harvester", "relay", "ledger", "desk"],
            ),
            Column("platform", "text", "Platform, as the tool writes it"),
            Column("handle", "text", "Handle, as the tool writes it"),
            Column("time_text", "text", "When it was posted, as the tool writes it"),
            Column(
                "language_label", "text", "Language, as the tool names it; may be an empty text"
            ),
            Column("text", "text", "The post"),
        ],
    ),
    Table(
        "candidates",
        "Accounts among which the authority allows a search for double accounts.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("reason", "text", "Why it is named"),
        ],
        _ACCOUNT,
    ),
    Table(
        "hard_pairs",
        "Pairs of accounts of which nobody is sure.",
        "pair_id",
        [
            Column("pair_id", "text", "Id of the pair"),
            Column("first", "text", "One account"),
            Column("second", "text", "The other account"),
        ],
        {"first": ("accounts", "account_id"), "second": ("accounts", "account_id")},
    ),
    Table(
        "known_pairs",
        "Pairs of accounts of closed cases, of which the end is known.",
        "known_id",
        [
            Column("known_id", "text", "Id of the pair"),
            Column("typing", "flag", "Did the two share a habit of typing?"),
            Column("timing", "flag", "Did they write within the same minutes, again and again?"),
            Column("name", "flag", "Were the letters of their handles the same?"),
            Column("same_hand", "flag", "Did one person run both?"),
        ],
    ),
    Table(
        "filter_scores",
        "What a filter gave the pseudonyms of a closed case. A score of 700 or more is a flag.",
        "subject_id",
        [
            Column("subject_id", "text", "Pseudonym; stands for no account of this world"),
            Column("score", "whole", "Score, 0 to 999"),
            Column("bounded", "flag", "Is it in the small set that was named on other grounds?"),
            Column("offender", "flag", "What the closed case found in the end"),
        ],
    ),
    Table(
        "requirements",
        "Questions that lie on the tasking desk. Not each of them can be answered.",
        "requirement_id",
        [
            Column("requirement_id", "text", "Id of the question"),
            Column("text", "text", "The question as it came in"),
            Column("use", "text", "What the asker would do with an answer"),
            Column("wanted_by", "time", "Day of the decision (its midnight, UTC)"),
            Column("ground", "text", "Ground on which it may be pursued; may be an empty text"),
            Column("offence", "text", "Offence that it concerns; may be an empty text"),
            Column("seriousness", "whole", "Seriousness of the offence, 1 to 5; 0 without one"),
        ],
    ),
    Table(
        "indicators",
        "What one could see that would speak for an answer, and how much of it an answer needs.",
        "indicator_id",
        [
            Column("indicator_id", "text", "Id of the indicator"),
            Column("text", "text", "What is seen"),
            Column("enough", "whole", "Items that an answer needs (count)"),
        ],
    ),
    Table(
        "sources",
        "Sources of a draft collection plan, with what they bring and what they cost.",
        "source_id",
        [
            Column("source_id", "text", "Id of the source"),
            Column("name", "text", "What would be read"),
            Column("tier", "text", "Who can see it", enum=TIER),
            Column("indicator_id", "text", "The indicator that it shows"),
            Column("items", "whole", "Items expected until the stop date (count)"),
            Column("work", "text", "Kind of work"),
            Column("units_a_day", "whole", "Units of work on each day (count)"),
            Column("days", "whole", "Days on which the work is done (count)"),
            Column("people", "whole", "Accounts of people whom it touches (count)"),
            Column(
                "content",
                "text",
                "Kind of content",
                enum=["ordinary", "location", "special"],
            ),
            Column("person", "text", "Whom it touches", enum=["subject", "associate", "bystander"]),
            Column("asked", "whole", "Earlier questions put to sources like this one (count)"),
            Column("answered", "whole", "Those of them that were answered in time (count)"),
        ],
        {
            "indicator_id": ("indicators", "indicator_id"),
            "work": ("rate_card", "work"),
        },
    ),
    Table(
        "rate_card",
        "How long work takes.",
        "work",
        [
            Column("work", "text", "Kind of work"),
            Column("unit", "text", "Unit of the work"),
            Column("minutes", "whole", "Time for one unit (minutes)"),
        ],
    ),
    Table(
        "reports",
        "Older reports in the repository of the desk, in order of time.",
        "report_id",
        [
            Column("report_id", "text", "Id of the report"),
            Column("time", "time", "When it was handed over (UTC)"),
            Column("title", "text", "Title"),
            Column("text", "text", "The finding"),
        ],
    ),
    Table(
        "timetable",
        "Timetable of the ferries, open to everybody.",
        "departure_id",
        [
            Column("departure_id", "text", "Id of the departure"),
            Column("origin", "text", "Quay"),
            Column("destination", "text", "Invented island"),
            Column("days", "text", "Days of the week"),
            Column("leaves", "text", "Hour and minute (local time)"),
        ],
    ),
    Table(
        "cycle_steps",
        "Steps of one piece of work, mixed.",
        "step_id",
        [
            Column("step_id", "text", "Id of the step"),
            Column("text", "text", "What is done"),
        ],
    ),
    Table(
        "feedback",
        "What a reader says about a report.",
        "feedback_id",
        [
            Column("feedback_id", "text", "Id of the note"),
            Column("text", "text", "What the reader says"),
        ],
    ),
    Table(
        "firms",
        "Six invented firms that people write about.",
        "firm_id",
        [
            Column("firm_id", "text", "Id of the firm"),
            Column("name", "text", "Invented name"),
            Column("trade", "text", "What it does"),
        ],
    ),
    Table(
        "firm_posts",
        "Posts about the firms, under pseudonyms, in order of time.",
        "post_id",
        [
            Column("post_id", "text", "Id of the post"),
            Column("writer", "text", "Pseudonym of the account"),
            Column("firm_id", "text", "Firm that the post is about"),
            Column("time", "time", "When it was posted (UTC)"),
            Column("tier", "text", "Who could see it", enum=TIER),
            Column("language", "text", "Language of the post", enum=["en", "es"]),
            Column("text", "text", "The post"),
        ],
        {"firm_id": ("firms", "firm_id")},
    ),
    Table(
        "lexicon",
        "Words with a score: how friendly or hostile they usually are.",
        "entry_id",
        [
            Column("entry_id", "text", "Id of the entry"),
            Column("word", "text", "The word, in lower case"),
            Column("language", "text", "Its language", enum=["en", "es"]),
            Column("score", "whole", "From -3, hostile, to 3, friendly"),
        ],
    ),
    Table(
        "hostile_cards",
        "Posts about firms that look hostile, or speak of trouble.",
        "post_id",
        [Column("post_id", "text", "The post")],
        {"post_id": ("firm_posts", "post_id")},
    ),
    Table(
        "past_weeks",
        "Sixty earlier weeks of one firm each.",
        "week_id",
        [
            Column("week_id", "text", "Id of the week"),
            Column("angry", "flag", "Were people angry with the firm?"),
            Column("attacked", "flag", "Was the firm attacked within the seven days after?"),
        ],
    ),
    Table(
        "use_cards",
        "Posts to code by what they are for; Spanish ones are translated.",
        "card_id",
        [Column("card_id", "text", "Id of the card"), Column("text", "text", "The post")],
    ),
    Table(
        "second_codes",
        "What a second coder made of the same posts.",
        "card_id",
        [
            Column("card_id", "text", "The card"),
            Column("use", "text", "What the post is for, in the coder's eyes", enum=_USES),
        ],
        {"card_id": ("use_cards", "card_id")},
    ),
    Table(
        "past_codes",
        "What two colleagues made of sixty older posts.",
        "past_id",
        [
            Column("past_id", "text", "Id of the older post"),
            Column("first", "text", "What the first colleague said", enum=_USES),
            Column("second", "text", "What the second colleague said", enum=_USES),
        ],
    ),
    Table(
        "shown_lines",
        "Lines of private chats that young people themselves showed to a counsellor, shortened.",
        "line_id",
        [
            Column("line_id", "text", "Id of the line"),
            Column("account_id", "text", "Account that wrote it"),
            Column("time", "time", "When (UTC)"),
            Column("text", "text", "The line; Spanish ones are translated"),
        ],
        _ACCOUNT,
    ),
    Table(
        "boast_cards",
        "Ten posts that boast of a deed.",
        "boast_id",
        [Column("boast_id", "text", "Id of the boast"), Column("post_id", "text", "The post")],
        {"post_id": ("posts", "post_id")},
    ),
    Table(
        "case_review",
        "What became of accounts of a closed case.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column(
                "outcome",
                "text",
                "What was found in the end",
                enum=["member", "no offence found"],
            ),
        ],
        _ACCOUNT,
    ),
    Table(
        "watched",
        "Five accounts whose hours the authority allows to look at.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("reason", "text", "Why it is named"),
        ],
        _ACCOUNT,
    ),
    Table(
        "signs",
        "Signs of life (posts, likes, replies) of the watched accounts, in order of time.",
        "event_id",
        [
            Column("event_id", "text", "Id of the event"),
            Column("account_id", "text", "The account"),
            Column("time", "time", "When (UTC)"),
        ],
        _ACCOUNT,
    ),
    Table(
        "clock_changes",
        "When the clocks of Meridia change.",
        "change_id",
        [
            Column("change_id", "text", "Id of the change"),
            Column("time", "time", "When (UTC)"),
            Column("hours_before", "whole", "Clock minus UTC before (hours)"),
            Column("hours_after", "whole", "Clock minus UTC after (hours)"),
        ],
    ),
    Table(
        "tag_counts",
        "Posts with one tag, hour by hour, from weeks before the period to its end.",
        "row_id",
        [
            Column("row_id", "text", "Id of the row"),
            Column("tag", "text", "The tag"),
            Column("time", "time", "Begin of the hour (UTC)"),
            Column("posts", "whole", "Posts with the tag in the hour (count)"),
        ],
    ),
    Table(
        "calendar",
        "Public calendar of Puerto Claro.",
        "entry_id",
        [
            Column("entry_id", "text", "Id of the entry"),
            Column("time", "time", "Begin (UTC)"),
            Column("kind", "text", "What it is", enum=["concert", "council", "football", "market"]),
            Column("title", "text", "Title"),
        ],
    ),
    Table(
        "log",
        "Log of the port police for one night.",
        "log_id",
        [
            Column("log_id", "text", "Id of the line"),
            Column("time", "time", "When it happened (UTC)"),
            Column("text", "text", "What happened"),
        ],
    ),
    Table(
        "evenings",
        "Ten evenings after the period for which a forecast is asked.",
        "evening_id",
        [
            Column("evening_id", "text", "Id of the evening"),
            Column("time", "time", "When the forecast must be there (UTC)"),
            Column(
                "percent_of_baseline",
                "whole",
                "Posts with the tag since noon, in per cent of an ordinary such day",
            ),
            Column(
                "in_calendar", "flag", "Does the public calendar have an event for the evening?"
            ),
        ],
    ),
    Table(
        "past_evenings",
        "Sixty evenings of last year.",
        "past_id",
        [
            Column("past_id", "text", "Id of the evening"),
            Column(
                "percent_of_baseline",
                "whole",
                "Posts with the tag since noon, in per cent of an ordinary such day",
            ),
            Column("in_calendar", "flag", "Did the public calendar have an event?"),
            Column("unrest", "flag", "Was there unrest?"),
        ],
    ),
    Table(
        "collections",
        "Which ties of the subjects each of three collections has.",
        "row_id",
        [
            Column("row_id", "text", "Id of the row"),
            Column(
                "collection", "text", "Which collection", enum=["tip", "second start", "platform"]
            ),
            Column("tie_id", "text", "The tie"),
            Column("wave", "whole", "1: touches the start; 2: found from there; 0: no start"),
        ],
        {"tie_id": ("ties", "tie_id")},
    ),
    Table(
        "register",
        "Accounts about which another unit must be asked first.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("note", "text", "What to do"),
        ],
        _ACCOUNT,
    ),
    Table(
        "silent_links",
        "Links between cells that fell silent at the end of the period.",
        "link_id",
        [
            Column("link_id", "text", "Id of the link"),
            Column("first", "text", "One account"),
            Column("second", "text", "The other account"),
            Column("shared_contacts", "whole", "Contacts that both have (count)"),
            Column("messages_before", "whole", "Messages in the weeks before (count)"),
        ],
        {"first": ("accounts", "account_id"), "second": ("accounts", "account_id")},
    ),
    Table(
        "past_links",
        "Links of closed cases that fell silent.",
        "past_id",
        [
            Column("past_id", "text", "Id of the link"),
            Column("shared_contacts", "whole", "Contacts that both had (count)"),
            Column("messages_before", "whole", "Messages in the weeks before (count)"),
            Column("grew_again", "flag", "Was there talk again in the month after?"),
        ],
    ),
    Table(
        "captures",
        "Captures of pages in the evidence bag of the unit, as they were filed.",
        "capture_id",
        [
            Column("capture_id", "text", "Id of the capture"),
            Column("account_id", "text", "Account whose page was captured"),
            Column("machine", "text", "Computer that captured it"),
            Column("clock", "text", "What the clock of that computer showed"),
            Column("zone", "text", "Time zone that the clock was set to", enum=["Meridia", "UTC"]),
            Column("page", "text", "Content of the page file: lines of the form field: value"),
            Column("page_sha256", "text", "SHA-256 of the page file that was noted then"),
            Column("metadata", "text", "Content of the metadata file"),
            Column("metadata_sha256", "text", "SHA-256 of the metadata file that was noted then"),
        ],
        _ACCOUNT,
    ),
    Table(
        "custody_log",
        "Log of the evidence bag, line by line. Each line holds the hash of the one before it.",
        "sha256",
        [
            Column("line", "whole", "Number of the line (1 …)"),
            Column("happened", "text", "When it happened (UTC), as the line says it"),
            Column("who", "text", "Who did it"),
            Column("action", "text", "What was done", enum=["filed", "copied", "handed over"]),
            Column("item", "text", "To which capture"),
            Column("note", "text", "More about it"),
            Column("previous", "text", "SHA-256 of the line before, or 64 zeros"),
            Column("sha256", "text", "SHA-256 of the line as canonical JSON, without this field"),
        ],
    ),
    Table(
        "clock_checks",
        "The clocks of the computers, compared with a time service.",
        "check_id",
        [
            Column("check_id", "text", "Id of the check"),
            Column("machine", "text", "Computer that was checked"),
            Column("time", "time", "Time of the time service (UTC)"),
            Column("clock", "text", "What the clock of the computer showed"),
        ],
    ),
    Table(
        "statements",
        "Statements about the evidence bag.",
        "statement_id",
        [
            Column("statement_id", "text", "Id of the statement"),
            Column("text", "text", "The statement"),
        ],
    ),
    Table(
        "holdings",
        "What the unit holds: evidentiary and working copies, and why it keeps them.",
        "item_id",
        [
            Column("item_id", "text", "Id of the copy"),
            Column("capture_id", "text", "Capture that it is a copy of"),
            Column("copy", "text", "Kind of copy", enum=["evidence", "working"]),
            Column("shows", "text", "Whom it shows", enum=["subject", "bystander", "nobody"]),
            Column("content", "text", "What it holds", enum=["ordinary", "health"]),
            Column("reason", "text", "Why it is kept: a question of the tasking, or other words"),
            Column("hold", "text", "Who forbids that it is deleted", missing=True),
        ],
        {"capture_id": ("captures", "capture_id")},
    ),
    Table(
        "pages",
        "Some pages as a visitor sees them on the last day.",
        "account_id",
        [
            Column("account_id", "text", "Account whose page it is"),
            Column("address", "text", "Invented web address"),
            Column("page", "text", "Content: lines of the form field: value"),
        ],
        _ACCOUNT,
    ),
    Table(
        "homes",
        "Where the holders of accounts live, from the residents' register. Accounts of one person "
        "have one home. Nobody outside can see this: tier private.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("district", "text", "District of Puerto Claro"),
            Column("street", "text", "Street of the city map; there is no house number"),
            Column("lon", "degree", "Longitude of the middle of a cell of 500 metres"),
            Column("lat", "degree", "Latitude of the middle of a cell of 500 metres"),
            Column("tier", "text", "Who can see this row", enum=["private"]),
        ],
        _ACCOUNT,
    ),
    Table(
        "location_settings",
        "Whether the app may use the location of the device. Only the provider knows: tier "
        "private. A setting that is on is no post with coordinates.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("location", "text", "The setting today", enum=["on", "off"]),
            Column("tier", "text", "Who can see this row", enum=["private"]),
        ],
        _ACCOUNT,
    ),
    Table(
        "work",
        "Where the holders of accounts work, from the residents' register. Tier private.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("employer", "text", "Kind of employer, such as port or school"),
            Column("place_id", "text", "Where the work is", missing=True),
            Column("hours", "text", "Usual hours, such as 08-16", missing=True),
            Column("tier", "text", "Who can see this row", enum=["private"]),
        ],
        _ACCOUNT | {"place_id": ("places", "place_id")},
    ),
    Table(
        "messages",
        "Direct messages on Susurrel, in order of time. One signs in to the messenger with an "
        "account of any platform.",
        "message_id",
        [
            Column("message_id", "text", "Id of the message"),
            Column("thread_id", "text", "Thread between two accounts"),
            Column("sender", "text", "Who wrote"),
            Column("receiver", "text", "Who was written to"),
            Column("time", "time", "When it was sent (UTC)"),
            Column("text", "text", "Text, at most 280 characters"),
            Column("language", "text", "Language of the text", enum=["en", "es"]),
            Column("tier", "text", "Who can see this row", enum=["private"]),
        ],
        {"sender": ("accounts", "account_id"), "receiver": ("accounts", "account_id")},
    ),
    Table(
        "group_posts",
        "Posts inside closed groups, in order of time. One has to enter the group to read them.",
        "group_post_id",
        [
            Column("group_post_id", "text", "Id of the post"),
            Column("group_id", "text", "The closed group"),
            Column("account_id", "text", "Who posted"),
            Column("time", "time", "When it was posted (UTC)"),
            Column("text", "text", "Text, at most 280 characters"),
            Column("language", "text", "Language of the text", enum=["en", "es"]),
            Column("tier", "text", "Who can see this row", enum=["friends"]),
        ],
        _ACCOUNT | {"group_id": ("groups", "group_id")},
    ),
    Table(
        "letter",
        "The tasking letter, paragraph by paragraph.",
        "paragraph_id",
        [
            Column("paragraph_id", "text", "Id of the paragraph"),
            Column("time", "time", "Date of the letter (UTC)"),
            Column("sender", "text", "Who asks"),
            Column("text", "text", "The paragraph"),
        ],
    ),
    Table(
        "tasking_items",
        "Graded items that came with the tasking letter.",
        "item_id",
        [
            Column("item_id", "text", "Id of the item"),
            Column("time", "time", "When it was received (UTC)"),
            Column("text", "text", "The item"),
            Column("source_grade", "whole", "Source: 1 reliable, 2 untested, 3 not reliable"),
            Column("information_grade", "text", "Information, A (known directly) to E (doubtful)"),
            Column("origin_id", "text", "Where the item comes from; equal ids: one origin"),
            Column("requirement_id", "text", "Requirement that it bears on"),
            Column("post_id", "text", "Post that the item is, where it is one", missing=True),
        ],
        {"requirement_id": ("requirements", "requirement_id"), "post_id": ("posts", "post_id")},
    ),
    Table(
        "acts",
        "Acts of analysts, to be sorted by the level that must agree.",
        "act_id",
        [
            Column("act_id", "text", "Id of the act"),
            Column("text", "text", "What is done"),
        ],
    ),
    Table(
        "requests",
        "Requests for authority, as the applicants filled them in.",
        "request_id",
        [
            Column("request_id", "text", "Id of the request"),
            Column("requirement", "text", "Requirement that it serves"),
            Column("tier", "text", "Where the data lies", enum=TIER),
            Column(
                "conduct",
                "text",
                "What would be done",
                enum=["repeat", "bulk", "bulk_named", "enter", "order"],
            ),
            Column("targets", "text", "Accounts, groups or words, separated by spaces"),
            Column("level", "whole", "Level that is asked, 0 to 4"),
            Column("applicant", "text", "Who asks"),
            Column("authoriser", "text", "Who would decide; may be an empty text"),
            Column("items", "text", "Ids of the items in support, separated by spaces"),
            Column("ground", "text", "Ground that is given"),
            Column("link", "text", "Personal link that is declared; an empty text for none"),
            Column("days", "whole", "For how long (days)"),
            Column("people", "whole", "People who will be touched, as expected (count)"),
            Column("estimate", "whole", "Intrusion that is expected (points)"),
            Column("limits", "text", "How harm is limited; may be an empty text"),
            Column("protected", "flag", "Will protected material be touched?"),
            Column("lower", "text", "Log lines of searches lower down, separated by spaces"),
            Column("lower_reason", "text", "Why there is no such search; may be an empty text"),
            Column("finding", "text", "What would be found; may be an empty text"),
            Column("percent", "whole", "How likely that is (percent)"),
            Column("urgent", "flag", "Does it need an answer now?"),
        ],
    ),
    Table(
        "searches",
        "Lines of the desk's log that are searches in the open, one for each requirement.",
        "line_id",
        [
            Column("line_id", "text", "Id of the line"),
            Column("line", "whole", "Number of the line"),
            Column("requirement_id", "text", "Requirement that the search served"),
            Column("tier", "text", "Where the search was run", enum=TIER),
            Column("level", "whole", "Level that the search needed"),
        ],
        {"requirement_id": ("requirements", "requirement_id")},
    ),
    Table(
        "plan_steps",
        "Steps of two plans for one question, with what each is expected to show.",
        "step_id",
        [
            Column("step_id", "text", "Id of the step"),
            Column("plan", "text", "The plan", enum=["A", "B"]),
            Column("text", "text", "What is done"),
            Column("tier", "text", "Where the items lie", enum=TIER),
            Column(
                "person",
                "text",
                "Who wrote the items",
                enum=["subject", "associate", "bystander"],
            ),
            Column("ordinary", "whole", "Ordinary items expected (count)"),
            Column("location", "whole", "Items that tell a place (count)"),
            Column("special", "whole", "Items on health, belief and the like (count)"),
            Column("again", "whole", "How many times the same items are seen again in 28 days"),
            Column("unmask", "whole", "Pseudonyms that will be unmasked (count)"),
        ],
    ),
    Table(
        "sample",
        "Items as they came from a provider and a closed group, in no order.",
        "item_id",
        [
            Column("item_id", "text", "Id of the item"),
            Column("tier", "text", "Where it lay", enum=TIER),
            Column(
                "content",
                "text",
                "Kind of content, for the price",
                enum=["ordinary", "location", "special"],
            ),
            Column(
                "person",
                "text",
                "Who wrote it, for the price",
                enum=["subject", "associate", "bystander"],
            ),
            Column("text", "text", "Its first line"),
        ],
    ),
    Table(
        "hypotheses",
        "Four answers to one question, and what the desk thinks of them.",
        "hypothesis_id",
        [
            Column("hypothesis_id", "text", "Id of the hypothesis"),
            Column("text", "text", "The hypothesis"),
            Column("desk_percent", "whole", "How likely the desk thinks it is (per cent)"),
        ],
    ),
    Table(
        "ach_items",
        "Fourteen graded items that bear on the hypotheses, or not.",
        "item_id",
        [
            Column("item_id", "text", "Id of the item"),
            Column("day", "whole", "Day of March on which it came in"),
            Column("text", "text", "The item"),
            Column("source_grade", "whole", "Source: 1 reliable, 2 untested, 3 not reliable"),
            Column("information_grade", "text", "Information, A (known directly) to E (doubtful)"),
        ],
    ),
    Table(
        "forecasts",
        "Twenty statements on facts that lie sealed.",
        "forecast_id",
        [
            Column("forecast_id", "text", "Id of the statement"),
            Column("text", "text", "The statement"),
            Column("talk_percent", "whole", "How likely people on the desk call it (per cent)"),
        ],
    ),
    Table(
        "footnotes",
        "Footnotes of the file.",
        "footnote_id",
        [
            Column("footnote_id", "text", "Id of the footnote"),
            Column("forecast_id", "text", "Statement that it belongs to", missing=True),
            Column("text", "text", "The footnote"),
        ],
        {"forecast_id": ("forecasts", "forecast_id")},
    ),
    Table(
        "assumptions",
        "Five things that everybody takes for granted.",
        "assumption_id",
        [
            Column("assumption_id", "text", "Id of the assumption"),
            Column("text", "text", "The assumption"),
            Column("known", "text", "What the file says about it"),
        ],
    ),
    Table(
        "news",
        "One new item that bears on a forecast.",
        "news_id",
        [
            Column("news_id", "text", "Id of the item"),
            Column("forecast_id", "text", "Statement that it bears on"),
            Column("text", "text", "The item"),
        ],
        {"forecast_id": ("forecasts", "forecast_id")},
    ),
    Table(
        "sentences",
        "Six sentences to write again in the words of the yardstick.",
        "sentence_id",
        [
            Column("sentence_id", "text", "Id of the sentence"),
            Column("text", "text", "The sentence"),
        ],
    ),
    Table(
        "findings",
        "Findings on the desk, of which some belong in the product.",
        "finding_id",
        [
            Column("finding_id", "text", "Id of the finding"),
            Column("text", "text", "The finding"),
            Column("requirement_id", "text", "Requirement under which it was filed", missing=True),
            Column("source_grade", "whole", "Source: 1 reliable, 2 untested, 3 not reliable"),
            Column("information_grade", "text", "Information, A (known directly) to E (doubtful)"),
            Column("items", "text", "Ids of the items that it rests on, separated by spaces"),
        ],
        {"requirement_id": ("requirements", "requirement_id")},
    ),
    Table(
        "identifiers",
        "What in the findings names a person, a place or a time.",
        "identifier_id",
        [
            Column("identifier_id", "text", "Id of the identifier"),
            Column("finding_id", "text", "Finding in which it stands"),
            Column(
                "kind", "text", "What it is", enum=["handle", "place", "day", "time", "district"]
            ),
            Column("text", "text", "The words in the finding; a handle without the @"),
        ],
        {"finding_id": ("findings", "finding_id")},
    ),
    Table(
        "corrections",
        "What comes in after the product was sent.",
        "correction_id",
        [
            Column("correction_id", "text", "Id of the note"),
            Column("time", "time", "When it came in (UTC)"),
            Column("text", "text", "The note"),
        ],
    ),
    Table(
        "partners",
        "Partners who ask for parts of the product.",
        "partner_id",
        [
            Column("partner_id", "text", "Id of the request"),
            Column("name", "text", "Who asks"),
            Column("text", "text", "What for"),
            Column("basis", "text", "The basis that the partner names"),
            Column("need", "text", "What the partner would do with it"),
        ],
    ),
    Table(
        "repository_form",
        "Draft of an entry for the repository that all forces can read, line by line.",
        "line_id",
        [
            Column("line_id", "text", "Id of the line"),
            Column("field", "text", "Field of the form"),
            Column("text", "text", "Draft"),
        ],
    ),
]
TRUTH_EXTRAS = [
    Table(
        "members",
        "Members of the planted network. A member without an account is not in the tables.",
        "member_id",
        [
            Column("member_id", "text", "Id of the member"),
            Column("account_id", "text", "Account of the member", missing=True),
            Column("role", "text", "Role in the group"),
            Column("part", "text", "Crew, stage, family or cell", missing=True),
        ],
    ),
    Table(
        "bonds",
        "True ties of the planted network, one row per unordered pair.",
        "bond_id",
        [
            Column("bond_id", "text", "Id of the bond"),
            Column("source", "text", "A member"),
            Column("target", "text", "Another member"),
            Column(
                "kind",
                "text",
                "What the bond is",
                enum=["kin", "friend", "command", "operational", "money"],
            ),
            Column("visible", "flag", "Does the bond leave a trace in the tables?"),
        ],
    ),
    Table(
        "persons",
        "Which person runs which account. Sealed: learners do not get this table.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column("person_id", "text", "The person who runs it"),
            Column("declared", "flag", "Is the person in the part with planted aliases?"),
            Column(
                "clue",
                "text",
                "What the account shares with another one of the same person",
                missing=True,
                enum=["handle", "hours", "image", "phone"],
            ),
        ],
    ),
    Table(
        "pairs",
        "Pairs of accounts that look alike: one hand, or two people.",
        "pair_id",
        [
            Column("pair_id", "text", "Id of the pair"),
            Column("first", "text", "One account"),
            Column("second", "text", "The other account"),
            Column("same_hand", "flag", "Does one person run both?"),
            Column("clue", "text", "What the two accounts share"),
        ],
    ),
    Table(
        "rumours",
        "The claims: what is so, and where they began.",
        "claim_id",
        [
            Column("claim_id", "text", "The claim"),
            Column("true", "flag", "Is it true?"),
            Column("origin", "text", "First post that makes the claim"),
            Column("most_shared", "text", "Post of the claim with the most reposts"),
        ],
    ),
    Table(
        "boasts",
        "Ten boasts about incidents.",
        "post_id",
        [
            Column("post_id", "text", "The post"),
            Column("incident_id", "text", "Incident it truly speaks of", missing=True),
        ],
    ),
    Table(
        "market_moves",
        "Vendors of the closed market who turned up at the other one.",
        "second",
        [
            Column("second", "text", "The vendor at the market that stays open"),
            Column("first", "text", "The same vendor at the closed market"),
            Column(
                "kept",
                "text",
                "What shows it",
                enum=["name and key", "key", "wallet", "nothing"],
            ),
        ],
    ),
    Table(
        "market_lines",
        "Who drives the trade in each line.",
        "line",
        [
            Column("line", "text", "Invented product line"),
            Column("driven_by", "text", "Who sets the pace", enum=["buyer", "seller"]),
            Column("harmful", "flag", "Did it harm buyers after the closing?"),
        ],
    ),
    Table(
        "export_rows",
        "What each row of the export is.",
        "row_id",
        [
            Column("row_id", "text", "The row"),
            Column("original", "text", "The row that it repeats; itself where it repeats none"),
            Column(
                "change",
                "text",
                "How it differs from the original",
                enum=["none", "exact", "recased", "link", "emoji", "truncated", "edited"],
            ),
            Column("account_id", "text", "Who posted"),
            Column("time", "time", "When, to the minute (UTC)"),
            Column(
                "language",
                "text",
                "Language; und where the label is lost",
                enum=["en", "es", "und"],
            ),
        ],
    ),
    Table(
        "requirements",
        "Which questions can be answered, and what is wrong with the others.",
        "requirement_id",
        [
            Column("requirement_id", "text", "The question"),
            Column(
                "kind",
                "text",
                "What it is",
                enum=[
                    "answerable",
                    "answered before",
                    "timetable",
                    "protected",
                    "no end",
                    "activity",
                    "verdict",
                    "no decision",
                ],
            ),
            Column("shown_in", "text", "Report or departure that answers it", missing=True),
        ],
    ),
    Table(
        "collection_plan",
        "The plan that is needed: one row for each question that can be answered.",
        "requirement_id",
        [
            Column("requirement_id", "text", "The question"),
            Column("indicator_id", "text", "What to look for"),
            Column("tier", "text", "Most open tier that can answer", enum=TIER),
            Column("source_id", "text", "The one source that is needed"),
            Column("stop", "time", "Day on which collection ends (UTC)"),
            Column("review", "time", "Day on which the plan is looked at again (UTC)"),
            Column("chance", "whole", "Chance of an answer by the stop date (percent)"),
            Column("answered", "flag", "Was it answered by the stop date?"),
        ],
    ),
    Table(
        "cycle_steps",
        "Where each step belongs.",
        "step_id",
        [
            Column("step_id", "text", "The step"),
            Column("phase", "text", "Phase of the cycle"),
            Column("place", "whole", "Place of the phase, 1 is first (count)"),
        ],
    ),
    Table(
        "feedback",
        "What a question must hold that takes up the reader's note.",
        "feedback_id",
        [
            Column("feedback_id", "text", "The note"),
            Column("district", "text", "District that the reader commands"),
            Column("first_hour", "whole", "First hour (hour of the day)"),
            Column("last_hour", "whole", "Last hour (hour of the day)"),
            Column("decides", "time", "New day of the decision (UTC)"),
        ],
    ),
    Table(
        "firm_voices",
        "What the writers of posts about firms mean, and how they say it.",
        "post_id",
        [
            Column("post_id", "text", "The post"),
            Column("account_id", "text", "Account behind the pseudonym"),
            Column("mood", "whole", "What is meant: -1 hostile, 0 neither, 1 friendly"),
            Column(
                "voice",
                "text",
                "How it is said",
                enum=[
                    "plain",
                    "sarcastic",
                    "quoted",
                    "reclaimed",
                    "negated",
                    "neutral",
                    "capability",
                ],
            ),
        ],
    ),
    Table(
        "card_uses",
        "What the posts on cards are for.",
        "card_id",
        [
            Column("card_id", "text", "The card"),
            Column("use", "text", "What the post is for", enum=_USES),
            Column(
                "sort",
                "text",
                "Plain, a quarrel between groups, or in words of another use",
                enum=["plain", "quarrel", "look-alike"],
            ),
        ],
    ),
    Table(
        "shown_moves",
        "What each line does that young people showed.",
        "line_id",
        [
            Column("line_id", "text", "The line"),
            Column(
                "move",
                "text",
                "What it does",
                enum=["offer", "flattery", "other room", "silence", "open door", "talk"],
            ),
        ],
    ),
    Table(
        "firm_attacks",
        "Which firms were attacked in the end.",
        "firm_id",
        [
            Column("firm_id", "text", "The firm"),
            Column("angry", "flag", "Were people angry with it from the step on?"),
            Column("attacked", "flag", "Was it attacked in the seven days after the forecast?"),
            Column("day", "whole", "Day of the attack within the period, or 0"),
        ],
    ),
    Table(
        "clocks",
        "How the watched accounts live.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
            Column(
                "part",
                "text",
                "What it is",
                enum=["resident", "nurse", "moved", "scheduled", "abroad"],
            ),
            Column("hours_before", "whole", "Own clock minus UTC at the start (hours)"),
            Column("hours_after", "whole", "Own clock minus UTC at the end (hours)"),
            Column("changed_on", "whole", "Day of the period on which the clock changed, or 0"),
        ],
    ),
    Table(
        "bursts",
        "When the tag was loud, and why.",
        "burst_id",
        [
            Column("burst_id", "text", "Id of the burst"),
            Column("time", "time", "Begin (UTC)"),
            Column("hours", "whole", "How long (hours)"),
            Column("cause", "text", "Why", enum=["concert", "football match", "unrest"]),
        ],
    ),
    Table(
        "unrest",
        "Which of the ten evenings brought unrest.",
        "evening_id",
        [
            Column("evening_id", "text", "The evening"),
            Column("unrest", "flag", "Was there unrest?"),
        ],
    ),
    Table(
        "brokers",
        "Who holds the cells together.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
        ],
    ),
    Table(
        "helpers",
        "Members who help another unit.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
        ],
    ),
    Table(
        "unseen",
        "Subjects missing from what the platform gave.",
        "account_id",
        [
            Column("account_id", "text", "The account"),
        ],
    ),
    Table(
        "regrowth",
        "Which silent link grows again.",
        "link_id",
        [
            Column("link_id", "text", "The link"),
            Column("grows", "flag", "Is there talk again in the month after?"),
        ],
    ),
    Table(
        "bag",
        "The captures: true time, and what was changed afterwards.",
        "capture_id",
        [
            Column("capture_id", "text", "Id of the capture"),
            Column("time", "time", "When it was made (UTC)"),
            Column(
                "altered",
                "text",
                "File that was changed after it was hashed",
                missing=True,
                enum=["page", "metadata"],
            ),
            Column(
                "turn",
                "text",
                "Place among the captures of one page",
                missing=True,
                enum=["first", "second", "third"],
            ),
        ],
    ),
    Table(
        "page_changes",
        "Fields of the page that was captured three times and changed.",
        "field",
        [
            Column("field", "text", "Name of the field"),
            Column("first", "text", "Its value in the first capture", missing=True),
            Column("second", "text", "Its value in the second capture", missing=True),
            Column("third", "text", "Its value in the third capture", missing=True),
        ],
    ),
    Table(
        "supported",
        "Which statements the hashes and the chain support.",
        "statement_id",
        [
            Column("statement_id", "text", "Id of the statement"),
            Column("supported", "flag", "Do they support it?"),
        ],
    ),
    Table(
        "disposals",
        "Which copies the rule of the review deletes.",
        "item_id",
        [
            Column("item_id", "text", "Id of the copy"),
            Column("delete", "flag", "Must it go?"),
        ],
    ),
    Table(
        "events",
        "What truly happens in the case.",
        "event_id",
        [
            Column("event_id", "text", "Id of the event"),
            Column("kind", "text", "What it is", enum=["hand-over", "decoy", "danger"]),
            Column("day", "whole", "Day of the period (1 …)"),
            Column("time", "time", "When (UTC)"),
            Column("place_id", "text", "Where"),
        ],
    ),
    Table(
        "answers",
        "The facts that the requirements ask for.",
        "fact",
        [
            Column("fact", "text", "Short code of the fact, such as day or courier-1"),
            Column("requirement", "text", "Requirement that it answers"),
            Column("value", "text", "The answer: a day, a place or an account"),
        ],
    ),
    Table(
        "evidence",
        "Rows each of which is enough to know one fact. A fact may have several.",
        "evidence_id",
        [
            Column("evidence_id", "text", "Id of the row"),
            Column("requirement", "text", "Requirement that the fact answers"),
            Column("fact", "text", "Short code of the fact"),
            Column("table", "text", "Table that holds the row"),
            Column("row", "text", "Id of the row"),
            Column("account_id", "text", "Whose item it is"),
            Column("tier", "text", "Who can see the row", enum=TIER),
            Column("first_day", "whole", "Day of the period (1 …) from which it can be seen"),
        ],
    ),
    Table(
        "signals",
        "Signs that somebody needs help, which must be passed on within one day.",
        "signal_id",
        [
            Column("signal_id", "text", "Id of the signal"),
            Column(
                "kind", "text", "Who needs help", enum=["shop owner", "recruited child", "distress"]
            ),
            Column("account_id", "text", "Account of the person"),
            Column("table", "text", "Table that holds the row"),
            Column("row", "text", "Id of the row"),
            Column("first_day", "whole", "Day of the period (1 …) from which it can be seen"),
        ],
    ),
    Table(
        "threads",
        "What each thread of messages is.",
        "thread_id",
        [
            Column("thread_id", "text", "The thread"),
            Column(
                "kind",
                "text",
                "What it is",
                enum=[
                    "ordinary",
                    "operational",
                    "decisive",
                    "pressed",
                    "journalist and source",
                    "lawyer and client",
                ],
            ),
            Column("protected", "flag", "Is it protected material?"),
        ],
    ),
    Table(
        "sensitive",
        "Items that tell of somebody's health. Reading one weighs more than reading another.",
        "row",
        [
            Column("row", "text", "Id of the item"),
            Column("table", "text", "Table that holds it"),
            Column("content", "text", "What it tells of", enum=["health"]),
        ],
    ),
    Table(
        "letter_parts",
        "What each paragraph of the letter asks for.",
        "paragraph_id",
        [
            Column("paragraph_id", "text", "The paragraph"),
            Column("kind", "text", "What it is", enum=["frame", "requirement", "improper"]),
            Column("requirement_id", "text", "Requirement that it states", missing=True),
            Column("why", "text", "Why it is improper", missing=True),
        ],
    ),
    Table(
        "origins",
        "Where the graded items truly come from.",
        "item_id",
        [
            Column("item_id", "text", "The item"),
            Column("origin_id", "text", "Its true origin"),
            Column("shown_by", "text", "What shows it"),
        ],
    ),
    Table(
        "acts",
        "Class of each act.",
        "act_id",
        [
            Column("act_id", "text", "The act"),
            Column("tier", "text", "Access tier", enum=TIER),
            Column("conduct", "text", "Conduct"),
            Column("level", "text", "Who must agree", enum=["0", "1", "2", "3", "4", "never"]),
        ],
    ),
    Table(
        "requests",
        "What a sound officer of Meridia decides on each request, and why.",
        "request_id",
        [
            Column("request_id", "text", "The request"),
            Column("example", "text", "Example of the lesson that it varies", missing=True),
            Column("decision", "text", "Decision", enum=["grant", "refuse", "send back"]),
            Column("fails", "text", "Principles that it fails, separated by spaces"),
            Column("one_origin", "flag", "Do its two items have one origin?"),
            Column("twin", "flag", "Is it one of two that differ in purpose alone?"),
            Column("elsewhere", "flag", "Is it lawful under another country's rules?"),
        ],
    ),
    Table(
        "plans",
        "Intrusion that the two plans are expected to cause.",
        "plan",
        [
            Column("plan", "text", "The plan"),
            Column("tenths", "whole", "Intrusion (tenths of a point)"),
            Column("others_tenths", "whole", "Part on associates and bystanders (tenths)"),
        ],
    ),
    Table(
        "sample",
        "Which items of the sample hold a protected confidence.",
        "item_id",
        [
            Column("item_id", "text", "The item"),
            Column(
                "protected",
                "text",
                "Whose profession protects it",
                missing=True,
                enum=["lawyer", "journalist", "doctor", "clergy"],
            ),
        ],
    ),
    Table(
        "hypotheses",
        "Which hypothesis is so.",
        "hypothesis_id",
        [
            Column("hypothesis_id", "text", "The hypothesis"),
            Column("so", "flag", "Is it so?"),
            Column("base_percent", "whole", "How often it was so before (per cent)"),
            Column("against", "whole", "Weight of the items that speak against it"),
        ],
    ),
    Table(
        "ach_readings",
        "How each item goes with each hypothesis.",
        "reading_id",
        [
            Column("reading_id", "text", "Item and hypothesis"),
            Column("item_id", "text", "The item"),
            Column("hypothesis_id", "text", "The hypothesis"),
            Column(
                "reading",
                "text",
                "How they go together",
                enum=["consistent", "neutral", "inconsistent"],
            ),
        ],
    ),
    Table(
        "ach_items",
        "What each item is worth.",
        "item_id",
        [
            Column("item_id", "text", "The item"),
            Column("diagnostic", "flag", "Does it tell one hypothesis from another?"),
            Column("deceptive", "flag", "Did somebody make it up?"),
            Column("turns", "flag", "Is another hypothesis first without it?"),
        ],
    ),
    Table(
        "assumptions",
        "How solid each assumption is.",
        "assumption_id",
        [
            Column("assumption_id", "text", "The assumption"),
            Column(
                "solidity",
                "text",
                "How solid it is",
                enum=["solid", "needs checking", "unsupported"],
            ),
        ],
    ),
    Table(
        "forecasts",
        "How the twenty facts came out.",
        "forecast_id",
        [
            Column("forecast_id", "text", "The statement"),
            Column("comes_true", "flag", "Is it so?"),
            Column("has_chance", "flag", "Is there a fair chance to look up?"),
            Column("chance_percent", "whole", "The fair chance (per cent); 0 where there is none"),
        ],
    ),
    Table(
        "news",
        "How the new item should move its forecast.",
        "news_id",
        [
            Column("news_id", "text", "The item"),
            Column("forecast_id", "text", "The statement"),
            Column("direction", "text", "Where the forecast should go", enum=["up", "down"]),
            Column("factor_percent", "whole", "Bayes factor in hundredths (400 is four to one)"),
            Column("new_percent", "whole", "The fair chance after it (per cent)"),
        ],
    ),
    Table(
        "sentences",
        "The word of the UK yardstick for each sentence.",
        "sentence_id",
        [
            Column("sentence_id", "text", "The sentence"),
            Column("percent", "whole", "The chance that it states (per cent)"),
            Column("band", "text", "The word"),
            Column("low_percent", "whole", "Lowest chance of the band (per cent)"),
            Column("high_percent", "whole", "Highest chance of the band (per cent)"),
        ],
    ),
    Table(
        "findings",
        "Which findings belong in the product, and how each may be handled.",
        "finding_id",
        [
            Column("finding_id", "text", "The finding"),
            Column("belongs", "flag", "Does it belong in the product?"),
            Column(
                "why",
                "text",
                "Why, or why not",
                enum=[
                    "belongs",
                    "rests on a canary",
                    "one origin counted twice",
                    "contradicted",
                    "not asked",
                    "a style is no part",
                    "sensitive and not needed",
                    "protected",
                    "pass on at once, elsewhere",
                    "says less than another",
                    "graded too low",
                ],
            ),
            Column(
                "handling",
                "text",
                "Handling code: P may be shared, C on conditions only",
                enum=["P", "C"],
            ),
        ],
    ),
    Table(
        "identifiers",
        "Which identifiers the commander of the port needs.",
        "identifier_id",
        [
            Column("identifier_id", "text", "The identifier"),
            Column("needed", "flag", "Does the reader need it to act?"),
        ],
    ),
    Table(
        "corrections",
        "What each note means for the product.",
        "correction_id",
        [
            Column("correction_id", "text", "The note"),
            Column("finding_id", "text", "Finding that it concerns", missing=True),
            Column("action", "text", "What to do", enum=["recall", "note", "none"]),
        ],
    ),
    Table(
        "partners",
        "What each partner should get.",
        "partner_id",
        [
            Column("partner_id", "text", "The request"),
            Column("decision", "text", "What to do", enum=["share", "share less", "refuse"]),
            Column("lawful", "flag", "Is there a legal basis?"),
        ],
    ),
    Table(
        "repository_form",
        "What each draft line holds; only practices may stay.",
        "line_id",
        [
            Column("line_id", "text", "The line"),
            Column("holds", "text", "What it holds", enum=["practice", "personal data", "source"]),
        ],
    ),
]


def present(tables: list[Table], extras: list[Table], data) -> list[Table]:
    """Return the tables that every world has, and those of `extras` whose name is in `data`.

    Example:
        >>> len(present(TABLES, EXTRAS, {})) == len(TABLES)
        True
    """
    return tables + [table for table in extras if table.name in data]


def frame(table: Table, columns: dict) -> pd.DataFrame:
    """Make a DataFrame with the columns, order and types of a table.

    Args:
        table: the schema.
        columns: values per column name.

    Example:
        >>> frame(TABLES[4], {"account_id": ["a-1"], "reason": ["tip-off"]}).shape
        (1, 2)
    """
    data = {}
    for column in table.columns:
        values = columns[column.name]
        if column.kind == "time" and not isinstance(values, pd.Series):
            values = pd.to_datetime(values, unit="s", utc=True)
        if column.kind == "text":
            data[column.name] = pd.array(values, dtype="str", copy=False)
        else:
            data[column.name] = pd.Series(values).astype(DTYPES[column.kind]).array
    return pd.DataFrame(data, copy=False)


def chosen(words, codes):
    """Return `words[codes]` as a column of texts; a code of -1 gives a missing value.

    Only the few words are checked, so this is much faster than a column of a million texts.

    Example:
        >>> list(chosen(["en", "es"], [1, 0, 1]))
        ['es', 'en', 'es']
    """
    return pd.array(words, dtype="str", copy=False).take(codes, allow_fill=True)


def empty(table: Table) -> pd.DataFrame:
    """Make an empty DataFrame with the right columns and types.

    Example:
        >>> len(empty(TABLES[0]))
        0
    """
    return frame(table, {column.name: [] for column in table.columns})


BY_NAME = {table.name: table for table in TABLES + EXTRAS}
TRUTH_BY_NAME = {table.name: table for table in TRUTH + TRUTH_EXTRAS}
