"""PartiQL through boto3's client: statements, batches, transactions, pages."""

import uuid
from decimal import Decimal

import boto3.dynamodb.types
import botocore.exceptions
import pytest

from schema import index


def refused(code, call, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        call(**parameters)
    assert refusal.value.response["Error"]["Code"] == code, refusal.value
    return refusal.value.response


@pytest.fixture
def songs(client, make_table):
    """A table of songs, with an index by genre."""
    table = make_table(
        "Artist:S", "Song:S", more="Genre:S Year:N", GlobalSecondaryIndexes=[index("by-genre", "Genre", "Year")]
    )
    for number in range(6):
        artist = "AB"[number % 2]
        client.execute_statement(
            Statement=f"INSERT INTO \"{table}\" VALUE {{'Artist': ?, 'Song': ?, 'Year': ?, 'Genre': 'Rock'}}",
            Parameters=[{"S": artist}, {"S": f"s{number}"}, {"N": str(1970 + number)}],
        )
    return table


def songs_of(answer):
    return [item["Song"]["S"] for item in answer["Items"]]


def test_every_type_goes_in_and_comes_out(client, make_table):
    table = make_table("pk:S")
    typed = boto3.dynamodb.types.TypeSerializer().serialize
    values = {
        "s": "it's é 🎵",
        "n": Decimal("-12345678901234567890.5"),
        "b": b"\x00\xff",
        "t": True,
        "z": None,
        "l": [1, "x", [None], {"k": b"y"}],
        "m": {"a b": {"c": [Decimal("1.5")]}},
        "ss": {"a", "b"},
        "ns": {1, Decimal("2.5")},
        "bs": {b"a", b"b"},
    }
    names = ", ".join(f"'{name}': ?" for name in values)
    client.execute_statement(
        Statement=f"INSERT INTO \"{table}\" VALUE {{'pk': 'a', {names}}}",
        Parameters=[typed(value) for value in values.values()],
    )
    item = client.get_item(TableName=table, Key={"pk": {"S": "a"}}, ConsistentRead=True)["Item"]
    read = client.execute_statement(Statement=f"SELECT * FROM \"{table}\" WHERE pk = 'a'", ConsistentRead=True)
    plain = boto3.dynamodb.types.TypeDeserializer().deserialize
    for found in (item, read["Items"][0]):
        found = {name: plain(value) for name, value in found.items() if name != "pk"}
        assert found.pop("b").value == values["b"]
        assert found == {name: value for name, value in values.items() if name != "b"} or found["ss"] == values["ss"]
    for name, value in values.items():
        where = f"SELECT pk FROM \"{table}\" WHERE pk = 'a' AND {name} = ?"
        answer = client.execute_statement(Statement=where, Parameters=[typed(value)])
        assert answer["Items"] == [{"pk": {"S": "a"}}], name


def test_what_a_select_reads_shows_in_its_capacity(client, songs):
    def read(where, **more):
        statement = f'SELECT Song FROM "{songs}"{where}'
        answer = client.execute_statement(Statement=statement, ReturnConsumedCapacity="TOTAL", **more)
        return songs_of(answer), answer["ConsumedCapacity"]["CapacityUnits"]

    assert read(" WHERE Artist = 'A' AND Song = 's2'") == (["s2"], 0.5)
    assert read(" WHERE Artist = 'A' AND Song = 's2'", ConsistentRead=True) == (["s2"], 1.0)
    assert read(" WHERE Artist = 'A' AND Song IN ['s2', 'gone', 's0']")[1] == 1.5
    assert read(" WHERE Artist = 'A' ORDER BY Song DESC") == (["s4", "s2", "s0"], 0.5)
    assert read(" WHERE Artist = 'A' AND Year > 1971") == (["s2", "s4"], 0.5)
    found, units = read("")
    assert sorted(found) == [f"s{number}" for number in range(6)] and units == 0.5
    found, _ = read(".\"by-genre\" WHERE Genre = 'Rock' AND Year BETWEEN 1972 AND 1973")
    assert found == ["s2", "s3"]


def test_pages_go_on_where_they_ended(client, songs):
    statement = f"SELECT Song FROM \"{songs}\" WHERE Artist IN ['A', 'B'] AND Song <> 's3'"
    found, tokens, more = [], [], {}
    while True:
        answer = client.execute_statement(Statement=statement, Limit=2, **more)
        found += songs_of(answer)
        if "NextToken" not in answer:
            break
        tokens.append(answer["NextToken"])
        more = {"NextToken": answer["NextToken"]}
    assert sorted(found) == ["s0", "s1", "s2", "s4", "s5"] and len(tokens) >= 2
    said = refused(
        "ValidationException", client.execute_statement, Statement=statement + " ", NextToken=tokens[0]
    )
    assert said["Error"]["Message"] == "NextToken does not match request"
    said = refused("ValidationException", client.execute_statement, Statement=statement, NextToken="nonsense")
    assert said["Error"]["Message"] == "Invalid NextToken"


def test_writes_fail_as_they_should(client, songs):
    key = "WHERE Artist = 'A' AND Song = 's0'"
    insert = f"INSERT INTO \"{songs}\" VALUE {{'Artist': 'A', 'Song': 's0'}}"
    said = refused("DuplicateItemException", client.execute_statement, Statement=insert)
    assert said["Error"]["Message"] == "Duplicate primary key exists in table"
    said = refused(
        "ConditionalCheckFailedException",
        client.execute_statement,
        Statement=f'UPDATE "{songs}" SET Plays = 1 {key} AND Year = 7',
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    assert said["Item"]["Year"] == {"N": "1970"}
    missing = f"UPDATE \"{songs}\" SET Plays = 1 WHERE Artist = 'A' AND Song = 'gone'"
    refused("ConditionalCheckFailedException", client.execute_statement, Statement=missing)
    gone = client.execute_statement(Statement=f"DELETE FROM \"{songs}\" WHERE Artist = 'A' AND Song = 'gone'")
    assert gone["Items"] == []
    changed = client.execute_statement(
        Statement=f'UPDATE "{songs}" SET Plays = 1 SET Tags = set_add(Tags, ?) REMOVE Genre {key} RETURNING ALL NEW *',
        Parameters=[{"SS": ["x"]}],
    )
    assert changed["Items"][0]["Tags"] == {"SS": ["x"]} and "Genre" not in changed["Items"][0]
    in_index = client.execute_statement(Statement=f"SELECT Song FROM \"{songs}\".\"by-genre\" WHERE Genre = 'Rock'")
    assert "s0" not in songs_of(in_index)


def test_a_batch_s_statements_fail_one_by_one(client, songs):
    select = f"SELECT Song, Year FROM \"{songs}\" WHERE Artist = ? AND Song = ?"
    keys = [("A", "s0"), ("A", "gone"), ("B", "s1")]
    answer = client.batch_execute_statement(
        Statements=[
            *({"Statement": select, "Parameters": [{"S": artist}, {"S": song}]} for artist, song in keys),
            {"Statement": f"SELECT * FROM \"{songs}\" WHERE Artist = 'A'"},
            {"Statement": "SELECT * FROM \"no-such-table\" WHERE a = 'b'"},
        ],
        ReturnConsumedCapacity="TOTAL",
    )
    first, none, third, partition, unknown = answer["Responses"]
    assert (first["Item"]["Year"], third["Item"]["Year"]) == ({"N": "1970"}, {"N": "1971"})
    assert none == {"TableName": songs}
    assert partition["Error"]["Code"] == "ValidationError" and unknown["Error"]["Code"] == "ResourceNotFound"
    assert [table["CapacityUnits"] for table in answer["ConsumedCapacity"]] == [1.5]

    answer = client.batch_execute_statement(
        Statements=[
            {"Statement": f"INSERT INTO \"{songs}\" VALUE {{'Artist': 'C', 'Song': 'c'}}"},
            {"Statement": f"INSERT INTO \"{songs}\" VALUE {{'Artist': 'A', 'Song': 's0'}}"},
            {"Statement": f"DELETE FROM \"{songs}\" WHERE Artist = 'B' AND Song = 's1' RETURNING ALL OLD *"},
        ]
    )
    made, twice, deleted = answer["Responses"]
    assert made == {"TableName": songs} and twice["Error"]["Code"] == "DuplicateItem"
    assert deleted["Item"]["Year"] == {"N": "1971"}

    mixed = [{"Statement": select, "Parameters": [{"S": "A"}, {"S": "s0"}]}, {"Statement": f'DELETE FROM "{songs}"'}]
    said = refused("ValidationException", client.batch_execute_statement, Statements=mixed)
    assert said["Error"]["Message"] == "Read and write requests together in the same batch is not supported."


def test_a_transaction_s_statements_happen_together(client, songs):
    def statement(text, *parameters):
        return {"Statement": text} | ({"Parameters": list(parameters)} if parameters else {})

    insert = statement(f"INSERT INTO \"{songs}\" VALUE {{'Artist': 'C', 'Song': ?}}", {"S": "c"})
    check = f"EXISTS(SELECT * FROM \"{songs}\" WHERE Artist = 'A' AND Song = 's0' AND Year = ?)"
    said = refused(
        "TransactionCanceledException",
        client.execute_transaction,
        TransactStatements=[insert, statement(check, {"N": "7"})],
    )
    assert [reason["Code"] for reason in said["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]
    key = {"Artist": {"S": "C"}, "Song": {"S": "c"}}
    assert "Item" not in client.get_item(TableName=songs, Key=key, ConsistentRead=True)

    token = str(uuid.uuid4())
    for _ in range(2):
        answer = client.execute_transaction(
            TransactStatements=[insert, statement(check, {"N": "1970"})], ClientRequestToken=token
        )
        assert answer["Responses"] == []
    refused(
        "IdempotentParameterMismatchException",
        client.execute_transaction,
        TransactStatements=[insert],
        ClientRequestToken=token,
    )
    said = refused("TransactionCanceledException", client.execute_transaction, TransactStatements=[insert])
    assert said["CancellationReasons"][0]["Code"] == "DuplicateItem"

    select = f"SELECT Song FROM \"{songs}\" WHERE Artist = ? AND Song = ?"
    reads = [statement(select, {"S": "C"}, {"S": "c"}), statement(select, {"S": "C"}, {"S": "gone"})]
    answer = client.execute_transaction(TransactStatements=reads, ReturnConsumedCapacity="TOTAL")
    assert answer["Responses"] == [{"Item": {"Song": {"S": "c"}}}, {}]
    assert answer["ConsumedCapacity"][0]["ReadCapacityUnits"] == 4.0


def test_hostile_statements_are_refused_and_nothing_else_happens(client, songs):
    select = f'SELECT * FROM "{songs}" WHERE '
    deep = [f"{select}{'(' * 4000}", "[" * 8192, f"{select}{'NOT ' * 1500}Year = 1", f"{select}Year = {'[' * 4000}"]
    for statement in [*deep, "'" * 8191, select + " OR ".join(["Year = 1"] * 600)]:
        refused("ValidationException", client.execute_statement, Statement=statement)
    assert len(client.execute_statement(Statement=f'SELECT * FROM "{songs}"')["Items"]) == 6
