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
            Column("population", "text", "Population: HL, BO, PR, JO, VI, BG"),
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
