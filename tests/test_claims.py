"""Every claim of the sources is taught by the module that owns it, once that module is there."""

import pytest

from socmint.authoring import claims

NAMED, OWNERS = claims.named(), claims.owners()


@pytest.mark.parametrize("module", NAMED)
def test_a_module_names_all_claims_it_owns_and_no_other(module):
    owned = sorted(claim for claim, owner in OWNERS.items() if owner == module)
    assert sorted(NAMED[module]) == owned


def test_every_claim_has_one_owner():
    assert len(OWNERS) == 212
    assert all(claim.startswith(owner + "-") for claim, owner in OWNERS.items())


def test_claims_that_wait_belong_to_modules_that_are_not_written():
    assert not set(claims.waiting()) & set(NAMED)
    taught = sum(len(ids) for ids in NAMED.values())
    assert sum(claims.waiting().values()) == len(OWNERS) - taught
