# %% [markdown] tags=["header"]
# Set the scene in one or two sentences: who needs to know, and by when.

# %%
from socmint import open_case, quiz, show

case = open_case("TOPIC", seed=7)

# %% [markdown]
# ## Name the first idea
#
# Say the idea in plain words, and set each **new term** in bold where you define it.
# Say what the next cell does.

# %%
case.accounts.head()

# %% [markdown]
# Say what to see in the table.
#
# **Your turn.** Say what to change in the next cell, and what to look for.

# %% tags=["exercise"]
platform = "Tikkeron"
(case.accounts["platform"] == platform).sum()

# %% [markdown]
# ## Name the second idea
#
# Show it in a figure.

# %% tags=["figure"]
counts = case.accounts["platform"].value_counts()
axes = counts.plot.barh(title="Accounts on each platform", xlabel="accounts", ylabel="")
show(axes.figure, alt="Bars: the number of accounts on each of the platforms.")

# %% [markdown]
# Say what to see in the figure, in one sentence.
#
# **Break it.** Say what you expect to happen when the next cell runs.

# %% tags=["break-it"]
case.accounts["handle"].str.lower().duplicated().sum()

# %% [markdown]
# Say why the method fails here, and what that would cost a real person.

# %% [markdown]
# ## What this does not show
#
# - Name what the data leaves out.
# - Say how often the method is wrong.
# - Name the authority that you would need on real data.

# %% [markdown]
# ## Key points
#
# - Say the rule in one sentence.
# - Say when not to use the method.

# %% tags=["recall"]
quiz("TOPIC")

# %% [markdown] tags=["footer"]
# Claims: none
