# %% [markdown] tags=["header"]
# Set the scene in one or two sentences: who asks, and what they will do with the answer.
#
# Dual use: say whom this lab would help on real data, and what keeps it safe.

# %%
from socmint import open_lab

case, check = open_lab("TOPIC")

# %% [markdown] tags=["QID", "task"]
# Say what to find, and the shape of the answer.
# Say how the score is made before the learner answers.

# %% tags=["QID", "answer"]
QID_value = (
    ### BEGIN SOLUTION
    len(case.accounts)
    ### END SOLUTION
)

# %% tags=["QID", "check"]
check.QID(QID_value)

# %% [markdown] tags=["QID", "hints"]
# 1. Name the table that holds the answer.
# 2. Name the next step, never the answer.

# %% [markdown] tags=["QID", "solution-note"]
# Say in one sentence why this is the right way.

# %% [markdown] tags=["QID", "rubric"]
# Say what earns each of the instructor's points.
#
# **Sample, all points.** Write an answer that earns all of them.
#
# **Sample, half the points.** Write an answer that earns half, and say what it lacks.

# %% [markdown] tags=["footer"]
# Say in one sentence what the learner can do now.
