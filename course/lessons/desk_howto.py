# %% [markdown] tags=["header"]
# This page shows each call of the desk once, in the order of a small case.
# On your own computer the desk is tamper-evident, not tamper-proof: a changed log shows, but nothing can stop you from changing it.
# Where marks count, the log of the class server counts.

# %% [markdown]
# ## Sign
#
# The desk opens when you sign the code of conduct.
# You match six refusals with the rules that refuse them, as in M03.
# `fresh=True` begins anew and keeps the old log under another name.

# %%
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from IPython.display import display

from socmint import open_case, open_desk, quiz
from socmint.desk.desk import REFUSALS
from socmint.desk.ledger import Ledger
from socmint.errors import CourseError

case = open_case("desk_howto", seed=7)
desk = open_desk("desk_howto", seed=7, fresh=True)

# %%
pd.set_option("display.max_colwidth", None)
rules = {
    name: min(found) for name, found in REFUSALS.items()
}  # you give your own answers, from M03
desk.sign("a student", refusals=rules)
display(desk.requirements[["requirement_id", "seriousness", "text"]])
crime = desk.requirements.query("offence.str.contains('shop')")
ir = crime["requirement_id"].iloc[0]
print("Every call names a requirement. This page serves", ir)

# %% [markdown]
# ## Search and look
#
# The case has a clock: posts of later days are not there yet.
# `search` looks for words in posts; `view` opens one account or one post.
# Both print what they cost.
# People whom the tasking does not name come as **pseudonyms**, such as x-048213.
#
# **Your turn.** Search for another word.

# %% tags=["exercise"]
desk.wait(6)
hits = desk.search("harbour", ir=ir)
hits[["item_id", "account", "tier", "text"]].head()

# %%
subject = desk.subjects["account_id"].iloc[0]
page = desk.view(subject, ir=ir)
page[["item_id", "account", "time", "text"]].head()

# %% [markdown]
# ## Break it: look again, and again
#
# A third view within 28 days is no look any more.
# The desk does not run the call: it says which rule, why, and where the lesson explains it.
# The attempt stands in the log.

# %% tags=["break-it"]
second = desk.view(subject, ir=ir)
desk.view(subject, ir=ir)

# %% [markdown]
# ## Ask, then watch
#
# The form is that of M03; each case has its own R-numbers.
# `lower` names the log line of your search: each result knows its own.
# A grant has a number such as A-1, which later calls name.
#
# **Your turn.** Change a field, so that the desk refuses.
# Then ask again as it was.

# %% tags=["exercise"]
usable = desk.tasking.query("requirement_id == @ir and source_grade < 3")["item_id"].tolist()
form = {"requirement": ir, "tier": "public", "conduct": "repeat", "targets": [subject]}
form |= {"level": 2, "authoriser": "Officer Sol", "items": usable, "ground": "crime"}
form |= {"days": 14, "people": 20, "estimate": 90, "limits": "the subject's own posts only"}
form |= {"lower": [hits.attrs["line"]], "finding": "the meeting place", "probability": 0.4}
grant = desk.request(form)
grant

# %%
desk.wait(5)
if grant.granted:
    display(desk.watch(subject, ir=ir, auth=grant.authority)[["item_id", "time", "text"]])

# %% [markdown]
# ## Unmask, seal, keep the books
#
# `unmask` costs 5 points and needs a reason; `seal` takes protected material out of sight and refers it.
# `safeguard` passes on a sign that somebody needs help, at no cost.
# `budget` and `log` are free.

# %%
masked = desk.search("harbour", ir=ir)  # posts seen before cost half; new ones the full price
masked = masked[masked["account"].str.startswith("x-")]
display(desk.unmask(masked["account"].iloc[0], "speaks of the meeting place that is asked for"))
display(desk.seal(masked["item_id"].iloc[1], "an example: name here what may be protected in it"))
display(desk.budget())
desk.log()[["line", "day", "call", "status", "authority", "points", "people", "sha256"]]

# %% [markdown]
# ## Hand in, and verify
#
# `submit` closes the case, and prints a **receipt**: the last hash of the log.
# Each line holds the hash of the line before it.
# Below, one letter is changed in a *copy* of the log: the desk finds it when it opens the file.

# %% tags=["break-it"]
desk.submit({"meeting place": "not found"}, keep=[])
copy = Path(shutil.copy(desk.ledger.path, tempfile.mkdtemp()))
shutil.copy(desk.ledger.head, copy.with_suffix(".head"))
print(len(Ledger(copy).lines), "lines, as they were written")
copy.write_text(copy.read_text(encoding="utf-8").replace("a student", "A student", 1), "utf-8")
try:
    Ledger(copy)
except CourseError as error:
    print(error)

# %% [markdown]
# ## What this does not show
#
# - Closed groups and providers: `enter` and `order` need levels 3 and 4, and M03 says when.
# - How one gets into a group: that is one priced call, and never taught.
# - That a log proves honesty: it shows what was called, and not why.

# %% [markdown]
# ## Key points
#
# - Each call names its requirement, and an authority where one is needed.
# - A refused request costs half a day; other refused calls cost no time.
#   The same refusal again costs 0.02 of the stewardship score.
# - Seeing is the intrusion: deleting gives no points back.
# - The receipt shows later that the log is whole.

# %% tags=["recall"]
quiz("desk_howto")

# %% [markdown] tags=["footer"]
# Claims: none
