"""PynamoDB: a widely used mapper above botocore, with its own expressions, serialisation and error handling."""

from datetime import datetime, timezone

import pynamodb.exceptions
import pytest
from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

from conftest import REGION
from eventually import eventually


class Address(MapAttribute):
    street = UnicodeAttribute()
    city = UnicodeAttribute()


@pytest.fixture
def user_model(endpoint, credentials, unused_name):
    """A model with a global and a local index, whose table exists while the test runs."""

    class Settings:
        table_name = unused_name
        region = REGION
        host = endpoint
        billing_mode = "PAY_PER_REQUEST"
        aws_access_key_id = credentials.get("aws_access_key_id")
        aws_secret_access_key = credentials.get("aws_secret_access_key")

    class ByCity(GlobalSecondaryIndex):
        class Meta(Settings):
            index_name = "by-city"
            projection = AllProjection()

        city = UnicodeAttribute(hash_key=True)
        age = NumberAttribute(range_key=True)

    class ByAge(LocalSecondaryIndex):
        class Meta(Settings):
            index_name = "by-age"
            projection = KeysOnlyProjection()

        group = UnicodeAttribute(hash_key=True)
        age = NumberAttribute(range_key=True)

    class User(Model):
        class Meta(Settings):
            pass

        group = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute(range_key=True)
        city = UnicodeAttribute(null=True)
        age = NumberAttribute(default=0)
        active = BooleanAttribute(default=True)
        tags = UnicodeSetAttribute(null=True)
        joined = UTCDateTimeAttribute(null=True)
        address = Address(null=True)
        scores = ListAttribute(of=NumberAttribute, null=True)
        extra = JSONAttribute(null=True)
        version = VersionAttribute()
        by_city = ByCity()
        by_age = ByAge()

    User.create_table(wait=True)
    assert User.exists()
    yield User
    User.delete_table()


def test_a_model_returns_as_it_was_saved(user_model):
    joined = datetime(2026, 11, 23, 10, 30, 0, 123456, tzinfo=timezone.utc)
    user_model(
        "staff",
        "ann",
        city="Paris",
        age=31,
        active=False,
        tags={"a", "b"},
        joined=joined,
        address=Address(street="Rue", city="Paris"),
        scores=[1, 2.5],
        extra={"free": ["form", None]},
    ).save()
    found = user_model.get("staff", "ann", consistent_read=True)
    assert (found.age, found.active, found.tags, found.joined) == (31, False, {"a", "b"}, joined)
    assert (found.address.city, found.scores, found.extra) == ("Paris", [1, 2.5], {"free": ["form", None]})
    assert found.version == 1
    with pytest.raises(user_model.DoesNotExist):
        user_model.get("staff", "nobody")


def test_versions_keep_two_writers_from_overwriting_each_other(user_model):
    user_model("staff", "ann", age=1).save()
    first = user_model.get("staff", "ann", consistent_read=True)
    second = user_model.get("staff", "ann", consistent_read=True)
    first.update(actions=[user_model.age.set(user_model.age + 1)])
    with pytest.raises(pynamodb.exceptions.UpdateError) as refused:
        second.update(actions=[user_model.age.set(9)])
    assert refused.value.cause_response_code == "ConditionalCheckFailedException"
    second.refresh(consistent_read=True)
    assert (second.age, second.version) == (2, 2)


def test_conditions_and_updates(user_model):
    user = user_model("staff", "ann", age=5, tags={"a"}, scores=[1])
    user.save(condition=user_model.group.does_not_exist())
    user.update(
        actions=[
            user_model.tags.add({"b"}),
            user_model.scores.set(user_model.scores.append([2])),
            user_model.city.set("Rome"),
            user_model.active.remove(),
        ],
        condition=(user_model.age > 4) & user_model.tags.contains("a") & user_model.city.does_not_exist(),
    )
    found = user_model.get("staff", "ann", consistent_read=True)
    assert (found.tags, found.scores, found.city) == ({"a", "b"}, [1, 2], "Rome")
    with pytest.raises(pynamodb.exceptions.DeleteError):
        user.delete(condition=user_model.age < 5)
    user.delete()
    assert user_model.count("staff") == 0


def test_batches_queries_and_scans(user_model):
    with user_model.batch_write() as batch:
        for number in range(60):
            batch.save(user_model("staff", f"user {number:02}", age=number, city=("Paris", "Rome")[number % 2]))
    assert user_model.count("staff", consistent_read=True) == 60
    names = [user.name for user in user_model.query("staff", user_model.name.startswith("user 1"), page_size=3)]
    assert names == [f"user {number}" for number in range(10, 20)]
    older = user_model.query("staff", filter_condition=user_model.age >= 50, scan_index_forward=False)
    assert [user.age for user in older] == list(range(59, 49, -1))
    assert sum(1 for _ in user_model.scan(user_model.city == "Rome", page_size=7, consistent_read=True)) == 30
    eventually(
        [50, 52, 54, 56, 58],
        lambda: [user.age for user in user_model.by_city.query("Paris", user_model.age >= 50)],
    )
    youngest = user_model.by_age.query("staff", user_model.age < 3, consistent_read=True)
    assert [user.name for user in youngest] == ["user 00", "user 01", "user 02"]
    keys = [("staff", f"user {number:02}") for number in range(0, 60, 2)]
    assert len(list(user_model.batch_get(keys, consistent_read=True))) == 30


def test_transactions(user_model, endpoint, credentials):
    user_model("staff", "ann", age=10).save()
    user_model("staff", "bob", age=10).save()
    connection = user_model._get_connection().connection
    with TransactWrite(connection=connection) as transaction:
        for name, change in (("ann", -3), ("bob", 3)):
            user = user_model.get("staff", name, consistent_read=True)
            transaction.update(user, actions=[user_model.age.add(change)])
    with TransactGet(connection=connection) as transaction:
        ann, bob = (transaction.get(user_model, "staff", name) for name in ("ann", "bob"))
    assert (ann.get().age, bob.get().age) == (7, 13)

    with pytest.raises(pynamodb.exceptions.TransactWriteError) as cancelled:
        with TransactWrite(connection=connection) as transaction:
            transaction.save(user_model("staff", "cid"))
            transaction.condition_check(user_model, "staff", "ann", condition=user_model.age > 100)
    assert cancelled.value.cause_response_code == "TransactionCanceledException"
    # PynamoDB sends condition checks before puts, whatever the order in the block.
    reasons = [reason and reason.code for reason in cancelled.value.cancellation_reasons]
    assert reasons == ["ConditionalCheckFailed", None]
    assert user_model.count("staff", consistent_read=True) == 2
