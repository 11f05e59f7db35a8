"""The desk: collection that must be authorised, is priced, logged and audited."""

from socmint.desk.desk import Desk, open_desk
from socmint.desk.policy import Decision, Request
from socmint.desk.profile import Profile, load_profile

__all__ = ["Decision", "Desk", "Profile", "Request", "load_profile", "open_desk"]
