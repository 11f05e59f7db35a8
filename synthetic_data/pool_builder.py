"""Fill the frozen pools with Faker and our own providers. The only file that imports faker.

Faker's word lists drift between releases, so a world never calls Faker. An author runs
`python -m synthetic_data.pool_builder` once, commits the files of `pools/`, and worlds take
values from them by keyed streams. `manifest.json` records Faker's version and a SHA-256 per file.

Everything is invented. Given names are common ones from Faker; family names are composed of
syllables, so that no full name is that of a known person. Domains end in `.example`. Phone numbers
begin with `+099`: country codes never begin with a zero (ITU-T E.164), so none can be dialled.
"""

import csv
import hashlib
import io
import json
import math
import sys
from pathlib import Path
from statistics import NormalDist

from faker import VERSION, Faker
from faker.providers import BaseProvider

from synthetic_data import banks, chat

FOLDER = Path(__file__).parent / "pools"
SEED = 2031
STEPS = 4096


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_EN_HEADS = _words_of(
    "Marr Brack Quell Torr Lind Oster Hal Penn Wex Carr Dorr Fenn Gal Hest Ivel Kest"
)
_EN_TAILS = _words_of(
    "lowe wick mere stow leigh quay holm more den ridge loch combe well sett rane"
)
_ES_HEADS = _words_of("Val Mon Cor Ote Ber Sal Tes Mir Lan Arr Gar Pel Zar Ondo Ibar Fuen")
_ES_TAILS = _words_of(
    "dera tiva vante linar quera zal bero mendi saro lucho gaza nora varri deza risco"
)


class MeridiaProvider(BaseProvider):
    """Words of the island state of Meridia for Faker.

    Example:
        >>> fake = Faker("en_US"); fake.add_provider(MeridiaProvider); fake.seed_instance(1)
        >>> fake.meridian_phone().startswith("+099 ")
        True
    """

    handle_heads = _words_of(
        "sea salt gull tide rope lamp buoy wave dune reef crab kelp foam pier mast sail oar helm "
        "anchor lantern copper velvet paper silver quiet lucky rainy sunny lazy brave tiny green "
        "blue amber coral misty windy sandy mango lemon olive pepper cocoa peach cherry ginger "
        "mar sal luna faro brisa arena nube ola roca playa barca viento cielo lluvia trigo menta"
    )
    handle_tails = _words_of(
        "walker baker runner maker dreamer reader singer keeper drifter hopper spotter fixer "
        "painter rider sleeper talker watcher cook kid fan fox cat owl wolf bear moth crow heron "
        "finch otter days notes corner street window garden kitchen radio diary club letters "
        "azul verde lenta norte sur alta clara nueva vieja feliz breve tres siete loca serena"
    )
    alias_heads = _words_of("Don El La Big Little Capt. Tío Tía Mister Doña")
    alias_tails = _words_of(
        "Marea Lantern Brisa Copper Faro Thunder Velvet Domino Cobalt Gaviota Noche Ember Cuervo "
        "Trueno Saffron Onyx Bravo Relámpago Mercury Tornado"
    )
    districts = _listed(
        "Old Quay|Muelle Sur|Lantern Hill|Barrio Salinas|Ropewalk|Las Gaviotas|Customs Row|"
        "Alto del Faro|Fishmarket|Nueva Ribera|Saltpans|Puerta Norte"
    )
    towns = _listed("Quellor|Torvane|Almenvar|Sanorvo|Merrowick|Linderrey|Brisamora|Oxbay Cross")
    trades = _words_of(
        "bakery panaderia books libros bikes bicis radio music musica cafe tea flores garden "
        "fotos print sastre shoes choir taller nets boats"
    )

    def meridian_family(self, language: str) -> str:
        """Return an invented family name for `en` or `es`."""
        heads, tails = (_EN_HEADS, _EN_TAILS) if language == "en" else (_ES_HEADS, _ES_TAILS)
        return self.random_element(heads) + self.random_element(tails)

    def meridian_alias(self) -> str:
        """Return an invented stage name."""
        return f"{self.random_element(self.alias_heads)} {self.random_element(self.alias_tails)}"

    def meridian_phone(self) -> str:
        """Return a number that cannot be dialled: country codes never begin with a zero."""
        return self.numerify("+099 0## ####")

    def meridian_domain(self) -> str:
        """Return a domain under the reserved name `.example` (RFC 2606)."""
        return f"{self.random_element(self.trades)}-{self.random_element(self.trades)}.example"


def _unique(make, count: int) -> list[str]:
    """Call `make` until `count` different values are there, in the order of their coming."""
    values: dict[str, None] = {}
    for _ in range(count * 200):
        values[make()] = None
        if len(values) == count:
            return list(values)
    raise RuntimeError(f"the provider gives only {len(values)} different values, not {count}")


def _zipf(count: int) -> list[int]:
    """Return integer weights that fall like 1 / (rank + 4), for name frequencies."""
    return [1_000_000 // (rank + 4) for rank in range(1, count + 1)]


def _people(languages=(("en", "en_US"), ("es", "es_ES"))) -> list[tuple[str, str, str, int]]:
    """Return rows (language, kind, value, weight) of given and family names."""
    rows = []
    for language, locale in languages:
        fake = Faker(locale)
        fake.add_provider(MeridiaProvider)
        fake.seed_instance(SEED)
        given = _unique(fake.first_name, 220)
        given = sorted({name for name in given if name.isalpha()}, key=given.index)[:180]
        family = _unique(lambda fake=fake, to=language: fake.meridian_family(to), 150)
        for kind, values in (("given", given), ("family", family)):
            rows += [
                (language, kind, *pair) for pair in zip(values, _zipf(len(values)), strict=True)
            ]
    return rows


def _words() -> list[tuple[str, str]]:
    """Return rows (kind, value) of handles, aliases, places, phones and domains."""
    fake = Faker("en_US")
    fake.add_provider(MeridiaProvider)
    fake.seed_instance(SEED)
    own = MeridiaProvider
    rows = []
    for kind, values in (
        ("handle_head", own.handle_heads),
        ("handle_tail", own.handle_tails),
        ("alias", _unique(fake.meridian_alias, 60)),
        ("district", own.districts),
        ("town", own.towns),
        ("phone", _unique(fake.meridian_phone, 300)),
        ("domain", _unique(fake.meridian_domain, 200)),
    ):
        rows += [(kind, value) for value in values]
    return rows


def _scaled(values: list[float], unit: int) -> list[int]:
    """Return whole numbers with mean about `unit`."""
    mean = math.fsum(values) / len(values)
    return [round(value / mean * unit) for value in values]


def _tables() -> dict[str, list[int]]:
    """Return integer quantile tables, so that a world never takes a logarithm.

    `activity`: lognormal, sigma 2.4, cut at 80 times the mean: the top tenth of users writes 84 %
    of all posts, and still 70 % where planted people write every fifth. `ties`: lognormal, sigma
    1.0. `fitness_body` and `fitness_tail`: lognormal sigma .7 and Pareto 1.0; multiplied, and with
    some follows that look at nobody's fitness, they give a follower tail of about 2.5.
    `gap`: exponential. All in units of mean = 65,536 (tail: minimum = 65,536).
    """
    middle = [(step + 0.5) / STEPS for step in range(STEPS)]
    normal = [NormalDist().inv_cdf(p) for p in middle]
    activity = [math.exp(2.4 * z) for z in normal]
    cut = 80 * math.fsum(activity) / STEPS
    return {
        "activity": _scaled([min(value, cut) for value in activity], 65536),
        "ties": _scaled([math.exp(1.0 * z) for z in normal], 65536),
        "fitness_body": _scaled([math.exp(0.7 * z) for z in normal], 65536),
        "fitness_tail": [round(65536 / (1 - p)) for p in middle],
        "gap": _scaled([-math.log(1 - p) for p in middle], 65536),
    }


def _csv(header: tuple[str, ...], rows) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def build() -> dict[str, bytes]:
    """Return every pool file as bytes, the manifest included; pure, nothing is written.

    Example:
        >>> sorted(build())
        ['manifest.json', 'names.csv', 'tables.json', 'words.csv']
    """
    tables = _tables()
    lines = ",\n".join(f'"{name}": {json.dumps(values)}' for name, values in tables.items())
    files = {
        "names.csv": _csv(("language", "kind", "value", "weight"), _people()),
        "words.csv": _csv(("kind", "value"), _words()),
        "tables.json": f"{{\n{lines}\n}}\n".encode(),
    }
    manifest = {
        "faker": VERSION,
        "seed": SEED,
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    return files


def main() -> int:
    """Write the pools beside this file."""
    FOLDER.mkdir(exist_ok=True)
    for name, data in build().items():
        (FOLDER / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    for made in (banks, chat):
        made.freeze()
        print(f"{made.FROZEN.name}: {made.FROZEN.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
