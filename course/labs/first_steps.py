# %% [markdown] tags=["header"]
# The council of Quellor asks for a fair picture: how much does the town write, and where?
# You count, you draw, and you accuse nobody.
#
# Dual use: a method is dual-use if it can help and harm.
# Counts by platform help nobody to find a person.
# Question 6 looks at the follows inside one club, and reads no text.

# %% [markdown]
# ## How this lab works
#
# Run every cell from top to bottom with Shift+Enter.
# In each question you write in **one** cell: put your code in place of the three dots `...`.
# Every other code cell is given: run it, you need not write such code.
# Python skips what stands behind `#`: a note for you.
# Run your cell, then the cell below it: the **check** answers.
# Try as often as you like.
# The **hints** unfold with a click, one step at a time.
#
# A `NameError`, or a table in disorder?
# Run the next cell again, then those below it.

# %%
import networkx as nx
import pandas as pd
from matplotlib import pyplot as plt

from socmint import open_lab, show

case, check = open_lab("first_steps")
accounts = case.accounts
posts = case.posts
ties = case.ties
groups = case.groups
posts[["post_id", "account_id", "platform"]].head(3)

# %% [markdown] tags=["q1", "task"]
# The table `posts` has one row for each post, and the column `account_id` says who wrote it.
# How many **different accounts** wrote these posts?
#
# Your answer is one number.
# Let Python count: in another town the number is another one.

# %% tags=["q1", "answer"]
# The shape:  posts["a column"].what_to_do()
number_of_accounts = (
    ### BEGIN SOLUTION
    posts["account_id"].nunique()
    ### END SOLUTION
)
number_of_accounts

# %% tags=["q1", "check"]
check.q1(number_of_accounts)

# %% [markdown] tags=["q1", "hints"]
# 1. One account can stand in many rows, so the number of rows is not the answer.
# 2. Select the column with the account ids: the name of the table, then square brackets.
# 3. One word of the lesson counts the *different* values of a column.
#    Write it behind a dot, and end with `()`.

# %% [markdown] tags=["q1", "solution-note"]
# `nunique` counts an account once, however much it writes.

# %% [markdown] tags=["q2", "task"]
# How many posts are on the platform **Tikkeron**?
#
# Your answer is one number.

# %% tags=["q2", "answer"]
# The shape:  len(table[condition])
posts_on_tikkeron = (
    ### BEGIN SOLUTION
    len(posts[posts["platform"] == "Tikkeron"])
    ### END SOLUTION
)
posts_on_tikkeron

# %% tags=["q2", "check"]
check.q2(posts_on_tikkeron)

# %% [markdown] tags=["q2", "hints"]
# 1. Write the condition first.
#    It compares one column with one name, and it needs two equal signs.
# 2. Put the whole condition between the square brackets of `posts[ ]`.
#    Now only the true rows stay.
# 3. Put `len( )` around everything.
#    If you get 0, compare your spelling with the question.

# %% [markdown] tags=["q2", "solution-note"]
# The condition marks the rows, the square brackets keep them, and `len` counts them.

# %% [markdown] tags=["q3", "task"]
# Now count the posts on **every** platform at once.
#
# Your answer is a table with one row for each platform and two columns:
#
# | platform | posts |
# | --- | --- |
# | the name | how many posts |
#
# Names beside numbers are not yet a table: `platform` must be a column.
# Each right number earns its share of the points.

# %% tags=["q3", "answer"]
# The shape:  table.groupby("a column").size().reset_index(name="posts")
posts_by_platform = (
    ### BEGIN SOLUTION
    posts.groupby("platform").size().reset_index(name="posts")
    ### END SOLUTION
)
posts_by_platform

# %% tags=["q3", "check"]
check.q3(posts_by_platform)

# %% [markdown] tags=["q3", "hints"]
# 1. One row of your answer is one platform.
#    So which column makes the groups?
# 2. `size()` counts the rows of each group.
#    In which table is one row one post?
# 3. After `size()` the platforms stand beside the counts, outside any column.
#    `reset_index(name="posts")` makes a table: the platforms become a column, and `posts` is the name of the other.

# %% [markdown] tags=["q3", "solution-note"]
# Grouping counts every platform in the same way, so no platform is forgotten.

# %% [markdown] tags=["q4", "task"]
# Which **five accounts** wrote the most posts?
#
# Your answer is a list of five account ids, the busiest first.
# Ids look like `a-000123`.
# Accounts with the same number of posts may stand in any order.
# The right ids near the top earn most.

# %% tags=["q4", "answer"]
# Step 1 counts the posts of each account. Step 2 keeps five. Step 3 takes the names on the left.
# The shape:  table.groupby("a column").size().nlargest(how many).index
busiest = (
    ### BEGIN SOLUTION
    posts.groupby("account_id").size().nlargest(5).index
    ### END SOLUTION
)
busiest

# %% tags=["q4", "check"]
check.q4(busiest)

# %% [markdown] tags=["q4", "hints"]
# 1. Q3 had one group for each platform.
#    Now you need one group for each account.
# 2. Run your count alone first.
#    Do the ids stand on the left, and the numbers on the right?
# 3. `nlargest` takes how many you want.
#    Then `.index`, without round brackets, gives the ids.

# %% [markdown] tags=["q4", "solution-note"]
# Ids stay the same when handles change, so the list names ids.

# %% [markdown] tags=["q5", "task"]
# Draw a **bar chart** of the posts on each platform, from your table `posts_by_platform`.
#
# Your answer is the figure `fig`.
# Six things share the points:
#
# - a title,
# - a name for the x axis,
# - a name for the y axis,
# - axis names that fit the bars,
# - one bar for each platform,
# - the right heights.
#
# The check sees that there is a title, not whether it is true.
# That part is yours.

# %% tags=["q5", "answer"]
# Line 1:  fig, axes = plt.subplots()
# Line 2:  axes.bar(names, heights)      a column of posts_by_platform each
# Then:    a title and two axis names, as in the first cell of the lesson
# Last:    show(fig, alt="one sentence that says what there is to see")
fig = ...  # keep this line, and write below it
### BEGIN SOLUTION
fig, axes = plt.subplots()
axes.bar(posts_by_platform["platform"], posts_by_platform["posts"])
largest = posts_by_platform.nlargest(1, "posts")["platform"].item()
axes.set_title(largest + " carries more posts than any other platform")
axes.set_xlabel("platform")
axes.set_ylabel("posts in one month")
show(fig, alt="Four bars, one for each platform: the highest is " + largest + ".")
### END SOLUTION

# %% tags=["q5", "check"]
check.q5(fig)

# %% [markdown] tags=["q5", "hints"]
# 1. Copy the lines from `fig, axes = …` to `show(…)` out of the first cell of the lesson.
#    Then change what is different here.
# 2. `axes.bar` needs two things, with a comma between them: the column with the names, the column with the numbers.
#    A `KeyError` means that your table has no column of that name.
#    In your answer to Q3, both names must stand *above* a column.
#    Its line ends with `.reset_index(name="posts")`.
# 3. The title and the axis names are text between quotation marks: `axes.set_title("…")`, `axes.set_xlabel("…")`, `axes.set_ylabel("…")`.

# %% [markdown] tags=["q5", "solution-note"]
# A title should state the finding, so it differs from town to town.
# The solution looks the name up; a learner reads the bars and writes it.

# %% [markdown] tags=["q6", "task"]
# The football club *Quellor Lanterns FC* looks for well linked members who could welcome newcomers.
# The next cell makes the table `club_ties`: who follows whom inside the club.
# Build a **graph** from it.
# Which accounts have **ten ties or more**, that is, a degree of at least 10?
# Two accounts that follow each other share one tie.
#
# Your answer is a list of account ids, in any order.
# A wrong id too many lowers the score, and so does a missing one.

# %% tags=["q6", "given"]
club = groups[groups["name"] == "Quellor Lanterns FC"]  # the row of the club
joins = ties[ties["target"].isin(club["group_id"])]  # who joined the club
players = joins["source"]  # their account ids
follows = ties[ties["kind"] == "follow"]  # all follows in town
from_players = follows[follows["source"].isin(players)]  # those that players make
club_ties = from_players[from_players["target"].isin(players)]  # and that reach players
club_ties[["kind", "source", "target"]].head(3)

# %% tags=["q6", "answer"]
# Line 1:  graph = nx.from_pandas_edgelist( … )      a table and the names of two columns
# Line 2:  degrees = pd.Series(dict(graph.degree()))
# Line 3:  well_linked = degrees[ condition ].index
well_linked = ...  # keep this line, and write below it
### BEGIN SOLUTION
graph = nx.from_pandas_edgelist(club_ties, "source", "target")
degrees = pd.Series(dict(graph.degree()))
well_linked = degrees[degrees >= 10].index
### END SOLUTION
well_linked

# %% tags=["q6", "check"]
check.q6(well_linked)

# %% [markdown] tags=["q6", "hints"]
# 1. An edge has two ends.
#    Look at the table above: which two columns hold account ids?
# 2. Look at `degrees.nlargest(20)`: where does it fall below ten?
#    Now you see what you are looking for; let Python pick it out.
# 3. The condition asks of each degree: is it at least 10?
#    In the lesson, `>=` asks: at least as large?
#    Filter `degrees` with the condition, and end with `.index`.

# %% [markdown] tags=["q6", "solution-note"]
# The graph counts two follows that answer each other as one tie, so counting rows gives more, and counting one column gives less.

# %% [markdown]
# ## How many people did you look at?
#
# Every look at data touches somebody.
# Run the next cell: it counts the accounts behind each answer, and asks whether you needed names.

# %%
seen = posts["account_id"].nunique()
pd.DataFrame(
    {
        "question": ["Q1 to Q3, and Q5", "Q4", "Q6"],
        "accounts looked at": [seen, seen, players.nunique()],
        "single accounts named": ["none", "five", "all with ten ties or more"],
    }
)

# %% [markdown]
# Questions 1, 2, 3 and 5 named nobody and read no text: counts answer the council.
# Yet some of the posts were written for friends, or for one reader.
# May a council count those too?
# Module M01 asks such questions.
# Questions 4 and 6 single out accounts that did nothing but post and follow.
# In real work you would first ask: who needs this name, for what, and who allowed it?

# %% [markdown] tags=["footer"]
# You can now open a table, count in it, draw it, and build a graph from it.
