"""A GATT server as JSON: `gatt --json`."""

from l2scope.analysis.gatt.operations import Operation
from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.subscriptions import subscriptions
from l2scope.analysis.gatt.tree import Characteristic, Descriptor, Include, Service
from l2scope.analysis.gatt.uuid import Uuid
from l2scope.analysis.gatt.values import decoded
from l2scope.capture import Capture


def server_json(capture: Capture, server: Server) -> dict[str, object]:
    """Its latest database as a tree, with the last value of each attribute, and all subscriptions."""
    told = server.hash
    return {
        "id": server.id,
        "side": server.owner.side,
        "adapter": server.owner.adapter,
        "peer": server.owner.peer,
        "peer_name": server.peer_name,
        "links": server.links,
        "database_hash": None if told is None else told.hex(),
        "versions": len(server.versions.all),
        "changes": [{"packet": c.packet, "start": c.handle, "end": c.end} for c in server.versions.changes],
        "services": [_service(server, service) for service in server.services],
        "untold": [_value(server, h) for h in server.handles if server.database.type_of(h) is None],
        "subscriptions": [subscription.as_json() for subscription in subscriptions(capture, server)],
    }


def _service(server: Server, service: Service) -> dict[str, object]:
    return {
        "handle": service.handle,
        "end": service.end,
        **_uuid(service.uuid),
        "primary": service.primary,
        "packet": service.packet,
        "includes": [_include(include) for include in service.includes],
        "characteristics": [_characteristic(server, one) for one in service.characteristics],
        "others": [_descriptor(server, other) for other in service.others],
    }


def _include(include: Include) -> dict[str, object]:
    return {
        "handle": include.handle,
        "start": include.start,
        "end": include.end,
        **_uuid(include.uuid),
        "packet": include.packet,
    }


def _characteristic(server: Server, one: Characteristic) -> dict[str, object]:
    return {
        "declaration": one.handle,
        **_uuid(one.uuid),
        "properties": list(one.properties),
        "packet": one.packet,
        **_value(server, one.value_handle),
        "descriptors": [_descriptor(server, descriptor) for descriptor in one.descriptors],
    }


def _descriptor(server: Server, descriptor: Descriptor) -> dict[str, object]:
    return {**_uuid(descriptor.uuid), "packet": descriptor.packet, **_value(server, descriptor.handle)}


def _value(server: Server, handle: int) -> dict[str, object]:
    last = server.last(handle)
    told = None if last is None else {**last.as_json(), "decoded": _decoded(server, last)}
    return {"handle": handle, "operations": server.count(handle), "last": told}


def _decoded(server: Server, last: Operation) -> list[dict[str, str]]:
    fields = decoded(server.type_of(last.handle, last.packet), last.value or b"")
    return [field.as_json() for field in fields]


def _uuid(uuid: Uuid | None) -> dict[str, object]:
    """The name is null where the assigned numbers have none."""
    named = uuid is not None and uuid.name != str(uuid)
    return {"uuid": None if uuid is None else str(uuid), "name": uuid.name if uuid is not None and named else None}
