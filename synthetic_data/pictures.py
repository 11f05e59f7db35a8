"""Records of pictures: hashes, times and cameras, never a picture.

A perceptual hash is 64 bits that stay nearly the same when a picture is scaled or saved again;
the SHA-256 of the file does not. Copies differ from their source in a few bits, pictures of
different things in about 32. The near misses, made for the lab, differ in 14 to 18.
"""

import numpy as np
import pandas as pd

from synthetic_data import schema
from synthetic_data.streams import below, chance, permutation, pick, quantile, ranked, u64

SUBJECTS = ("harbour", "food", "people", "animal", "street", "notice", "weapon style")
_CAMERAS = ("Ocula One", "Ocula Mini", "Lumo 5", "Quill S", "Tarn 12", "Visor 200")
_SIZES = ((1080, 1350), (1080, 1080), (1280, 720), (720, 1280), (1600, 1200))
STOCK, ARMED_STOCK = 40, 20  # stock pictures, and those in a weapon style
COPIES, EXACT, NEAR_MISSES = 11, 3, 3
DAY = 86_400


def _flip(path: str, value: int, count: int) -> int:
    """Flip `count` different bits of a 64-bit number."""
    for bit in permutation(path, 64)[:count].tolist():
        value ^= 1 << bit
    return value


def _digest(path: str, index) -> np.ndarray:
    """Return 64 hexadecimal digits per index."""
    parts = [u64(f"{path}/{part}", index).tolist() for part in range(4)]
    return np.array(["".join(f"{v:016x}" for v in row) for row in zip(*parts, strict=True)], object)


def media(
    stream: str,
    posts: pd.DataFrame,
    writer: np.ndarray,
    number: np.ndarray,
    start: int,
    armed: np.ndarray,
    reused: tuple[int, int],
    old: int,
    located: np.ndarray,
    shared: list[tuple[int, int]],
) -> tuple[dict[str, pd.DataFrame], dict]:
    """Make the tables `media` and `stock_pictures` and say what is planted in them.

    Args:
        stream: root path.
        posts: the table.
        writer: slot per row of `posts`.
        number: stable number per row of `posts`.
        start: first second of the period.
        armed: rows of posts that show a picture in the weapon style.
        reused: row of an early post, and row of a later post that shows its picture again.
        old: row of a post whose picture is much older than it says.
        located: whether each row of posts has coordinates; only `old` shows an old picture there.
        shared: pairs of rows that show the same picture: aliases.

    Returns:
        The tables, and the plants: name to ids of rows.
    """
    stream += "/media"
    own = posts["repost_of"].isna().to_numpy()
    photo = (posts["platform"] == "Ombrisol").to_numpy()
    rate = np.where(photo, 750_000, 60_000)
    has = own & (below(stream + "/has", number, 1_000_000) < rate)
    forced = np.array([*armed, *reused, old, *(row for pair in shared for row in pair)])
    has[forced] = True
    row = np.flatnonzero(has)
    at = np.full(len(posts), -1)
    at[row] = np.arange(len(row))
    index, when = number[row], posts["time"].astype("int64").to_numpy()[row] // 1_000_000
    subject = pick(stream + "/subject", index, [22, 20, 24, 12, 16, 6, 0])
    phash = u64(stream + "/phash", index)
    digest = _digest(stream + "/sha", index)
    # Three in a hundred show an earlier picture again, half of them as the same file.
    again = np.flatnonzero(chance(stream + "/again", index, 30_000) & (np.arange(len(row)) > 20))
    again = np.setdiff1d(again, at[forced])
    back = again - 1 - below(stream + "/back", index[again], np.minimum(again, 400))
    fresh = ~np.isin(back, np.append(again, at[forced]))
    for place, source in zip(again[fresh].tolist(), back[fresh].tolist(), strict=True):
        subject[place] = subject[source]
        if chance(stream + "/same-file", index[place], 500_000)[0]:
            phash[place], digest[place] = phash[source], digest[source]
        else:
            bits = 1 + int(below(stream + "/bits", index[place], 4)[0])
            phash[place] = _flip(f"{stream}/flip/{index[place]}", int(phash[source]), bits)

    stock = np.arange(STOCK)
    stock_hash, stock_digest = u64(stream + "/stock", stock), _digest(stream + "/stock/sha", stock)
    armed_at = at[np.asarray(armed)]
    subject[armed_at] = SUBJECTS.index("weapon style")
    order = permutation(stream + "/armed", len(armed_at))
    copies = armed_at[order[:COPIES]]
    for turn, place in enumerate(copies.tolist()):
        if turn < EXACT:
            phash[place], digest[place] = stock_hash[turn], stock_digest[turn]
        else:
            bits = 1 + int(below(stream + "/copy", turn, 5)[0])
            phash[place] = _flip(f"{stream}/copy/{turn}", int(stock_hash[turn]), bits)
    for turn, place in enumerate(armed_at[order[COPIES : COPIES + NEAR_MISSES]].tolist()):
        source = int(stock_hash[COPIES + turn])
        phash[place] = _flip(f"{stream}/miss/{turn}", source, 14 + 2 * turn)

    first, later = at[list(reused)]
    phash[later] = _flip(stream + "/reused", int(phash[first]), 3)
    subject[later] = subject[first] = SUBJECTS.index("street")
    for one, two in shared:
        phash[at[two]] = _flip(f"{stream}/shared/{number[two]}", int(phash[at[one]]), 2)
        subject[at[two]] = subject[at[one]]

    # Most platforms strip the camera and put the time of upload in place of the time of taking.
    kept = chance(stream + "/kept", index, 350_000)
    kept[at[old]] = True
    taken = when - 30 - (quantile(stream + "/taken", index, np.arange(64) ** 2) * 60)
    throwback = chance(stream + "/throwback", index, 20_000) & ~located[row]
    taken = np.where(throwback, when - (30 + below(stream + "/long", index, 900)) * DAY, taken)
    taken[at[old]] = when[at[old]] - 412 * DAY
    taken = np.where(kept, taken, when)
    camera = np.array(_CAMERAS, object)[below(stream + "/camera", writer[row], len(_CAMERAS))]
    size = np.array(_SIZES)[below(stream + "/size", index, len(_SIZES))]
    ids = np.array([f"m-{count:07d}" for count in range(1, len(row) + 1)], dtype=object)
    table = schema.frame(
        schema.BY_NAME["media"],
        {
            "media_id": ids,
            "post_id": posts["post_id"].to_numpy(dtype=object)[row],
            "sha256": digest,
            "phash": [f"{value:016x}" for value in phash.tolist()],
            "subject": np.array(SUBJECTS, object)[subject],
            "taken": taken,
            "camera": np.where(kept, camera, None),
            "width": size[:, 0],
            "height": size[:, 1],
        },
    )
    kind = below(stream + "/stock/subject", stock, len(SUBJECTS) - 1)
    shop = schema.frame(
        schema.BY_NAME["stock_pictures"],
        {
            "picture_id": [f"sp-{count:03d}" for count in range(1, STOCK + 1)],
            "sha256": stock_digest,
            "phash": [f"{value:016x}" for value in stock_hash.tolist()],
            "subject": [
                "weapon style" if turn < ARMED_STOCK else SUBJECTS[kind[turn]]
                for turn in range(STOCK)
            ],
            "published": start - (200 + below(stream + "/stock/age", stock, 1500)) * DAY,
            "site": [f"stock{1 + turn % 3}.example" for turn in range(STOCK)],
        },
    )
    planted = {
        "copies": ids[copies].tolist(),
        "armed": ids[armed_at].tolist(),
        "reused": ids[[first, later]].tolist(),
        "old": ids[[at[old]]].tolist(),
        "shared": [ids[at[row]] for pair in shared for row in pair],
    }
    return {"media": table, "stock_pictures": shop}, planted


def own_row(path: str, rows: np.ndarray) -> int:
    """Return one of the rows, drawn by key.

    Example:
        >>> own_row("r", np.array([4]))
        4
    """
    return int(ranked(path, rows)[0])
