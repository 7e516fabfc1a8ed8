"""Key schemas and index definitions, written shorter than the API writes them."""


def key_schema(partition, sort=None):
    """A key schema of one partition key and, where named, one sort key."""
    schema = [{"AttributeName": partition, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])


def index(name, *keys, projection="ALL", **settings):
    """The definition of a secondary index; a list as its projection names the attributes to include."""
    if isinstance(projection, str):
        settings["Projection"] = {"ProjectionType": projection}
    else:
        settings["Projection"] = {"ProjectionType": "INCLUDE", "NonKeyAttributes": projection}
    return {"IndexName": name, "KeySchema": key_schema(*keys), **settings}
