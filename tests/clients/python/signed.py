"""Requests that no SDK would send, signed as the SDK signs."""

import http.client
import urllib.parse

import botocore.auth
import botocore.awsrequest


def signed(session, endpoint, operation, body, **headers):
    """Sends bytes of our own, signed as the SDK signs, and returns the answer's status, headers and body."""
    request = botocore.awsrequest.AWSRequest(
        "POST",
        endpoint,
        data=body,
        headers={
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
            **headers,
        },
    )
    credentials = session.get_credentials().get_frozen_credentials()
    botocore.auth.SigV4Auth(credentials, "dynamodb", session.region_name).add_auth(request)
    address = urllib.parse.urlsplit(endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname, address.port, timeout=20)
    try:
        connection.request("POST", "/", body=body, headers=dict(request.headers))
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
