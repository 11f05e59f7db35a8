"""`python -m synthetic_data`: print a small sample of the village."""

from synthetic_data import generate

world = generate("village", seed=1)
print(f"{world.meta['title']}: {len(world.tables['accounts'])} invented accounts. SYNTHETIC.\n")
posts = world.tables["posts"].merge(world.tables["accounts"][["account_id", "handle"]])
for post in posts[posts["tier"] == "public"][::80].itertuples():
    print(f"{post.time:%d %B %H:%M}  @{post.handle}: {post.text}")
